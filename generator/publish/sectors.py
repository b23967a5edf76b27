"""Read the bytes of a disc image; shared by the readers of all its file lists."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECTOR = 2048
DEEPEST = 64
LARGEST_FOLDER = 256 << 20
BLOCK = 1 << 20

Extents = tuple[tuple[int, int], ...]
"""Where the bytes of a file lie: first byte and length of each run."""


class Broken(Exception):
    """A fault in a file list."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file as one of the lists of an image describes it."""

    path: str
    extents: Extents
    link: bool = False
    """Whether it is a symbolic link or anything else that is not a regular file."""

    @property
    def size(self) -> int:
        return sum(length for _, length in self.extents)


class Sectors:
    """An image or a drive; can be read by several threads. Raises OSError if it cannot be opened."""

    def __init__(self, where: str) -> None:
        self._file = Path(where).open("rb", buffering=0)  # noqa: SIM115
        self.length = self._file.seek(0, os.SEEK_END)

    def close(self) -> None:
        self._file.close()

    def read(self, offset: int, count: int) -> bytes:
        """Raises Broken if the image ends first."""
        data = b""
        if offset >= 0 and offset + count <= self.length:
            while len(data) < count and (
                more := os.pread(self._file.fileno(), count - len(data), offset + len(data))
            ):
                data += more
        if len(data) < count:
            raise Broken("it refers to a place beyond the end of the image")
        return data

    def sector(self, number: int) -> bytes:
        return self.read(number * SECTOR, SECTOR)

    def folder(self, extents: Extents) -> bytes:
        """The records of a folder."""
        if sum(length for _, length in extents) > LARGEST_FOLDER:
            raise Broken("the records of a folder are too large")
        return b"".join(self.read(*extent) for extent in extents)

    def blocks(self, extents: Extents) -> Iterator[bytes]:
        """The bytes of a file. Raises OSError if the image ends before the file does."""
        for start, length in extents:
            at, end = start, start + length
            while at < end:
                block = os.pread(self._file.fileno(), min(BLOCK, end - at), at)
                if not block:
                    raise OSError(None, "the image ends before the file does")
                at += len(block)
                yield block


def joined(runs: Iterator[tuple[int, int]]) -> Extents:
    """Runs of bytes with adjacent runs joined, as the lists divide long files differently."""
    found: list[tuple[int, int]] = []
    for start, length in runs:
        if found and sum(found[-1]) == start:
            found[-1] = (found[-1][0], found[-1][1] + length)
        elif length:
            found.append((start, length))
    return tuple(found)


def number(data: bytes, at: int, kind: str) -> int:
    """A number of the struct format `kind`. Raises Broken if the data end before it."""
    try:
        return int(struct.unpack_from(kind, data, at)[0])
    except struct.error:
        raise Broken("a record is truncated") from None
