"""The documents of a release: what content/ shares, and what the release's docs/ adds or replaces."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from ..differences import predecessors
from ..i18n import Language
from ..model import Edition, Portal, Release
from ..model.strict import portable
from ..pages.kinds.sky import is_mapped
from ..pages.site import Site
from ..problems import InputError, Problem
from .bibliography import FILE, Reference, read_bibliography
from .facts import Facts
from .links import Resolver
from .markdown import Document, front_matter, line_of, render_markdown

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
HELP = "help"
DEFAULTS = Path(__file__).resolve().parents[1] / "starter" / "content"
"""Documents of the portal that `drportal new` makes; a portal without help of its own shows theirs."""


@dataclass(frozen=True)
class Source:
    """One document: a file for each language it is written in."""

    name: str
    """Path without language and ending: "lrs", "guide/reduction"."""
    folder: Path
    files: dict[str, Path]

    @property
    def path(self) -> str:
        """Its page on the site."""
        return "help.html" if self.name == HELP else f"docs/{self.name}.html"

    def file(self, lang: str, default: str) -> tuple[str, Path]:
        """The file to show in a language, and the language it is written in."""
        written = next((code for code in (lang, default) if code in self.files), next(iter(self.files)))
        return written, self.files[written]


@dataclass(frozen=True)
class Documents:
    """The documents of one release."""

    sources: dict[str, Source] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    """Where images and attachments are, the release's own folder first."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What documents may cite, from references.bib."""
    hidden: frozenset[str] = frozenset()
    """Names of documents that the edition withholds: what leads to one becomes plain words."""

    @property
    def paths(self) -> frozenset[str]:
        """Pages that render_documents writes."""
        pages = {source.path for source in self.sources.values()}
        return frozenset(pages | {"docs/index.html"} if pages - {"help.html"} else pages)


def find_documents(portal: Portal, release: Release | None) -> Documents:
    """The documents of a release. Without a release (the portal's index) there are none.

    Raises InputError for files that cannot become pages.
    """
    if release is None:
        return Documents()
    folders = [folder for folder in (release.folder / "docs", portal.folder / "content") if folder.is_dir()]
    problems: list[Problem] = []
    sources = _default_help(portal.languages)
    references: dict[str, Reference] = {}
    hidden: set[str] = set()
    for folder in reversed(folders):
        # A release's document replaces the shared one in all languages: a translation that nobody has
        # changed with it would say something else.
        found = _sources(folder, portal.languages, problems)
        withheld = {name for name, source in found.items() if _is_hidden(source, portal.edition)}
        hidden |= withheld
        sources |= {name: source for name, source in found.items() if name not in withheld}
        if (folder / FILE).is_file():
            try:
                references |= read_bibliography(folder / FILE)
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(problems)
    return Documents(dict(sorted(sources.items())), (*folders, DEFAULTS), references, frozenset(hidden))


def _is_hidden(source: Source, edition: Edition) -> bool:
    """Whether any of a document's languages is withheld: a translation tells what the original does."""
    for file in source.files.values():
        # What is wrong with a file is told when it is rendered.
        with contextlib.suppress(UnicodeDecodeError, InputError):
            if edition.hides(front_matter(file.read_text(encoding="utf-8-sig"), file)[0]):
                return True
    return False


def render_documents(site: Site, documents: Documents, facts: Facts | None = None) -> dict[str, Reading]:
    """Write every document in every language of the site, the index of them, and the images they show.

    `facts` is what {{ … }} may name. Gives what was read, by language. Raises InputError with the problems of
    all documents.
    """
    names = [c.name for c in site.catalogues]
    sky = any(is_mapped(c) for c in site.catalogues)
    pages = linked_pages(names, bool(site.spectra), bool(site.affected), bool(site.changes), sky, documents)
    readings = {lang: Reading(documents, lang, site.languages, pages, facts) for lang in site.languages}
    for reading in readings.values():
        reading.read(site.translate)
    problems = dict.fromkeys(problem for reading in readings.values() for problem in reading.problems)
    if problems:
        raise InputError(problems)
    for lang, reading in readings.items():
        _write(site, lang, reading, readings[site.languages[0]])
    copies = {path: file for reading in readings.values() for path, file in reading.copies.items()}
    for path, source in sorted(copies.items()):
        target = site.out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return readings


def _sources(folder: Path, languages: list[str], problems: list[Problem]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for file in sorted(folder.rglob("*.md")):
        path = file.relative_to(folder).as_posix()
        if any(part.startswith((".", "_")) for part in path.split("/")):
            continue
        name, lang = path.removesuffix(".md"), languages[0]
        stem, dot, suffix = name.rpartition(".")
        if dot and LANGUAGE.fullmatch(suffix):
            name, lang = stem, suffix
            if lang not in languages:
                mend = (
                    f"add it to `languages` in portal.toml (now {', '.join(languages)}), or rename the file"
                )
                problems.append(Problem(str(file), "file name", f"the portal has no language {lang!r}", mend))
                continue
        if not NAME.fullmatch(name) or not portable(name) or name == "index":
            mend = "use lower-case letters, digits, - and _; index is taken, and names of devices such as con"
            problems.append(Problem(str(file), "file name", "cannot be the name of a page", mend))
            continue
        source = sources.setdefault(name, Source(name, folder, {}))
        other = source.files.setdefault(lang, file)
        if other is not file:
            what = f"is the same document in the same language as {other}"
            problems.append(Problem(str(file), "file name", what, "keep one of the two"))
    return sources


def _default_help(languages: list[str]) -> dict[str, Source]:
    """Help for a portal that has not written its own: in English where there is no translation."""
    english = DEFAULTS / f"{HELP}.md"
    own = {lang: DEFAULTS / f"{HELP}.{lang}.md" for lang in languages}
    files = {lang: file for lang, file in own.items() if file.is_file()} | {"en": english}
    return {HELP: Source(HELP, DEFAULTS, {languages[0]: english} | files)}


class Reading:
    """The documents as read in one language."""

    def __init__(
        self,
        documents: Documents,
        lang: str,
        languages: list[str],
        pages: frozenset[str],
        facts: Facts | None = None,
    ) -> None:
        self.documents, self.lang, self.languages, self.pages = documents, lang, languages, pages
        self.facts = facts
        self.rendered: dict[str, Document] = {}
        self.written_in: dict[str, str] = {}
        self.copies: dict[str, Path] = {}
        """Images and attachments by their path on the site."""
        self.anchors: list[tuple[Path, str, Source, str]] = []
        """Links to a place in another document: (file, link, document, anchor)."""
        self.problems: list[Problem] = []

    def read(self, translate: Callable[[str], Language] = Language) -> None:
        """Render all Markdown. `translate` gives a language by its code."""
        for source in self.documents.sources.values():
            written, file = source.file(self.lang, self.languages[0])
            language = translate(written)
            try:
                text = file.read_text(encoding="utf-8-sig")
                document = render_markdown(
                    text,
                    file=file,
                    resolve=Resolver(self, source, file),
                    translate=_words(language),
                    facts=self.facts,
                    language=language,
                    references=self.documents.references,
                )
            except UnicodeDecodeError as error:
                place = f"byte {error.start}"
                self.problems.append(Problem(str(file), place, "is not UTF-8", "save it as UTF-8"))
                continue
            except InputError as error:
                self.problems += error.problems
                continue
            self.rendered[source.name], self.written_in[source.name] = document, written
        for file, target, source, anchor in self.anchors:
            found = self.rendered.get(source.name)
            if found and anchor not in found.ids:
                line = line_of(file.read_text(encoding="utf-8-sig"), target) or 1
                what = f"links to {target!r}, but that document has no {anchor!r}"
                self.problems.append(Problem(str(file), f"line {line}", what, "mend the part after #"))

    def place(self, path: str) -> str:
        """Where a page of this language stands on the site."""
        return path if self.lang == self.languages[0] else f"{self.lang}/{path}"


def _write(site: Site, lang: str, reading: Reading, original: Reading) -> None:
    """Write the pages of one language; `original` is what was read in the default one."""
    sources, rendered = reading.documents.sources, reading.rendered
    order = sorted((name for name in sources if name != HELP), key=lambda name: (rendered[name].order, name))
    listed = [
        {"path": sources[n].path, "title": rendered[n].title, "description": rendered[n].description}
        for n in order
    ]
    if listed:
        title = site.translate(lang).gettext("Documents")
        site.render("documents.html", "docs/index.html", lang, kind="document", title=title, listed=listed)
    for at, name in enumerate([*order, *({HELP} & sources.keys())]):
        document, written, is_help = rendered[name], reading.written_in[name], name == HELP
        site.render(
            "document.html",
            sources[name].path,
            lang,
            kind="help" if is_help else "document",
            title=document.title,
            description=document.description,
            body=Markup(document.html),
            toc=document.toc,
            written_in=written,
            written_name=site.translate(written).name,
            newer=site.translate(original.lang).name
            if written == lang and document.front.revision < original.rendered[name].front.revision
            else None,
            listed=[] if is_help else listed,
            before=listed[at - 1] if at and not is_help else None,
            after=listed[at + 1] if at + 1 < len(listed) else None,
        )


def release_pages(portal: Portal, release: Release, documents: Documents) -> frozenset[str]:
    """The pages that a release will have, as the portal's TOML tells."""
    names = [c.name for c in release.catalogues]
    changes = bool(predecessors(portal.releases, release))
    sky = any(c.positions != "none" for c in release.catalogues)
    return linked_pages(names, bool(release.spectra), bool(release.known_issues), changes, sky, documents)


def linked_pages(
    catalogues: list[str], spectra: bool, issues: bool, changes: bool, sky: bool, documents: Documents
) -> frozenset[str]:
    """The pages to which documents link with /…, and other releases in their lists of versions."""
    pages = {"index.html", "cite.html", "contact.html", "request.html", "verify.html", "mirrors.html"}
    pages |= {"files.html", *documents.paths}
    if catalogues:
        pages |= {"search.html", "sql.html", "object.html", "schema.html"}
        pages |= {f"catalogues/{name}.html" for name in catalogues}
    if spectra:
        pages.add("spectrum.html")
    if catalogues or spectra:
        pages.add("data.html")
    if issues:
        pages.add("issues.html")
    if changes:
        pages.add("changes.html")
    if sky:
        pages.add("sky.html")
    return frozenset(pages)


def _words(language: Language) -> Callable[[str], str]:
    """The words that rendering adds, in the language a document is written in."""
    _ = language.gettext
    known = {
        "Back to the text": _("Back to the text"),
        "Table": _("Table"),
        "Note": _("Note"),
        "Tip": _("Tip"),
        "Info": _("Info"),
        "Warning": _("Warning"),
        "Caution": _("Caution"),
        "Danger": _("Danger"),
        "Example": _("Example"),
        "Important": _("Important"),
        "References": _("References"),
        "Figure": _("Figure"),
        " et al.": _(" et al."),
        ", et al.": _(", et al."),
        " & ": _(" & "),
        "(": _("("),
        ")": _(")"),
        "; ": _("; "),
    }
    return lambda word: known.get(word, word)
