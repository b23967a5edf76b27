"""The cache of pieces between builds, addressed by content; the least recently used are removed.

    pieces/ab/abcd…     a record for each piece: its inputs, lines to report, the digest of its content
    folders/<digest>    the content; beside it the checksums of all files
    unfinished/         pieces being made; emptied when a build begins
    memory/<digest>/    notes of the makers of a piece, by its name: they save work but decide no byte

A killed build leaves only unfinished folders, or folders that no record names.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..checksums import Progress, silent
from .digests import Digests
from .piece import Kept, Lines, Piece, digest_of
from .records import Damaged, damage, read_record, write_record
from .room import Recorded, Room, memories, size_of
from .sums import damage_in, listed, sums_file, unsound

FORMAT = "format-2"
"""File with the version of the layout. A cache of another version is deleted."""


class Store:
    """The cache of a portal's builds."""

    def __init__(self, folder: Path, read_all: bool = False) -> None:
        """With `read_all` every byte that is used is checked against its checksum, not only size and time."""
        self.folder, self.read_all = folder, read_all
        self.digests = Digests(folder / "digests", read_all)
        self.damage: list[str] = []
        """Lines about damaged pieces found since `take_damage` was last called."""
        self._size: int | None = None
        """Bytes of all pieces while some are being added."""

    def begin(self) -> str:
        """Prepare the folder for a build. Returns a line to report if a former cache is deleted."""
        line = ""
        mark = self.folder / FORMAT
        if mark.exists():
            shutil.rmtree(self.folder / "unfinished", ignore_errors=True)
            return ""
        if self.folder.is_dir() and any(self.folder.iterdir()):
            line = f"{self.folder}: written by another version of drportal; emptied, everything is made again"
            _empty(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        mark.touch()
        return line

    def kept(self, key: str, progress: Progress = silent) -> Kept | None:
        """The piece with a key; None if there is none, or it is damaged."""
        if (record := self._record(key)) is None:
            return None
        folder = self.folder / "folders" / record["content"][:32]
        if found := unsound(folder, progress, self.read_all):
            self.damage.append(damage_in(folder, found))
            self._record_file(key).unlink(missing_ok=True)
            return None
        os.utime(self._record_file(key))
        return Kept(folder, record["content"], tuple(record["notes"]), record["inputs"], key)

    def take_damage(self) -> list[str]:
        """Return the lines about damage, and clear them."""
        lines, self.damage = self.damage, []
        return lines

    def inputs_of(self, key: str) -> dict[str, str] | None:
        """The inputs of a piece, by its key."""
        record = self._record(key)
        return dict(record["inputs"]) if record else None

    def unfinished(self, piece: Piece) -> Path:
        """Create an empty folder to make a piece in."""
        self.clear(piece)
        folder = self._unfinished(piece)
        folder.mkdir(parents=True)
        return folder

    def clear(self, piece: Piece) -> None:
        """Remove the unfinished folder of a piece."""
        shutil.rmtree(self._unfinished(piece), ignore_errors=True)
        sums_file(self._unfinished(piece)).unlink(missing_ok=True)

    def keep(self, piece: Piece, lines: Lines) -> Kept:
        """Move a piece from its unfinished folder, with checksums beside it, into the cache."""
        made, key, inputs = self._unfinished(piece), piece.key, piece.inputs
        if lines.inputs is not None:
            inputs = lines.inputs
            key = replace(piece, inputs=inputs).key
        sums = sums_file(made)
        content, size = _content(made, bool(lines.parts))
        folder = self.folder / "folders" / content[:32]
        if not folder.is_dir() or unsound(folder, read_all=self.read_all):
            shutil.rmtree(folder, ignore_errors=True)
            folder.parent.mkdir(parents=True, exist_ok=True)
            made.rename(folder)
            sums.replace(sums_file(folder))
            self._add(size)
        record = {
            "name": piece.name,
            "inputs": dict(inputs),
            "content": content,
            "bytes": size,
            "notes": list(lines.notes),
            "parts": list(lines.parts),
        }
        self._record_file(key).parent.mkdir(parents=True, exist_ok=True)
        write_record(self._record_file(key), json.dumps(record))
        self.clear(piece)
        return Kept(folder, content, tuple(lines.notes), inputs, key)

    def forget(self, piece: Piece) -> None:
        """Remove a piece whose content no other piece has."""
        if record := self._record(piece.key):
            self._record_file(piece.key).unlink()
            shutil.rmtree(self.folder / "folders" / record["content"][:32], ignore_errors=True)
            self._add(-record["bytes"])

    def memory(self, name: str) -> Path:
        """The memory folder of the piece of a name; its user must check for damage."""
        folder = self.memory_of(name)
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        return folder

    def memory_of(self, name: str) -> Path:
        """The same folder, which may not be there."""
        return self.folder / "memory" / _as_folder(name)

    def end(self, limit: int, stay: Collection[str]) -> None:
        """Save digests of files; if over `limit` bytes, remove the least recently used pieces.

        `stay` are keys of pieces that are never removed.
        """
        self.digests.write()
        size = self._known_size()
        remembered = memories(self.folder / "memory")
        if size is None:
            size = size_of(self._records())
        if size + sum(more for _, more in remembered) > limit:
            room = Room(self._records(), remembered, stay)
            room.make(limit, _as_folder)
            self._clean({content[:32] for content in room.contents})
            size = room.pieces
        write_record(self._size_file, str(size))
        self._size = None

    @property
    def _size_file(self) -> Path:
        """File with the bytes of all pieces. Absent while a build adds some: counted after a kill."""
        return self.folder / "size"

    def _known_size(self) -> int | None:
        """Bytes of all pieces, including those added since `begin`; None if they must be counted."""
        if self._size is None:
            with contextlib.suppress(Damaged, ValueError):
                return int(read_record(self._size_file) or "unknown")
        return self._size

    def _add(self, size: int) -> None:
        known = self._known_size()
        self._size_file.unlink(missing_ok=True)
        self._size = None if known is None else known + size

    def _records(self) -> Iterator[Recorded]:
        """The records of all pieces; damaged ones are removed."""
        for file in (self.folder / "pieces").glob("*/*"):
            if record := self._record(file.name):
                yield Recorded(
                    file,
                    file.stat().st_mtime_ns,
                    record["name"],
                    record["content"],
                    record["bytes"],
                    tuple(record["parts"]),
                )

    def _clean(self, used: Collection[str]) -> None:
        """Remove the folders that no record names."""
        for folder in _folders(self.folder / "folders"):
            if folder.name not in used:
                shutil.rmtree(folder, ignore_errors=True)
                sums_file(folder).unlink(missing_ok=True)

    def _unfinished(self, piece: Piece) -> Path:
        return self.folder / "unfinished" / piece.key

    def _record_file(self, key: str) -> Path:
        return self.folder / "pieces" / key[:2] / key

    def _record(self, key: str) -> dict[str, Any] | None:
        file = self._record_file(key)
        try:
            text = read_record(file)
        except Damaged:
            self.damage.append(damage(file))
            file.unlink(missing_ok=True)
            return None
        return json.loads(text) if text is not None else None


def _as_folder(name: str) -> str:
    """The name of the memory folder of the piece of a name."""
    return digest_of(name)[:32]


def _content(folder: Path, linked: bool) -> tuple[str, int]:
    """The digest of a folder's content, from its list of checksums, and its bytes.

    In a folder that is `linked` from parts, files shared with them do not count.
    """
    content, size = hashlib.sha256(), 0
    for entry in listed(sums_file(folder)):
        content.update(f"{entry.sha256}  {entry.path}\n".encode())
        size += 0 if linked and (folder / entry.path).stat().st_nlink > 1 else entry.bytes
    return content.hexdigest(), size


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (one for one in folder.iterdir() if one.is_dir())


def _empty(folder: Path) -> None:
    for one in folder.iterdir():
        if one.name == "editions":  # withheld values: cannot be made again, so not part of the cache
            continue
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink()
