"""files.html: a link to every file of a site, so that whatever follows links, such as wget, finds them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ...checksums import BAG, MANIFEST, PUBLIC_KEY, SIGNATURE, SUMS
from ...model import Release
from ..page import Page, Planned
from ..site import LocalSite, Site

LISTED = 1_000
"""Files on a page."""


class File(NamedTuple):
    """A file of the site, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True)
class Files:
    """What files.html adds."""

    files: list[File]
    """Those of this page."""
    told: list[str]
    """What is written of the whole, after everything else."""
    count: int
    """Files on all pages."""
    total: int
    """Their bytes."""
    page_number: int
    pages: list[str]
    others: list[Release]
    """Releases in the same folder that have lists of their own."""


def file_lists(site: Site, files: Callable[[], Iterable[File]], others: list[Release]) -> Iterator[Files]:
    """The lists of all files: there may be millions, so `files` gives them anew each time it is called.

    They are those that stand in the site's folder, in the order in which they are to be listed.
    """
    told = [MANIFEST, SUMS, *([SIGNATURE, PUBLIC_KEY] if site.key else [])]
    if site.release and any(file.path.startswith("data/") for file in files()):
        told += BAG
    count = total = 0
    for file in _shown(site, files(), told):
        count, total = count + 1, total + file.size
    pages = [_path(number) for number in range(1, max(-(-count // LISTED), 1) + 1)]
    shown = _shown(site, files(), told)
    for number in range(1, len(pages) + 1):
        part = list(itertools.islice(shown, LISTED))
        yield Files(part, told, count + len(told), total, number, pages, others)


def _shown(site: Site, files: Iterable[File], told: list[str]) -> Iterator[File]:
    """Without the lists themselves and what they name apart."""
    without = {site.place("files.html", lang) for lang in site.languages} | set(told)
    folders = tuple(site.place("files/", lang) for lang in site.languages)
    return (file for file in files if file.path not in without and not file.path.startswith(folders))


def _path(number: int) -> str:
    return "files.html" if number == 1 else f"files/{number:04d}.html"


def files_page(_here: LocalSite, planned: Planned) -> Files:
    assert isinstance(planned.subject, Files)
    return planned.subject


FILES = Page(
    "files",
    "files.html",
    "files.html",
    order=140,
    of="both",
    title=lambda _: _("All files"),
    sheets=lambda _here: [],  # they are planned last, by what else there is
    has_record=False,
    context=files_page,
)
