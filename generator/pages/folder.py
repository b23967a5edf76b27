"""The folder that pages are written into, with the checksums of the files."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from ..checksums import digest
from ..pieces import DATA, Kept, Sum, known_sums, status, write_known

Made = tuple[str, Sum]
"""Path of a written file, its checksum and its status."""


class Folder:
    """Files below a folder, each written once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sums: dict[str, Sum] = {}
        """Known checksums by path: these files need not be read again."""
        self._there: set[str] = set()

    def write(self, path: str, text: str) -> Made:
        """Write a file."""
        content, file = text.encode(), self._file(path)
        with open(file, "wb") as stream:  # noqa: PTH123 thousands are written
            stream.write(content)
        self.sums[path] = hashlib.sha256(content).hexdigest(), status(os.stat(file))  # noqa: PTH116
        return path, self.sums[path]

    def add(self, made: Made) -> None:
        """Register a file written by a worker process."""
        self.sums[made[0]] = made[1]

    def link(self, kept: Kept, paths: Iterable[str]) -> None:
        """Hard-link files from a former piece, which must be sound."""
        known, former = known_sums(kept.sums), str(kept.data)
        for path in paths:
            source, file = f"{former}/{path}", self._file(path)
            try:
                os.link(source, file)
            except OSError:
                shutil.copyfile(source, file)
            self.sums[path] = known[f"{DATA}/{path}"]

    def copy(self, path: str, file: Path) -> None:
        """Write a file with the content of another."""
        target = self._file(path)
        shutil.copyfile(file, target)
        self.sums[path] = digest(Path(target)), status(os.stat(target))  # noqa: PTH116

    def seal(self) -> None:
        """Write the checksums of these files, and of those beside the folder."""
        known = {f"{DATA}/{path}": one for path, one in self.sums.items()}
        for file in self.folder.parent.iterdir():
            if file.is_file():
                known[file.name] = digest(file), status(file.stat())
        write_known(self.folder.parent, known)

    def _file(self, path: str) -> str:
        file = f"{self.folder}/{path}"
        above = file.rpartition("/")[0]
        if above not in self._there:
            os.makedirs(above, exist_ok=True)  # noqa: PTH103
            self._there.add(above)
        return file
