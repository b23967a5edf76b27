"""Digests of source files, cached between builds by size, modification time and inode."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from ..checksums import Progress, digests_of, silent
from .records import Damaged, read_record, write_record
from .sums import status

SETTLED = 2_000_000_000
"""Nanoseconds. File systems store times in steps of up to two seconds, so a file that has just changed may
change again with the same time."""

File = TypeVar("File", str, Path)


class Digests:
    """Looks up digests and reads only files that changed; `write` saves them for the next build."""

    def __init__(self, file: Path | None = None, read_all: bool = False) -> None:
        """`file` stores them between builds; with `read_all` every file is read once."""
        self._file = file
        self._known: dict[str, list[str]] = {}
        self._read: dict[str, list[str]] = {}
        if file and not read_all:
            try:
                self._known = json.loads(read_record(file) or "{}")
            except Damaged:
                self._known = {}
        self._changed = False

    def of(self, file: Path) -> str:
        """SHA-256 of a file. Raises OSError."""
        return next(iter(self.of_all([file]).values()))

    def of_all(self, files: Iterable[File], progress: Progress = silent) -> dict[File, str]:
        """SHA-256 of files, which may be large; `progress` is called with the bytes read."""
        found: dict[File, str] = {}
        unread: list[tuple[File, str, os.stat_result]] = []
        for file in files:
            place = os.fspath(file)
            if place[:1] != "/" or "/." in place or "//" in place:
                place = os.path.abspath(place)  # noqa: PTH100
            now = os.stat(file)  # noqa: PTH116
            known = self._read.get(place) or self._known.get(place)
            if known and known[0] == status(now):
                found[file], self._read[place] = known[1], known
            else:
                found[file] = ""
                unread.append((file, place, now))
        sums = digests_of((Path(file) for file, _, _ in unread), progress)
        for file, place, now in unread:
            found[file] = sums[Path(file)]
            self._changed = True
            self._known.pop(place, None)
            if now.st_mtime_ns < time.time_ns() - SETTLED:
                self._read[place] = [status(now), found[file]]
        return found

    def write(self) -> None:
        """Save the known digests for the next build."""
        if self._file and self._changed:
            others = {place: known for place, known in self._known.items() if os.path.exists(place)}  # noqa: PTH110
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_record(self._file, json.dumps(others | self._read))
            self._changed = False
