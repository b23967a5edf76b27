"""Resolves the relative links of documents."""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from ..escape import file_link
from ..model.strict import portable
from .addresses import BrokenLink
from .find import Documents, Source
from .images import ATTACHMENTS, IMAGES, check_image

FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
POSITION = re.compile(r"\d{1,3}(\.\d*)?,[+-]?\d{1,2}(\.\d*)?")
# Pages of one spectrum or object, which documents name without a /, and what a link must add.
ASKED = {
    "spectrum.html": "the id of a spectrum, such as obsid=101001",
    "object.html": "an id or a place, such as obsid=101001 or position=150.1,2.2",
}


@dataclass(frozen=True)
class KnownPages:
    """Pages that documents may link to with /…."""

    here: frozenset[str]
    """Pages of the release."""
    possible: Callable[[str], bool]
    """Whether any release may have a page. A link to one that this release lacks becomes plain words, because
    releases with and without data share documents."""


class Resolver:
    """Resolves the relative links of one document."""

    def __init__(
        self, documents: Documents, source: Source, file: Path, pages: KnownPages, page: str
    ) -> None:
        """`page` is the path of the document on the site, with the folder of its language."""
        self.documents, self.source, self.file, self.pages, self.page = documents, source, file, pages, page
        self.copies: dict[str, Path] = {}
        """Images and attachments that it uses, by their path on the site."""
        self.anchors: list[tuple[Path, str, Source, str]] = []
        """Its links to an anchor in another document: (file, link, document, anchor)."""

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
            fix = "link to the .md file of a document, or begin with / for a page of the site"
            raise BrokenLink(f"{target!r} is a page", fix)
        usual = IMAGES if image else ATTACHMENTS | IMAGES
        if ending not in usual:
            what = f"{target!r} is not a supported kind of {'image' if image else 'file'}"
            raise BrokenLink(what, f"use one of {', '.join(sorted(usual))}")
        return self._copy(target, here) + rest

    def _page(self, target: str, page: str, rest: str) -> str | None:
        if not self.pages.possible(page):
            raise BrokenLink(f"{target!r} is not a page of the site", "name one, such as /search.html")
        if page in ASKED and not _asks(rest):
            fix = f"write {ASKED[page]}, after the page's name and ?"
            raise BrokenLink(f"{target!r} does not say what to show", fix)
        return _relative(page, self.source.path) + rest if page in self.pages.here else None

    def _document(self, target: str, name: str, rest: str) -> str | None:
        source = self.documents.sources.get(name)
        if source is None and name in self.documents.hidden:
            return None
        if source is None:
            raise BrokenLink(f"{target!r} leads nowhere", "correct the path; it is relative to this file")
        if rest.startswith("#"):
            self.anchors.append((self.file, target, source, unquote(rest[1:])))
        return _relative(source.path, self.source.path) + rest

    def _copy(self, target: str, path: str) -> str:
        """Mark a file for copying to docs/, where documents of all languages find it."""
        found = next((f / path for f in self.documents.folders if (f / path).is_file()), None)
        if found is None:
            raise BrokenLink(f"no file {target!r}", "correct the path; it is relative to this file")
        if not FILE_NAME.fullmatch(path) or not portable(path):
            what = f"{target!r} has a name that some file systems cannot store"
            raise BrokenLink(what, "use letters, digits, . _ and -")
        if wrong := check_image(found):
            raise BrokenLink(f"{target!r} {wrong}", "save it without, or as PNG")
        self.copies[f"docs/{path}"] = found
        return _relative(f"docs/{path}", self.page)


def _asks(rest: str) -> bool:
    """Whether a page's name is followed by parameters with values, and any position is valid on the sky."""
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


@functools.lru_cache(maxsize=100_000)
def _relative(target: str, start: str) -> str:
    """The address of a file of a site, relative to the page `start`."""
    return file_link(posixpath.relpath(target, posixpath.dirname(start) or "."))


def _split(target: str) -> tuple[str, str]:
    match = re.match(r"[^?#]*", target)
    path = match[0] if match else ""
    return path, target[len(path) :]
