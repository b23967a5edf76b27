"""Place the column chunks of a Parquet file by columns: each column is one range of bytes, row group after row group.

A reader of two columns then needs two ranges of a file, however many row groups it has. The format allows any order of
column chunks, and the footer says where each one is. No library writes another order than row group after row
group, so the offsets in a written footer are replaced. The footer is in Thrift's compact protocol, in which structures
have no lengths: a number can be replaced by another one without a change of anything around it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

MAGIC = b"PAR1"
TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
# Fields of parquet.thrift
ROW_GROUPS, GROUP_COLUMNS, GROUP_START = 4, 1, 5
CHUNK_START, CHUNK_METADATA = 2, 3
PATH, SIZE, DATA_PAGE, DICTIONARY_PAGE = 3, 7, 9, 11


@dataclass
class _Number:
    """A whole number in the footer, and the bytes that it takes."""

    value: int
    start: int
    end: int


@dataclass
class _Chunk:
    column: bytes = b""
    size: int = 0
    pages: list[_Number] = field(default_factory=list)
    """Offsets of the first data page and of the dictionary, if there is one."""
    other: list[_Number] = field(default_factory=list)

    @property
    def start(self) -> int:
        return min(page.value for page in self.pages)


@dataclass
class _Group:
    chunks: list[_Chunk] = field(default_factory=list)
    start: _Number | None = None


def side_by_side(file: memoryview) -> bytes:
    """Return a Parquet file with its column chunks in another order; columns and row groups keep theirs.

    The leaves of a nested column stay together in each row group.
    """
    (length,) = struct.unpack("<I", file[-8:-4])
    footer = bytes(file[-8 - length : -8])
    groups = list(_Reader(footer).groups())
    columns: dict[bytes, list[_Chunk]] = {}
    for group in groups:
        for chunk in group.chunks:
            columns.setdefault(chunk.column, []).append(chunk)
    parts: list[bytes | memoryview] = [MAGIC]
    at = len(MAGIC)
    changed: list[tuple[_Number, int]] = []
    starts: dict[int, int] = {}
    for chunks in columns.values():
        for chunk in chunks:
            start = chunk.start
            parts.append(file[start : start + chunk.size])
            starts[id(chunk)] = at
            moved = [*chunk.pages, *(number for number in chunk.other if number.value)]
            changed += [(number, number.value + at - start) for number in moved]
            at += chunk.size
    for group in groups:
        if group.start:
            changed.append((group.start, min(starts[id(chunk)] for chunk in group.chunks)))
    made = _with_numbers(footer, changed)
    return b"".join([*parts, made, struct.pack("<I", len(made)), MAGIC])


def _with_numbers(footer: bytes, changed: list[tuple[_Number, int]]) -> bytes:
    parts, at = [], 0
    for number, value in sorted(changed, key=lambda one: one[0].start):
        parts += [footer[at : number.start], _varint(value << 1)]
        at = number.end
    return b"".join([*parts, footer[at:]])


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class _Reader:
    """Reads Thrift's compact protocol as far as needed."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def groups(self) -> Iterator[_Group]:
        for number, kind in self._fields():
            if number != ROW_GROUPS:
                self._skip(kind)
                continue
            for _ in range(self._items()[0]):
                yield self._group()

    def _group(self) -> _Group:
        group = _Group()
        for number, kind in self._fields():
            if number == GROUP_COLUMNS:
                group.chunks = [self._chunk() for _ in range(self._items()[0])]
            elif number == GROUP_START:
                group.start = self._number()
            else:
                self._skip(kind)
        return group

    def _chunk(self) -> _Chunk:
        chunk = _Chunk()
        for number, kind in self._fields():
            if number == CHUNK_START:
                chunk.other.append(self._number())
            elif number == CHUNK_METADATA:
                self._metadata(chunk)
            else:
                self._skip(kind)
        return chunk

    def _metadata(self, chunk: _Chunk) -> None:
        for number, kind in self._fields():
            if number == PATH:
                names = [self._binary() for _ in range(self._items()[0])]
                chunk.column = names[0]
            elif number == SIZE:
                chunk.size = self._number().value
            elif number in (DATA_PAGE, DICTIONARY_PAGE):
                chunk.pages.append(self._number())
            else:
                self._skip(kind)

    def _unsigned(self) -> int:
        data, at, value, shift = self._data, self._at, 0, 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                self._at = at
                return value
            shift += 7

    def _number(self) -> _Number:
        start = self._at
        value = self._unsigned()
        return _Number((value >> 1) ^ -(value & 1), start, self._at)

    def _binary(self) -> bytes:
        size = self._unsigned()
        self._at += size
        return self._data[self._at - size : self._at]

    def _items(self) -> tuple[int, int]:
        """Return the number and the type of the items of a list."""
        head = self._data[self._at]
        self._at += 1
        return (head >> 4 if head < 0xF0 else self._unsigned()), head & 0xF

    def _fields(self) -> Iterator[tuple[int, int]]:
        """Yield number and type of each field of a structure; the caller reads the value before the next one."""
        number = 0
        while head := self._data[self._at]:
            self._at += 1
            number = number + (head >> 4) if head >> 4 else self._number().value
            yield number, head & 0xF
        self._at += 1

    def _skip(self, kind: int, *, item: bool = False) -> None:
        if kind in (TRUE, FALSE):
            self._at += item
        elif kind in (BYTE, DOUBLE):
            self._at += 1 if kind == BYTE else 8
        elif kind == BINARY:
            self._binary()
        elif kind in (LIST, SET):
            count, inner = self._items()
            for _ in range(count):
                self._skip(inner, item=True)
        elif kind == STRUCT:
            for _, inner in self._fields():
                self._skip(inner)
        elif kind == MAP:
            raise ValueError("a footer has a map, which Parquet does not use")
        else:
            self._unsigned()
