"""The documents of a release: what content/ shares, and what the release's docs/ adds or replaces."""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from markupsafe import Markup

from ..model import Portal, Release
from ..model.strict import portable
from ..problems import InputError, Problem
from .context import Site
from .escape import file_link
from .i18n import Language
from .images import ATTACHMENTS, IMAGES, check_image
from .markdown import BrokenLink, Document, line_of, render_markdown

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
POSITION = re.compile(r"\d{1,3}(\.\d*)?,[+-]?\d{1,2}(\.\d*)?")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
PLACEHOLDER = re.compile(r"\b(TODO|FIXME|TBD|XXX+|xxx+|[Ll]orem ipsum)\b")
HELP = "help"
DEFAULTS = Path(__file__).resolve().parents[1] / "starter" / "content"
"""Documents of the portal that `drportal new` makes; a portal without help of its own shows theirs."""
# Pages that a site may have beside its documents; a link to one that this release lacks becomes plain words,
# so that documents can be shared by releases with and without data.
PAGES = re.compile(
    r"((index|search|sql|spectrum|object|data|changes|cite|help)|docs/index|catalogues/[a-z0-9_]+)\.html"
)

# Pages of one spectrum or object, which documents name without a /; what a link must ask them for.
ASKED = {
    "spectrum.html": "the id of a spectrum, such as obsid=101001",
    "object.html": "an id or a place, such as obsid=101001 or position=150.1,2.2",
}


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
    for folder in reversed(folders):
        # A release's document replaces the shared one in all languages: a translation that nobody has
        # changed with it would say something else.
        sources |= _sources(folder, portal.languages, problems)
    if problems:
        raise InputError(problems)
    return Documents(dict(sorted(sources.items())), (*folders, DEFAULTS))


def render_documents(site: Site, documents: Documents) -> None:
    """Write every document in every language of the site, the index of them, and the images they show.

    Raises InputError with the problems of all documents.
    """
    pages = _pages([c.name for c in site.catalogues], bool(site.spectra), documents)
    readings = {lang: _Reading(documents, lang, site.languages, pages) for lang in site.languages}
    for reading in readings.values():
        reading.read(_words(site.translate))
    problems = dict.fromkeys(problem for reading in readings.values() for problem in reading.problems)
    if problems:
        raise InputError(problems)
    for lang, reading in readings.items():
        _write(site, lang, reading)
    copies = {path: file for reading in readings.values() for path, file in reading.copies.items()}
    for path, source in sorted(copies.items()):
        target = site.out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def check_documents(portal: Portal) -> list[Problem]:
    """What rendering the documents of all releases would complain of, and placeholders left in them."""
    problems: list[Problem] = []
    seen: set[object] = set()
    for release in portal.releases:
        try:
            documents = find_documents(portal, release)
        except InputError as error:
            problems += error.problems
            continue
        pages = _pages([c.name for c in release.catalogues], bool(release.spectra), documents)
        if (documents.folders, pages) in seen:
            continue
        seen.add((documents.folders, pages))
        for lang in portal.languages:
            reading = _Reading(documents, lang, portal.languages, pages)
            reading.read()
            problems += reading.problems
        for source in documents.sources.values():
            problems += [p for file in source.files.values() for p in _placeholders(file)]
    return list(dict.fromkeys(problems))


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


def _placeholders(file: Path) -> Iterator[Problem]:
    for number, line in enumerate(file.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        if match := PLACEHOLDER.search(line):
            mend = "write what belongs there"
            yield Problem(str(file), f"line {number}", f"still says {match[0]!r}", mend)


class _Reading:
    """The documents as read in one language."""

    def __init__(self, documents: Documents, lang: str, languages: list[str], pages: frozenset[str]) -> None:
        self.documents, self.lang, self.languages, self.pages = documents, lang, languages, pages
        self.rendered: dict[str, Document] = {}
        self.written_in: dict[str, str] = {}
        self.copies: dict[str, Path] = {}
        """Images and attachments by their path on the site."""
        self.anchors: list[tuple[Path, str, Source, str]] = []
        """Links to a place in another document: (file, link, document, anchor)."""
        self.problems: list[Problem] = []

    def read(self, words: Callable[[str], Callable[[str], str]] = lambda lang: str) -> None:
        """Render all Markdown. `words` gives, by language, a translation of the words that rendering adds."""
        for source in self.documents.sources.values():
            written, file = source.file(self.lang, self.languages[0])
            try:
                text = file.read_text(encoding="utf-8-sig")
                document = render_markdown(
                    text, file=file, resolve=_Resolver(self, source, file), translate=words(written)
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


class _Resolver:
    """What the relative links of one document stand for."""

    def __init__(self, reading: _Reading, source: Source, file: Path) -> None:
        self.reading, self.source, self.file = reading, source, file

    def __call__(self, target: str, *, image: bool) -> str | None:
        path, rest = _split(target)
        path = unquote(path)
        if (path.startswith("/") or path in ASKED) and not image:
            return self._page(target, path.lstrip("/"), rest)
        here = posixpath.normpath(posixpath.join(posixpath.dirname(self.source.name), path))
        if here.startswith("..") or path.startswith("/") or "\\" in path:
            raise BrokenLink(f"{target!r} is outside the documents", "copy the file beside the document")
        ending = posixpath.splitext(here)[1].lower().removeprefix(".")
        if not image and ending == "md":
            return self._document(target, here.removesuffix(".md"), rest)
        if ending == "html":
            mend = "link to the .md file of a document, or begin with / for a page of the site"
            raise BrokenLink(f"{target!r} is a page", mend)
        usual = IMAGES if image else ATTACHMENTS | IMAGES
        if ending not in usual:
            what = f"{target!r} is not a kind of {'image' if image else 'file'} that documents use"
            raise BrokenLink(what, f"use one of {', '.join(sorted(usual))}")
        return self._copy(target, here) + rest

    def _page(self, target: str, page: str, rest: str) -> str | None:
        if not PAGES.fullmatch(page):
            raise BrokenLink(f"{target!r} is not a page of the site", "name one, such as /search.html")
        if page in ASKED and not _asks(rest):
            mend = f"write {ASKED[page]}, after the page's name and ?"
            raise BrokenLink(f"{target!r} does not say what to show", mend)
        return _relative(page, self.source.path) + rest if page in self.reading.pages else None

    def _document(self, target: str, name: str, rest: str) -> str:
        source = self.reading.documents.sources.get(name)
        if source is None:
            raise BrokenLink(f"{target!r} leads nowhere", "mend the path; it is relative to this file")
        if rest.startswith("#") and source is not self.source:
            self.reading.anchors.append((self.file, target, source, unquote(rest[1:])))
        return _relative(source.path, self.source.path) + rest

    def _copy(self, target: str, path: str) -> str:
        """Have a file copied to docs/, where documents of all languages find it."""
        found = next((f / path for f in self.reading.documents.folders if (f / path).is_file()), None)
        if found is None:
            raise BrokenLink(f"no file {target!r}", "mend the path; it is relative to this file")
        if not FILE_NAME.fullmatch(path) or not portable(path):
            what = f"{target!r} has a name that not every disc can keep"
            raise BrokenLink(what, "use letters, digits, . _ and -")
        if wrong := check_image(found):
            raise BrokenLink(f"{target!r} {wrong}", "save it without, or as PNG")
        self.reading.copies[f"docs/{path}"] = found
        return _relative(f"docs/{path}", self.reading.place(self.source.path))


def _write(site: Site, lang: str, reading: _Reading) -> None:
    """Write the pages of one language."""
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
            listed=[] if is_help else listed,
            before=listed[at - 1] if at and not is_help else None,
            after=listed[at + 1] if at + 1 < len(listed) else None,
        )


def _pages(catalogues: list[str], spectra: bool, documents: Documents) -> frozenset[str]:
    """The pages that documents may link to with /…"""
    pages = {"index.html", "cite.html", *documents.paths}
    if catalogues:
        pages |= {"search.html", "sql.html", "object.html"}
        pages |= {f"catalogues/{name}.html" for name in catalogues}
    if spectra:
        pages.add("spectrum.html")
    if catalogues or spectra:
        pages.add("data.html")
    return frozenset(pages)


def _asks(rest: str) -> bool:
    """Whether what follows a page's name are parameters with values, and a position is one on the sky."""
    query = rest.partition("#")[0].removeprefix("?")
    if not query:
        return not rest.startswith("?")
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if not name or not value:
            return False
        if name == "position" and not POSITION.fullmatch(unquote(value)):
            return False
    return True


def _relative(target: str, start: str) -> str:
    """The address of one file of a site as seen from the page `start`."""
    return file_link(posixpath.relpath(target, posixpath.dirname(start) or "."))


def _split(target: str) -> tuple[str, str]:
    match = re.match(r"[^?#]*", target)
    path = match[0] if match else ""
    return path, target[len(path) :]


def _words(translate: Callable[[str], Language]) -> Callable[[str], Callable[[str], str]]:
    """The words that rendering adds, in the language a document is written in."""

    def words(lang: str) -> Callable[[str], str]:
        _ = translate(lang).gettext
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
        }
        return lambda word: known.get(word, word)

    return words
