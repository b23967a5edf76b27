"""The index of an encrypted edition: written while the stream is laid out, read one page at a time.

Entries are ordered by path, so a reader finds one among millions with two short reads.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

PAGE = 1000
"""Entries per page."""
LARGEST_TEXT = 16 << 20
"""Maximum bytes of a compressed text, and of a page of the index."""
LARGEST_ROOT = 64 << 20
PAD = 4096
"""The root's size is rounded up to this."""


@dataclass(frozen=True)
class Stored:
    """A file in the stream, as it is or compressed by gzip."""

    path: str
    offset: int
    bytes: int
    """Position in the stream, in bytes."""
    size: int | None = None
    """Bytes of the file itself if it is compressed."""


@dataclass(frozen=True)
class Twin:
    """A script that repeats bytes of another file and can be made again from it."""

    path: str
    head: str
    source: str
    offset: int
    bytes: int


@dataclass(frozen=True)
class Plain:
    """A file of assets/ that is not secret and stays where it is."""

    path: str
    bytes: int
    sha256: str


Item = Stored | Twin | Plain


def _line(item: Item) -> list[Any]:
    match item:
        case Stored(path, offset, size, None):
            return [path, "raw", offset, size]
        case Stored(path, offset, packed, size):
            return [path, "gzip", offset, packed, size]
        case Twin(path, head, source, offset, size):
            return [path, "twin", head, source, offset, size]
        case Plain(path, size, sha256):
            return [path, "plain", size, sha256]


SHAPES: dict[str, tuple[type, ...]] = {
    "raw": (int, int),
    "gzip": (int, int, int),
    "twin": (str, str, int, int),
    "plain": (int, str),
}


def _item(line: Any) -> Item:
    """Raises ValueError for an invalid entry: the edition may come from an attacker."""
    if not isinstance(line, list) or len(line) < 2 or not all(isinstance(x, str) for x in line[:2]):
        raise ValueError("no entry")
    path, kind, *rest = line
    shape = SHAPES.get(kind, (object,))
    if len(rest) != len(shape) or any(type(v) is not t for v, t in zip(rest, shape, strict=True)):
        raise ValueError("no entry")
    if any(isinstance(v, int) and not 0 <= v < 1 << 60 for v in rest):
        raise ValueError("impossible numbers")
    if kind == "twin":
        return Twin(path, *rest)
    return Plain(path, *rest) if kind == "plain" else Stored(path, *rest)


@dataclass
class IndexWriter:
    """Collects entries in order; complete pages are kept, compressed, in an anonymous temporary file."""

    spool: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(32 << 20))  # noqa: SIM115
    pages: list[tuple[str, int, int]] = field(default_factory=list)
    """First path, offset in the spool, bytes."""
    _open: list[Item] = field(default_factory=list)

    def add(self, item: Item) -> None:
        self._open.append(item)
        if len(self._open) >= PAGE:
            self._close()

    def _close(self) -> None:
        if self._open:
            packed = pack([_line(item) for item in self._open])
            self.pages.append((self._open[0].path, self.spool.tell(), len(packed)))
            self.spool.write(packed)
            self._open.clear()

    def root(self, start: int, shells: dict[str, str]) -> bytes:
        """The root, given where in the stream the pages begin."""
        self._close()
        pages = [[first, start + offset, size] for first, offset, size in self.pages]
        body = pack({"pages": pages, "shells": shells})
        padded = struct.pack(">I", len(body)) + body
        return padded + bytes(-len(padded) % PAD)


@dataclass(frozen=True)
class Index:
    """The root of an index, and a function that reads bytes of the stream."""

    pages: list[tuple[str, int, int]]
    shells: dict[str, str]
    read: Callable[[int, int], bytes]

    @classmethod
    def load(cls, root: bytes, read: Callable[[int, int], bytes]) -> Index:
        """Raises ValueError."""
        (length,) = struct.unpack_from(">I", root)
        said = unpack(root[4 : 4 + length], LARGEST_ROOT)
        pages = [(str(first), int(offset), int(size)) for first, offset, size in said["pages"]]
        return cls(pages, dict(said["shells"]), read)

    def __iter__(self) -> Iterator[Item]:
        before = ""
        for _, offset, size in self.pages:
            if size > LARGEST_TEXT:
                raise ValueError("a page of the index is too large")
            for line in unpack(self.read(offset, size), LARGEST_TEXT):
                item = _item(line)
                if item.path <= before:
                    raise ValueError(f"{item.path!r} is not in order")
                before = item.path
                yield item


def gunzip(data: bytes, most: int) -> bytes:
    """The decompressed data, cut off after `most` + 1 bytes."""
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        return stream.read(most + 1)


def pack(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


def unpack(data: bytes, most: int) -> Any:
    try:
        text = gunzip(data, most)
        if len(text) > most:
            raise ValueError("decompresses to more than is allowed")
        return json.loads(text)
    except (OSError, EOFError, RecursionError) as error:
        raise ValueError(str(error)) from None
