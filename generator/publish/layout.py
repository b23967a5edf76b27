"""Check where the files of an image lie: no overlaps, and no second file list between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .sectors import SECTOR, Sectors

Run = tuple[int, int]
"""First byte, and length."""
NAMED = 20
FIRST_FREE = 17
"""The first sector after the system area and the first descriptor."""
ROOT = slice(156, 190)


def overlaps(places: Iterable[tuple[Run, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of files of which one begins inside the other; files with identical extents do not count."""
    before: tuple[int, int, str] = (0, 0, "")
    found = 0
    for (start, length), path in sorted(places):
        same = (start, start + length) == before[:2]
        if start < before[1] and not same and found < NAMED:
            found += 1
            yield path, before[2]
        if start + length > before[1]:
            before = (start, start + length, path)


def others_between(image: Sectors, runs: Iterable[Run], end: int, roots: list[bytes]) -> Iterator[int]:
    """Sectors between the files that begin another file list, whose root folder is not in `roots`.

    Programs and drives that look for an earlier or later session read these.
    """
    at = FIRST_FREE * SECTOR
    for start, length in [*sorted(runs), (end, 0)]:
        while at + SECTOR <= min(start, image.length):
            many = min(512, (min(start, image.length) - at) // SECTOR)
            data = image.read(at, many * SECTOR)
            for k in range(many):
                one = data[k * SECTOR : (k + 1) * SECTOR]
                if one[1:6] == b"CD001" and one[0] in (1, 2) and one[ROOT] not in roots:
                    yield at // SECTOR + k
            at += many * SECTOR
        at = max(at, (start + length + SECTOR - 1) // SECTOR * SECTOR)
