"""Read the file lists of ISO 9660: the primary one, with Rock Ridge names in it, and those of Joliet.

Numbers are stored twice, in both byte orders, and folders again in path tables. Programs choose one of each,
so all must agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .sectors import DEEPEST, SECTOR, Broken, Extents, Leaf, Sectors, joined, number

FIRST = 16
MOST_DESCRIPTORS = 64
BOOT, PRIMARY, SUPPLEMENTARY, PARTITION, END = 0, 1, 2, 3, 255
JOLIET = (b"%/@", b"%/C", b"%/E")
FOLDER, ASSOCIATED, SEVERAL = 2, 4, 128


@dataclass(frozen=True)
class Record:
    """A directory record; for a long file, the extents of all its records."""

    name: bytes
    extents: Extents
    flags: int
    use: bytes
    """The system use field, where Rock Ridge writes."""


@dataclass(frozen=True)
class Rock:
    """The Rock Ridge entries of a record."""

    name: str | None = None
    child: int | None = None
    """The block of a relocated folder that belongs here."""
    moved: bool = False
    link: bool = False


def twice(data: bytes, at: int, size: int = 4) -> int:
    """A number that is stored in both byte orders."""
    kind = "I" if size == 4 else "H"
    little, big = number(data, at, f"<{kind}"), number(data, at + size, f">{kind}")
    if little != big:
        raise Broken(f"a number is {little} in one byte order and {big} in the other")
    return little


def alike(short: str, name: str) -> bool:
    """Whether a short name may be derived from a name: they begin alike, apart from numbers."""
    begin = re.match(r"[A-Z0-9]{0,3}", name.upper(), re.ASCII)
    stem = short.upper().rpartition(".")[0] or short.upper()
    letters = 1 if stem[-1:].isdigit() else 3
    return stem.startswith(begin[0][:letters] if begin else "")


def _capitals(name: str) -> str:
    """The ISO 9660 name that programs derive from a name that is not too long."""
    stem, dot, kind = name.upper().rpartition(".")
    return re.sub(r"[^A-Z0-9_]", "_", stem) + dot + re.sub(r"[^A-Z0-9_]", "_", kind)


def _has_names(use: bytes) -> bool:
    """Whether a system use field begins like Rock Ridge entries and has a name."""
    for at in (0, 14):  # 14 bytes belong to CD-ROM XA
        while at + 5 <= len(use) and use[at + 2] >= 4 and use[at + 3] == 1:
            if use[at : at + 2] == b"NM":
                return True
            at += use[at + 2]
    return False


def descriptors(image: Sectors) -> list[bytes]:
    """The volume descriptors, without the terminator; none in an image with UDF only."""
    found: list[bytes] = []
    for place in range(FIRST, FIRST + MOST_DESCRIPTORS):
        data = image.sector(place)
        if data[1:6] != b"CD001":
            break
        if data[0] == END:
            return found
        found.append(data)
    if found:
        raise Broken("its volume descriptors have no terminator")
    return []


@dataclass
class Volume:
    """One list of files."""

    image: Sectors
    data: bytes
    """Its volume descriptor."""
    skip: int = 0
    """Bytes to skip before the Rock Ridge entries."""
    rock: bool = False
    folders: dict[tuple[bytes, ...], int] = field(default_factory=dict)
    """Block of each folder, from the directory records."""
    unlike: list[tuple[str, str]] = field(default_factory=list)
    """Files whose short name is not derived from their Rock Ridge name."""
    unannounced: bool = False
    """Whether records have Rock Ridge names although the root folder does not announce them."""

    def __post_init__(self) -> None:
        self.block = twice(self.data, 128, 2)
        if self.block not in (512, 1024, 2048):
            raise Broken(f"its blocks have {self.block} bytes")
        self.root = self._record(self.data[156:190])
        if self.root is None or not self.root.flags & FOLDER:
            raise Broken("its root is not a folder")
        own = next(self._records(self.root.extents), None)
        if own is not None and own.use[:2] == b"SP" and own.use[4:6] == b"\xbe\xef":
            self.rock, self.skip = True, own.use[6]

    @property
    def joliet(self) -> bool:
        return self.data[0] == SUPPLEMENTARY and self.data[88:91] in JOLIET

    @property
    def foreign(self) -> bool:
        """Whether it uses another character set than ISO 9660 and Joliet: programs differ in reading it."""
        return self.data[0] == SUPPLEMENTARY and not self.joliet and any(self.data[88:120])

    @property
    def label(self) -> str:
        raw = self.data[40:72]
        return raw.decode("utf-16-be" if self.joliet else "latin-1", "replace").rstrip(" \0")

    @property
    def length(self) -> int:
        """Length of the image according to the descriptor, in bytes."""
        return twice(self.data, 80) * self.block

    def name(self, raw: bytes) -> str:
        """A name as programs without Rock Ridge show it."""
        text = raw.decode("utf-16-be" if self.joliet else "utf-8", "replace")
        stem, mark, version = text.rpartition(";")
        text = stem if mark and version.isdigit() else text
        return text if self.joliet else text.removesuffix(".")

    def plain(self) -> Iterator[Leaf]:
        """Every file, as programs without Rock Ridge see it."""
        self.folders = {}
        yield from self._plain((), self.root.extents, self.root.extents, set())  # type: ignore[union-attr]

    def _plain(
        self, path: tuple[bytes, ...], own: Extents, above: Extents, seen: set[Extents]
    ) -> Iterator[Leaf]:
        self._enter(own, seen, len(path))
        self.folders[path] = own[0][0] // self.block if own else 0
        dots: list[Extents] = []
        for record in self._records(own):
            if record.name in (b"\0", b"\1"):
                dots.append(record.extents[:1])
                continue
            inner = (*path, record.name)
            self.unannounced |= not self.rock and _has_names(record.use)
            if record.flags & FOLDER:
                yield from self._plain(inner, record.extents, own, seen)
            elif not (self.rock and self._rock(record).child is not None):
                yield Leaf("/".join(self.name(part) for part in inner), record.extents)
        # In Joliet, libisofs lets the second record point to the folder itself; pycdlib gives it other
        # lengths.
        starts = [run[0][0] if run else -1 for run in (*dots, own, above)]
        if len(dots) != 2 or dots[0] != own[:1] or starts[1] not in starts[2:]:
            raise Broken(f"the folder {'/'.join(map(self.name, path)) or '/'} does not say where it is")

    def named(self) -> Iterator[Leaf]:
        """Every file, by its Rock Ridge name."""
        yield from self._named("", self.root.extents, set(), 0)  # type: ignore[union-attr]

    def _named(self, above: str, own: Extents, seen: set[Extents], depth: int) -> Iterator[Leaf]:
        self._enter(own, seen, depth)
        names: dict[str, tuple[str, Extents]] = {}
        for record in self._records(own):
            if record.name in (b"\0", b"\1"):
                continue
            rock = self._rock(record)
            if rock.moved:
                continue
            name = rock.name if rock.name is not None else self.name(record.name)
            if not name or "/" in name:
                raise Broken(f"a file has the name {name!r}")
            extents = record.extents
            if rock.child is not None:
                head = self._record(self.image.read(rock.child * self.block, self.block))
                extents = head.extents if head else ()
            if record.flags & FOLDER or rock.child is not None:
                yield from self._named(f"{above}{name}/", extents, seen, depth + 1)
            else:
                names[name] = self.name(record.name), extents
                yield Leaf(above + name, extents, rock.link)
        made: dict[str, list[Extents]] = {}
        for name, (_, extents) in names.items():
            made.setdefault(_capitals(name), []).append(extents)
        for name, (short, extents) in names.items():
            another = _capitals(name) != short and extents not in made.get(short, [extents])
            if another or not alike(short, name):
                self.unlike.append((above + name, short))

    def path_tables(self) -> Iterator[tuple[str, dict[tuple[bytes, ...], int]]]:
        """The folders and their blocks from each path table, by the name of the table."""
        size = twice(self.data, 132)
        places = (("L", 140, "<"), ("L, its copy", 144, "<"), ("M", 148, ">"), ("M, its copy", 152, ">"))
        for name, at, order in places:
            place = number(self.data, at, f"{order}I")
            if place:
                table = self.image.folder(((place * self.block, size),))
                yield name, self._table(table, order)
            elif "copy" not in name:
                yield name, {}

    def _table(self, data: bytes, order: str) -> dict[tuple[bytes, ...], int]:
        paths: list[tuple[bytes, ...]] = []
        found: dict[tuple[bytes, ...], int] = {}
        at = 0
        while at < len(data) and data[at]:
            length = data[at]
            block, parent = number(data, at + 2, f"{order}I"), number(data, at + 6, f"{order}H")
            if not 1 <= parent <= max(len(paths), 1) or len(found) != len(paths):
                raise Broken("a path table has a folder without a parent")
            name = data[at + 8 : at + 8 + length]
            path = (*paths[parent - 1], name) if paths else ()
            if len(path) > DEEPEST:
                raise Broken("its folders are nested without end")
            paths.append(path)
            found[path] = block + data[at + 1]
            at += 8 + length + length % 2
        return found

    def _enter(self, extents: Extents, seen: set[Extents], depth: int) -> None:
        if depth > DEEPEST or extents in seen:
            raise Broken("its folders are nested without end")
        seen.add(extents)

    def _records(self, extents: Extents) -> Iterator[Record]:
        data = self.image.folder(extents)
        at = 0
        before: Record | None = None
        while at < len(data):
            length = data[at]
            if not length:
                at = (at // self.block + 1) * self.block
                continue
            record = self._record(data[at : at + length])
            at += length
            if record is None or record.flags & ASSOCIATED:
                continue
            if before is not None:
                runs = iter([*before.extents, *record.extents])
                record = Record(before.name, joined(runs), record.flags, before.use)
            before = record if record.flags & SEVERAL else None
            if before is None:
                yield record

    def _record(self, data: bytes) -> Record | None:
        if len(data) < 34 or len(data) < data[0] or 33 + data[32] > data[0]:
            raise Broken("a record of a folder is too short")
        if data[26] or data[27]:
            raise Broken("a file is interleaved with others")
        start, size = (twice(data, 2) + data[1]) * self.block, twice(data, 10)
        end = 33 + data[32]
        return Record(data[33:end], ((start, size),) if size else (), data[25], data[end + (end % 2) :])

    def _rock(self, record: Record) -> Rock:
        """The Rock Ridge entries of a record; empty if the volume has none."""
        name, child, moved, link, more = None, None, False, False, False
        for kind, data in self._entries(record.use[self.skip :]) if self.rock else ():
            if kind == b"NM":
                if data[4] & 6:
                    continue
                name = (name if more and name is not None else b"") + data[5:]
                more = bool(data[4] & 1)
            elif kind == b"CL":
                child = twice(data, 4)
            elif kind == b"RE":
                moved = True
            elif kind == b"SL" or (
                kind == b"PX" and number(data, 4, "<I") & 0o170000 not in (0o100000, 0o40000)
            ):
                link = True
        return Rock(None if name is None else name.decode("utf-8", "replace"), child, moved, link)

    def _entries(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        for _ in range(100):
            at, more = 0, None
            while at + 4 <= len(data) and data[at + 2] >= 4:
                kind, entry = data[at : at + 2], data[at : at + data[at + 2]]
                at += data[at + 2]
                if len(entry) < entry[2] or (kind in (b"NM", b"SL") and len(entry) < 5):
                    raise Broken("an entry of Rock Ridge is too short")
                if kind == b"ST":
                    break
                if kind == b"CE":
                    more = twice(entry, 4), twice(entry, 12), twice(entry, 20)
                else:
                    yield kind, entry
            if more is None:
                return
            data = self.image.read(more[0] * self.block + more[1], min(more[2], SECTOR * 16))
        raise Broken("Rock Ridge continues without end")
