"""The documents of a release: those shared in content/, and those its docs/ adds or replaces."""

from __future__ import annotations

import contextlib
import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

from ..files import files_below
from ..model import Edition, Portal, Release
from ..model.strict import portable
from ..problems import InputError, Problem
from .bibliography import FILE, Reference, read_bibliography
from .front import front_matter, has_front_matter

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
HELP = "help"
DEFAULTS = Path(__file__).resolve().parents[1] / "starter" / "content"
"""Documents of the portal that `drportal new` creates; their help is shown by portals without their own."""


@dataclass(frozen=True)
class Source:
    """One document, with a file for each language it is written in."""

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
        files = self.files
        written = lang if lang in files else default if default in files else next(iter(files))
        return written, files[written]


@dataclass(frozen=True)
class Documents:
    """The documents of one release."""

    sources: dict[str, Source] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    """Folders with images and attachments, the release's own first."""
    references: dict[str, Reference] = field(default_factory=dict)
    """References that documents may cite, from references.bib."""
    hidden: frozenset[str] = frozenset()
    """Names of documents withheld from the edition: links to them become plain words."""

    @functools.cached_property
    def paths(self) -> frozenset[str]:
        """Paths of their pages."""
        pages = {source.path for source in self.sources.values()}
        return frozenset(pages | {"docs/index.html"} if pages - {"help.html"} else pages)

    def attached(self, path: str) -> Path:
        """The file of an image or attachment, by its path on the site."""
        inside = path.removeprefix("docs/")
        return next(folder / inside for folder in self.folders if (folder / inside).is_file())


def find_documents(portal: Portal, release: Release | None) -> Documents:
    """The documents of a release; none without a release (the portal's index).

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
        # A release's document replaces the shared one in all languages: a translation of the shared text
        # would contradict it.
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
    """Whether any language of a document is withheld: a translation reveals the same content."""
    for file in source.files.values():
        # Problems of a file are reported when it is rendered.
        with contextlib.suppress(UnicodeDecodeError, InputError):
            if has_front_matter(file) and edition.hides(
                front_matter(file.read_text(encoding="utf-8-sig"), file)[0]
            ):
                return True
    return False


def _sources(folder: Path, languages: list[str], problems: list[Problem]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for found in files_below(folder):
        path = found.removeprefix(f"{folder}/")
        if not path.endswith(".md") or any(part.startswith((".", "_")) for part in path.split("/")):
            continue
        file = Path(found)
        name, lang = path.removesuffix(".md"), languages[0]
        stem, dot, suffix = name.rpartition(".")
        if dot and LANGUAGE.fullmatch(suffix):
            name, lang = stem, suffix
            if lang not in languages:
                fix = f"add it to `languages` in portal.toml (now {', '.join(languages)}), or rename the file"
                problems.append(Problem(str(file), "file name", f"the portal has no language {lang!r}", fix))
                continue
        if not NAME.fullmatch(name) or not portable(name) or name == "index":
            fix = "use lower-case letters, digits, - and _, but not index or a device name such as con"
            problems.append(Problem(str(file), "file name", "cannot be the name of a page", fix))
            continue
        source = sources.setdefault(name, Source(name, folder, {}))
        other = source.files.setdefault(lang, file)
        if other is not file:
            what = f"is the same document in the same language as {other}"
            problems.append(Problem(str(file), "file name", what, "keep one of the two"))
    return sources


def _default_help(languages: list[str]) -> dict[str, Source]:
    """Help for a portal without its own: in English where there is no translation."""
    english = DEFAULTS / f"{HELP}.md"
    own = {lang: DEFAULTS / f"{HELP}.{lang}.md" for lang in languages}
    files = {lang: file for lang, file in own.items() if file.is_file()} | {"en": english}
    return {HELP: Source(HELP, DEFAULTS, {languages[0]: english} | files)}
