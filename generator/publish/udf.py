"""Read the file list of UDF (ECMA-167 and OSTA UDF) on discs that are written at once.

The volume descriptors are stored twice, and the anchors that point to them up to three times: all must agree.
"""

from __future__ import annotations

import itertools
from binascii import crc_hqx
from collections.abc import Iterator
from dataclasses import dataclass

from .sectors import DEEPEST, SECTOR, Broken, Extents, Leaf, Sectors, joined, number

MARKS = {b"BEA01", b"BOOT2", b"CD001", b"CDW02", b"NSR02", b"NSR03", b"TEA01"}
PRIMARY, ANCHOR, POINTER, PARTITION, LOGICAL, END, FILE_SET = 1, 2, 3, 5, 6, 8, 256
ONCE = {
    PRIMARY: "volumes",
    POINTER: "further descriptors",
    PARTITION: "partitions",
    LOGICAL: "volumes of files",
}
"""Descriptors of which programs use the one with the highest number if there are several."""
NAME, CONTINUED, FILE, EXTENDED = 257, 258, 261, 266
DELETED, PARENT, FOLDER = 4, 8, 2
LONGEST = 16 << 30
PLAIN_FILES = (0, 5, 249)
"""File types in a file entry; 4 is a folder, 12 a symbolic link."""


@dataclass(frozen=True)
class Found:
    """A file entry: where its bytes are, and its file type."""

    extents: Extents
    kind: int


def starts_programs(image: Sectors) -> bool:
    """Whether the volume recognition sequence has a boot record."""
    places = range(16, min(16 + 128, image.length // SECTOR))
    marks = itertools.takewhile(MARKS.__contains__, (image.sector(place)[1:6] for place in places))
    return b"BOOT2" in marks


def has_udf(image: Sectors) -> bool:
    """Whether an image declares UDF."""
    for place in range(16, 16 + 128):
        if (place + 1) * SECTOR > image.length:
            return False
        mark = image.sector(place)[1:6]
        if mark in (b"NSR02", b"NSR03"):
            return True
        if mark not in MARKS:
            return False
    return False


class Udf:
    """The UDF file list of an image. Raises Broken if the volume descriptors are not valid."""

    def __init__(self, image: Sectors) -> None:
        self.image = image
        last = image.length // SECTOR - 1
        first, *others = map(self._anchor, (256, last, last - 256))
        anchors = [a for a in (first, *others) if a]
        if not anchors:
            raise Broken("it has no anchor")
        self.faults: list[str] = []
        """Structures that do not agree with their copies."""
        if first is None or len(anchors) < 2:
            self.faults.append("it lacks an anchor")
        if len(set(anchors)) > 1:
            self.faults.append("its anchors point to different places")
        main, reserve = (self._sequence(*place) for place in (anchors[0][:2], anchors[0][2:]))
        if main != reserve:
            self.faults.append("its volume descriptors and their reserve do not agree")
        try:
            partition, logical = main[PARTITION], main[LOGICAL]
        except KeyError:
            raise Broken("it has no partition or no volume descriptor") from None
        if number(logical, 212 - 16, "<I") != SECTOR:
            raise Broken("its blocks are not of 2048 bytes")
        if number(logical, 268 - 16, "<I") != 1 or logical[440 - 16 : 442 - 16] != b"\1\6":
            what = "it has virtual blocks or a metadata partition, which drportal does not read"
            raise Broken(f"{what}: mount the disc, and verify the folder of its files")
        if number(logical, 444 - 16, "<H") != number(partition, 22 - 16, "<H"):
            self.faults.append("its volume is in a partition that it does not list")
        self.start = number(partition, 188 - 16, "<I")
        self.label = _text(logical[84 - 16 : 84 - 16 + max(logical[84 - 16 + 127], 1)])
        self._sets, self._set = (number(logical, at - 16, "<I") for at in (248, 252))

    def files(self) -> Iterator[Leaf]:
        """Every file."""
        data = self._block(self._set, (FILE_SET,))
        further = number(data, 448, "<I") or self._further_set()
        if further:
            self.faults.append("it has several sets of files")
        yield from self._folder("", number(data, 404, "<I"), set(), 0)

    def _further_set(self) -> bool:
        """Whether another set of files follows the first."""
        if self._sets < 2 * SECTOR:
            return False
        following = self.image.sector(self.start + self._set + 1)
        return number(following, 0, "<H") == FILE_SET

    def _folder(self, above: str, block: int, seen: set[int], depth: int) -> Iterator[Leaf]:
        if depth > DEEPEST or block in seen:
            raise Broken("its folders are nested without end")
        seen.add(block)
        own = self._entry(block)
        if own.kind != 4:
            raise Broken("a folder entry is not a folder")
        data = self.image.folder(own.extents)
        at = 0
        while at < len(data):
            more = number(data, at + 36, "<H")
            flags, length = data[at + 18], data[at + 19]
            self._check(data[at : at + (38 + more + length + 3) // 4 * 4], (NAME,))
            inner = number(data, at + 24, "<I")
            name = _text(data[at + 38 + more : at + 38 + more + length])
            at += (38 + more + length + 3) // 4 * 4
            if flags & (DELETED | PARENT):
                continue
            if not name or "/" in name:
                raise Broken(f"a file has the name {name!r}")
            if flags & FOLDER:
                yield from self._folder(f"{above}{name}/", inner, seen, depth + 1)
            else:
                found = self._entry(inner)
                yield Leaf(above + name, found.extents, found.kind not in PLAIN_FILES)

    def _entry(self, block: int) -> Found:
        data = self._block(block, (FILE, EXTENDED))
        at = 176 if number(data, 0, "<H") == FILE else 216
        size, kind, flags = number(data, 56, "<Q"), data[27], number(data, 34, "<H") & 7
        if at == 216 and number(data, 152, "<I"):
            self.faults.append(f"the file entry in block {block:,} has named streams")
        first = at + number(data, at - 8, "<I")
        end = first + number(data, at - 4, "<I")
        if number(data, 20, "<H") != 4 or end > SECTOR or size > LONGEST:
            raise Broken("a file entry is of a kind that drportal does not read")
        if flags == 3:
            if size > end - first:
                raise Broken("a file entry is too short for its file")
            return Found((((self.start + block) * SECTOR + first, size),) if size else (), kind)
        runs = joined(self._runs(data[first:end], flags))
        return Found(_cut(runs, size), kind)

    def _runs(self, data: bytes, flags: int) -> Iterator[tuple[int, int]]:
        width = {0: 8, 1: 16}.get(flags)
        if width is None:
            raise Broken("a file entry is of a kind that drportal does not read")
        for _ in range(10_000):
            following = None
            for at in range(0, len(data) - width + 1, width):
                length, place = number(data, at, "<I"), number(data, at + 4, "<I")
                kind, length = length >> 30, length & 0x3FFFFFFF
                if not length:
                    break
                if kind == 3:
                    following = place
                    break
                if kind:
                    raise Broken("a file has parts that were never written")
                yield (self.start + place) * SECTOR, length
            if following is None:
                return
            block = self._block(following, (CONTINUED,))
            data = block[24 : 24 + number(block, 20, "<I")]
        raise Broken("a file has parts without end")

    def _anchor(self, place: int) -> tuple[int, ...] | None:
        """Place and length of the descriptors and of their reserve."""
        if place < 16 or (place + 1) * SECTOR > self.image.length:
            return None
        try:
            data = self.image.sector(place)
            self._check(data, (ANCHOR,), place)
        except Broken:
            return None
        return tuple(number(data, at, "<I") for at in (20, 16, 28, 24))

    def _sequence(self, place: int, length: int) -> dict[int, bytes]:
        """Descriptors by kind, without their places and numbers."""
        found: dict[int, bytes] = {}
        for at in range(place, place + min(length // SECTOR, 64)):
            data = self.image.sector(at)
            if not any(data[:16]):
                break
            self._check(data, tuple(range(1, 10)), at)
            if (kind := number(data, 0, "<H")) == END:
                break
            if kind == PRIMARY:  # the name of the set may be random and different in each
                data = data[:72] + bytes(128) + data[200:]
            if kind == POINTER or (kind in ONCE and found.get(kind, bytes(4) + data[20:])[4:] != data[20:]):
                self.faults.append(f"it has several {ONCE[kind]}")
            found.setdefault(kind, bytes(4) + data[20:])
        return found

    def _block(self, block: int, kinds: tuple[int, ...]) -> bytes:
        data = self.image.sector(self.start + block)
        self._check(data, kinds, block)
        return data

    def _check(self, data: bytes, kinds: tuple[int, ...], place: int | None = None) -> None:
        """Check a descriptor against its tag, which has checksums of both."""
        sums = (sum(data[:16]) - data[4]) % 256 if len(data) >= 16 else -1
        count = number(data, 10, "<H") if len(data) >= 16 else 0
        if (
            sums != data[4]
            or number(data, 0, "<H") not in kinds
            or (place is not None and number(data, 12, "<I") != place)
            or len(data) < 16 + count
            or crc_hqx(data[16 : 16 + count], 0) != number(data, 8, "<H")
        ):
            raise Broken("a descriptor does not match its checksum")


def _cut(runs: Extents, size: int) -> Extents:
    """The runs cut to the length of the file: the last one may extend to the end of its block."""
    found = []
    for start, length in runs:
        if size:
            found.append((start, min(length, size)))
            size -= found[-1][1]
    if size:
        raise Broken("a file is longer than its parts")
    return tuple(found)


def _text(data: bytes) -> str:
    if not data:
        return ""
    return data[1:].decode("utf-16-be" if data[0] == 16 else "latin-1", "replace")
