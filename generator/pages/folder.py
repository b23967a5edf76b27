"""The folder that pages are written into: it knows the checksums of what it was given."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from ..pieces import DATA, Kept, Sum, known_sums, status

Made = tuple[str, Sum]
"""Path of a file that was written, its checksum and its status."""


class Folder:
    """Files below a folder, each written once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sums: dict[str, Sum] = {}
        """By path, what need not be read to know its checksum."""
        self._there: set[str] = set()

    def write(self, path: str, text: str) -> Made:
        """Write a file."""
        content, file = text.encode(), self._file(path)
        with open(file, "wb") as stream:  # noqa: PTH123 thousands are written
            stream.write(content)
        self.sums[path] = hashlib.sha256(content).hexdigest(), status(os.stat(file))  # noqa: PTH116
        return path, self.sums[path]

    def add(self, made: Made) -> None:
        """Know of a file that a copy of this process has written."""
        self.sums[made[0]] = made[1]

    def link(self, kept: Kept, paths: Iterable[str]) -> None:
        """Take files over from a former piece, which is sound."""
        known = known_sums(kept.sums)
        for path in paths:
            source, file = f"{kept.data}/{path}", self._file(path)
            try:
                os.link(source, file)
            except OSError:
                shutil.copyfile(source, file)
            self.sums[path] = known[f"{DATA}/{path}"]

    def copy(self, path: str, file: Path) -> None:
        """Write a file with the content of another."""
        shutil.copyfile(file, self._file(path))

    def _file(self, path: str) -> str:
        file = f"{self.folder}/{path}"
        above = file.rpartition("/")[0]
        if above not in self._there:
            os.makedirs(above, exist_ok=True)  # noqa: PTH103
            self._there.add(above)
        return file
