"""Where the files of an image lie: none in another, and no second list of files between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .sectors import SECTOR, Sectors

Run = tuple[int, int]
"""First byte, and length."""
NAMED = 20
FIRST_FREE = 17
"""The first sector that is not of the system or of the first descriptor."""
ROOT = slice(156, 190)


def overlaps(places: Iterable[tuple[Run, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of files one of which begins in the middle of the other; those of the same bytes are none."""
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
    """Sectors between the files that begin another list of files: one with a first folder not in `roots`.

    Programs and drives that look for an earlier or a later session read these.
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
