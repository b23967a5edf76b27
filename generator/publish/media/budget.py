"""The capacity of media, and the space that a file takes on them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ...problems import InputError, Problem

SECTOR = 2048
CLUSTER = 32 << 10
"""Cluster size assumed for USB sticks: FAT32 uses up to 32 KiB, and so does exFAT up to 32 GB."""
LISTED = 700
"""Bytes per file in the manifests and checksum lists."""
LARGEST_FILE = 2**32 - 1
"""FAT32 has no file of 4 GiB, nor does one extent of ISO 9660."""
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


@dataclass(frozen=True)
class Medium:
    """A kind of medium, and the space its file system needs."""

    name: str
    capacity: int
    """In bytes; 0 if the user gives it."""
    unit: int
    """Files begin at multiples of this many bytes."""
    per_file: int
    per_folder: int
    fixed: int
    """Bytes used by the file system itself."""

    def file(self, size: int) -> int:
        """Maximum space of a file of `size` bytes."""
        return -(-size // self.unit) * self.unit + self.per_file

    @property
    def is_image(self) -> bool:
        return self.name != "usb"


# A file of an image has a record in each of ISO 9660 with Rock Ridge (up to 254 bytes, and a continuation),
# Joliet (up to 162) and UDF (up to 296, and a sector of its own); a folder has a sector or more in each.
_RECORDS = SECTOR + 254 + 250 + 162 + 296 + LISTED


def _disc(name: str, capacity: int) -> Medium:
    return Medium(name, capacity, SECTOR, _RECORDS, 6 * SECTOR + _RECORDS, 1 << 20)


MEDIA = {
    "cd": _disc("cd", 360_000 * SECTOR),
    "dvd": _disc("dvd", 4_700_372_992),
    "bd": _disc("bd", 25_025_314_816),
    "usb": Medium("usb", 0, CLUSTER, LISTED + 320, CLUSTER, 16 << 20),
}


def parse_size(said: str) -> int:
    """Bytes of a size, e.g. 16G, in decimal units like those of manufacturers. Raises InputError."""
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,3})?) ?([KMGT]?)B?", said.strip(), re.IGNORECASE)
    if not match or not float(match[1]):
        raise InputError(Problem("--size", said, "is not a size", "write e.g. 16G or 700M"))
    return int(float(match[1]) * UNITS[match[2].upper()])


def total(medium: Medium, files: Iterable[tuple[str, int]]) -> int:
    """Maximum space of files and their folders; paths are ordered."""
    size, before = 0, ""
    for path, length in files:
        folder = path.rpartition("/")[0]
        if folder != before:
            size += medium.per_folder * max(len(_new(before, folder)), 1)
            before = folder
        size += medium.file(length)
    return size


def _new(before: str, folder: str) -> list[str]:
    """Parts of a folder's path that are not in the preceding one."""
    old, new = before.split("/"), folder.split("/")
    same = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    return new[same:]
