"""The list of every file of a site, a link each: whatever follows links, such as wget, finds them all."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

from ...checksums import SUMS
from ...files import walk
from ...model import Release
from ...publish.bag import WRITTEN
from ...publish.listing import MANIFEST, PUBLIC_KEY, SIGNATURE
from ...publish.minisign import PublicKey
from ..site import Site

LISTED = 1_000
"""Files on a page."""


@dataclass(frozen=True)
class Listed:
    """A file as the list shows it."""

    path: str
    size: int


def write_files(site: Site, key: PublicKey | None) -> None:
    """Write files.html and, where there are many files, files/0002.html, … in each language.

    To be called when all else stands below `site.out` but what is written of the whole: manifest and bag.
    """
    others = _releases_below(site)
    told = [MANIFEST, SUMS, *([SIGNATURE, PUBLIC_KEY] if key else [])]
    if site.release and (site.out / "data").is_dir():
        told += WRITTEN
    count = total = 0
    for file in _files(site, others, told):
        count, total = count + 1, total + file.size
    pages = [_page(number) for number in range(1, -(-count // LISTED) + 1)] or [_page(1)]
    # The pages are written below the folder that is being walked: what there is now is what they list.
    files = _files(site, others, told)
    for number, path in enumerate(pages):
        part = list(itertools.islice(files, LISTED))
        for lang in site.languages:
            _ = site.translate(lang).gettext
            site.render(
                "files.html", path, lang, kind="files", title=_("All files"), files=part, told=told,
                count=count + len(told), total=total, page_number=number + 1, pages=pages, others=others,
            )  # fmt: skip


def _page(number: int) -> str:
    return "files.html" if number == 1 else f"files/{number:04d}.html"


def _releases_below(site: Site) -> list[Release]:
    """Releases whose folders lie in this one and have lists of their own; a release may lie in another's."""
    top = f"{site.release.id}/" if site.release else ""
    if site.standalone:
        return []
    below = [r for r in site.releases if r.id in site.available and r.id.startswith(top)]
    return [r for r in below if site.release or (site.out / r.id / "files.html").is_file()]


def _files(site: Site, others: list[Release], told: list[str]) -> Iterator[Listed]:
    top = len(site.release.id) + 1 if site.release else 0
    ids = site.releases if site.release is None else others
    without = frozenset(r.id[top:] for r in ids)
    own = {site.place(first, lang) for lang in site.languages for first in ("files.html", "files")}
    for entry, path in walk(site.out, without=without | own):
        if path not in told and path not in own:
            yield Listed(path, _size(entry))


def _size(entry: os.DirEntry[str]) -> int:
    return entry.stat(follow_symlinks=False).st_size
