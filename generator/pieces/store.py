"""Where pieces are kept between builds, by their content, until those used least recently must make room.

    pieces/ab/abcd…     a record for each piece: what it was made from, its notes, the digest of its content
    folders/<digest>    the content, with the checksums of every file beside it
    unfinished/         what is being made; emptied when a build begins

Whatever a killed build leaves is either unfinished or a folder that no record names.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..checksums import Progress, silent
from .digests import Digests
from .piece import Kept, Piece
from .records import Damaged, damage, read_record, write_record
from .sums import damage_in, listed, sums_file, unsound

FORMAT = "format-1"
"""File that says which layout a cache has. A cache of another one is thrown away."""


class Store:
    """The cache of a portal's builds."""

    def __init__(self, folder: Path, read_all: bool = False) -> None:
        """With `read_all` every byte that is used is compared with its checksum, not size and time alone."""
        self.folder, self.read_all = folder, read_all
        self.digests = Digests(folder / "digests", read_all)
        self.damage: list[str] = []
        """Lines about damaged pieces that were asked for since this was last emptied."""
        self.used: dict[str, str] = {}
        """Keys of the pieces that were found or kept, by their names."""
        self._added = 0

    def begin(self) -> str:
        """Make the folder ready for a build. Returns a line to report where a former cache is thrown away."""
        line = ""
        mark = self.folder / FORMAT
        if mark.exists():
            shutil.rmtree(self.folder / "unfinished", ignore_errors=True)
            return ""
        if self.folder.is_dir() and any(self.folder.iterdir()):
            line = f"{self.folder}: of another version of drportal: emptied, all is made anew"
            _empty(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        mark.touch()
        return line

    def find(self, piece: Piece, progress: Progress = silent) -> Kept | None:
        """A piece as it was kept; None where it was not, or is damaged."""
        if kept := self.kept(piece.key, progress):
            self.used[piece.name] = piece.key
        return kept

    def kept(self, key: str, progress: Progress = silent) -> Kept | None:
        """What is kept under a key; None where nothing is, or it is damaged."""
        if (record := self._record(key)) is None:
            return None
        folder = self.folder / "folders" / record["content"][:32]
        if found := unsound(folder, progress, self.read_all):
            self.damage.append(damage_in(folder, found))
            self._record_file(key).unlink(missing_ok=True)
            return None
        os.utime(self._record_file(key))
        return Kept(folder, record["content"], tuple(record["notes"]), record["inputs"])

    def inputs_of(self, key: str) -> dict[str, str] | None:
        """What a piece was made from, by its key."""
        record = self._record(key)
        return dict(record["inputs"]) if record else None

    def unfinished(self, piece: Piece) -> Path:
        """An empty folder to make a piece in."""
        folder = self.folder / "unfinished" / piece.key
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def keep(self, piece: Piece, made: Path, notes: Sequence[str]) -> Kept:
        """Keep what was made of a piece in its unfinished folder, whose checksums are beside it."""
        sums = sums_file(made)
        content, size = _content(sums)
        folder = self.folder / "folders" / content[:32]
        if not folder.is_dir() or unsound(folder, read_all=self.read_all):
            shutil.rmtree(folder, ignore_errors=True)
            folder.parent.mkdir(parents=True, exist_ok=True)
            made.rename(folder)
            sums.replace(sums_file(folder))
            self._added += size
        record = {
            "name": piece.name,
            "inputs": dict(piece.inputs),
            "content": content,
            "bytes": size,
            "notes": list(notes),
        }
        self._record_file(piece.key).parent.mkdir(parents=True, exist_ok=True)
        write_record(self._record_file(piece.key), json.dumps(record))
        self.used[piece.name] = piece.key
        shutil.rmtree(made, ignore_errors=True)
        sums.unlink(missing_ok=True)
        return Kept(folder, content, tuple(notes), piece.inputs)

    def end(self, limit: int, stay: Collection[str]) -> None:
        """Write what is known of files; over `limit` bytes, remove the pieces that were used least recently.

        `stay` are keys of pieces that are never removed.
        """
        self.digests.write()
        total = self.folder / "size"
        known = 0
        with contextlib.suppress(Damaged, ValueError):
            known = int(read_record(total) or 0)
        known += self._added
        self._added = 0
        if known > limit:
            known = self._prune(limit, stay)
        write_record(total, str(known))

    def _prune(self, limit: int, stay: Collection[str]) -> int:
        records = []
        for file in (self.folder / "pieces").glob("*/*"):
            record = self._record(file.name)
            if record is None:
                file.unlink(missing_ok=True)
            else:
                records.append((file.name in stay, file.stat().st_mtime_ns, file, record))
        users: dict[str, int] = {}
        sizes: dict[str, int] = {}
        for *_, record in records:
            users[record["content"]] = users.get(record["content"], 0) + 1
            sizes[record["content"]] = record["bytes"]
        total = sum(sizes.values())
        for wanted, _, file, record in sorted(records, key=lambda one: one[:2]):
            if wanted or total <= limit:
                break
            file.unlink()
            users[record["content"]] -= 1
            total -= 0 if users[record["content"]] else sizes[record["content"]]
        names = {content[:32] for content, count in users.items() if count}
        for folder in _folders(self.folder / "folders"):
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)
                sums_file(folder).unlink(missing_ok=True)
        return total

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


def _content(sums: Path) -> tuple[str, int]:
    """The digest of what a folder contains, by its list of checksums, and its bytes."""
    content, size = hashlib.sha256(), 0
    for entry in listed(sums):
        content.update(f"{entry.sha256}  {entry.path}\n".encode())
        size += entry.bytes
    return content.hexdigest(), size


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (one for one in folder.iterdir() if one.is_dir())


def _empty(folder: Path) -> None:
    for one in folder.iterdir():
        if one.name == "editions":  # what sites must not show is no cache
            continue
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink()
