"""The size of the cache, and the removal of the least recently used pieces when it is over its limit."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path


@dataclass(frozen=True)
class Recorded:
    """What is needed to decide whether a piece is removed."""

    file: Path
    """Its record, whose name is the key."""
    used: int
    """When it was last used, in ns."""
    name: str
    content: str
    bytes: int
    parts: tuple[str, ...]
    """Keys of the pieces whose files it contains as hard links."""


def size_of(records: Iterable[Recorded]) -> int:
    """Total bytes of pieces; equal contents are stored once."""
    return sum({one.content: one.bytes for one in records}.values())


def memories(folder: Path) -> list[tuple[Path, int]]:
    """The folders of the memories, and their bytes."""
    found = folder.iterdir() if folder.is_dir() else ()
    return [(one, sum(file.stat().st_size for file in one.iterdir())) for one in found]


class Room:
    """The pieces and memories of a cache that is over its limit."""

    def __init__(
        self, records: Iterable[Recorded], remembered: Iterable[tuple[Path, int]], stay: Collection[str]
    ) -> None:
        """`stay` are keys of pieces that are never removed."""
        self._records = {one.file.name: one for one in records}
        self._memories = list(remembered)
        self._stay = stay
        self._users = Counter(one.content for one in self._records.values())
        self._wholes = Counter(part for one in self._records.values() for part in one.parts)
        self.pieces = size_of(self._records.values())
        """Bytes of the pieces."""
        self._remembered = sum(size for _, size in self._memories)

    @property
    def contents(self) -> set[str]:
        """The contents of the remaining pieces."""
        return {content for content, count in self._users.items() if count}

    def make(self, limit: int, memory_of: Callable[[str], str]) -> None:
        """Remove the least recently used until the rest has no more than `limit` bytes.

        Parts are removed with the last piece that contains them, since both share files. Memories, whose
        folders `memory_of` returns by the names of pieces, stay as long as their pieces.
        """
        named = {memory_of(one.name) for key, one in self._records.items() if key in self._stay}
        old: list[tuple[int, Callable[[], None]]] = [
            (one.used, partial(self._remove, key)) for key, one in self._records.items() if self._goes(key)
        ]
        old += [
            (folder.stat().st_mtime_ns, partial(self._forget, folder, size))
            for folder, size in self._memories
            if folder.name not in named
        ]
        for _, remove in sorted(old, key=lambda one: one[0]):
            if self.pieces + self._remembered <= limit:
                break
            remove()

    def _goes(self, key: str) -> bool:
        return key not in self._stay and not self._wholes[key]

    def _remove(self, key: str) -> None:
        one = self._records[key]
        one.file.unlink()
        self._users[one.content] -= 1
        if not self._users[one.content]:
            self.pieces -= one.bytes
        for part in one.parts:
            self._wholes[part] -= 1
            if part in self._records and self._goes(part):
                self._remove(part)

    def _forget(self, folder: Path, size: int) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self._remembered -= size
