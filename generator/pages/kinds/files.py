"""files.html: a link to every file of a site, so that whatever follows links, such as wget, finds them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from markupsafe import Markup, escape

from ...checksums import BAG, MANIFEST, PUBLIC_KEY, SIGNATURE, SUMS
from ...escape import file_link
from ...model import Release
from ..page import Page, Planned
from ..site import LocalSite, Site

LISTED = 1_000
"""Number of files on a page."""


class File(NamedTuple):
    """A file of the site, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True)
class Files:
    """Variables of files.html."""

    files: list[File]
    """Files of this page."""
    apart: list[str]
    """Lists of the whole site, which are written last."""
    count: int
    """Number of files on all pages."""
    total: int
    """Total bytes of these."""
    page_number: int
    pages: list[str]
    others: Sequence[Release]
    """Releases in the same folder that have lists of their own."""
    rows: str = ""
    """Files of this page as rows of a table in HTML."""


def file_lists(site: Site, files: Callable[[], Iterable[File]], others: Sequence[Release]) -> Iterator[Files]:
    """The lists of all files. There may be millions, so `files` returns a new iterator at each call.

    It yields the files in the site's folder, in the order of the list.
    """
    apart = [MANIFEST, SUMS, *([SIGNATURE, PUBLIC_KEY] if site.key else [])]
    count = total = 0
    has_data = False
    for file in _shown(site, files(), apart):
        count, total = count + 1, total + file.size
        has_data = has_data or file.path.startswith("data/")
    if site.release and has_data:
        apart += BAG
    pages = [_path(number) for number in range(1, max(-(-count // LISTED), 1) + 1)]
    shown = _shown(site, files(), apart)
    for number in range(1, len(pages) + 1):
        part = list(itertools.islice(shown, LISTED))
        yield Files(part, apart, count + len(apart), total, number, pages, others)


def _shown(site: Site, files: Iterable[File], apart: list[str]) -> Iterator[File]:
    """The files without the lists themselves and those that they name separately."""
    without = {site.place("files.html", lang) for lang in site.languages} | set(apart)
    folders = tuple(site.place("files/", lang) for lang in site.languages)
    return (file for file in files if file.path not in without and not file.path.startswith(folders))


def _path(number: int) -> str:
    return "files.html" if number == 1 else f"files/{number:04d}.html"


def files_page(here: LocalSite, planned: Planned) -> Files:
    listed = planned.subject
    assert isinstance(listed, Files)
    return replace(listed, rows=_rows(here, planned, listed.files))


def _rows(here: LocalSite, planned: Planned, files: Iterable[File]) -> Markup:
    """The rows of the table: there are thousands, which a template writes at a fifth of the speed."""
    base, size = here.site.base(planned.path, here.lang), here.language.size
    rows = (
        f'<tr><th scope="row"><a href="{escape(file_link(base + path))}">{escape(path)}</a></th>'
        f'<td class="num">{escape(size(count))}</td></tr>\n'
        for path, count in files
    )
    return Markup("".join(rows))


FILES = Page(
    "files",
    "files.html",
    "files.html",
    order=140,
    of="both",
    title=lambda _: _("All files"),
    sheets=lambda _here: [],  # planned last, because they list all other files
    has_record=False,
    context=files_page,
)
