"""Where jobs are kept: a folder or a store, which any number of processes read and write.

Each job is a folder of small files. A file is written whole, and nearly always by one process alone, so no
locks are needed.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path
from typing import IO, Any, Protocol

from ...formats.base import write_whole
from ...ingest.readers.addresses import store_of

IDENT = re.compile(r"[A-Za-z0-9]{8,64}")


class Shelf(Protocol):
    """A place for jobs. Methods raise OSError, and FileNotFoundError for a file or job that is not there."""

    is_near: bool
    """Whether a look at it takes no time."""

    def idents(self) -> list[str]:
        """All jobs."""

    def names(self, ident: str) -> list[str]:
        """Files of a job; none if there is no such job."""

    def read(self, ident: str, name: str) -> bytes:
        """The content of a small file."""

    def write(self, ident: str, name: str, data: bytes) -> None:
        """Write a small file; its job exists if it is not the first."""

    def put(self, ident: str, name: str, file: Path) -> None:
        """Move a file to it."""

    def fetch(self, ident: str, name: str, into: IO[bytes]) -> None:
        """Copy a file into an open one."""

    def remove(self, ident: str, name: str) -> None:
        """Remove a file, if it is there."""

    def clear(self, ident: str) -> None:
        """Remove a job."""


class FolderShelf:
    """Jobs in a folder, of this computer or of several."""

    is_near = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def idents(self) -> list[str]:
        return [one.name for one in self._folder.iterdir() if IDENT.fullmatch(one.name)]

    def names(self, ident: str) -> list[str]:
        try:
            return sorted(one.name for one in (self._folder / ident).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def read(self, ident: str, name: str) -> bytes:
        return (self._folder / ident / name).read_bytes()

    def write(self, ident: str, name: str, data: bytes) -> None:
        file = self._folder / ident / name
        if name == FIRST:
            file.parent.mkdir(exist_ok=True)
        write_whole(file, data)

    def put(self, ident: str, name: str, file: Path) -> None:
        target = self._folder / ident / name
        unfinished = target.with_name(f"{name}.part")
        try:
            shutil.move(file, unfinished)  # copied, if it is on another disk
            unfinished.replace(target)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def fetch(self, ident: str, name: str, into: IO[bytes]) -> None:
        with (self._folder / ident / name).open("rb") as file:
            shutil.copyfileobj(file, into, 1 << 20)

    def remove(self, ident: str, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self._folder / ident / name).unlink()

    def clear(self, ident: str) -> None:
        shutil.rmtree(self._folder / ident, ignore_errors=True)


class StoreShelf:
    """Jobs on a store, e.g. below s3://bucket/jobs."""

    is_near = False

    def __init__(self, address: str) -> None:
        self._store, path = store_of(address)
        self._root = path.rstrip("/")
        if self._store.protocol in ("file", ("file", "local")):
            self._store.makedirs(self._root, exist_ok=True)

    def _at(self, ident: str, name: str) -> str:
        return f"{self._root}/{ident}/{name}"

    def _listed(self, path: str) -> list[str]:
        self._store.invalidate_cache()
        try:
            found: list[Any] = self._store.ls(path, detail=False)
        except FileNotFoundError:
            return []
        return [str(one).rstrip("/").rpartition("/")[2] for one in found]

    def idents(self) -> list[str]:
        return [name for name in self._listed(self._root) if IDENT.fullmatch(name)]

    def names(self, ident: str) -> list[str]:
        return sorted(self._listed(f"{self._root}/{ident}"))

    def read(self, ident: str, name: str) -> bytes:
        return bytes(self._store.cat_file(self._at(ident, name)))

    def write(self, ident: str, name: str, data: bytes) -> None:
        self._store.pipe_file(self._at(ident, name), data)

    def put(self, ident: str, name: str, file: Path) -> None:
        self._store.put_file(str(file), self._at(ident, name))
        file.unlink()

    def fetch(self, ident: str, name: str, into: IO[bytes]) -> None:
        with self._store.open(self._at(ident, name), "rb") as file:
            shutil.copyfileobj(file, into, 1 << 22)

    def remove(self, ident: str, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._store.rm_file(self._at(ident, name))

    def clear(self, ident: str) -> None:
        names = self.names(ident)
        for name in sorted(names, key=lambda one: one != FIRST):  # without the first there is no job
            self.remove(ident, name)


FIRST = "job.json"
"""What was asked: the first file of a job, and the first that is removed."""


def open_shelf(place: str) -> Shelf:
    """The jobs in a folder or at an address. Raises InputError, OSError."""
    return StoreShelf(place) if "://" in place else FolderShelf(Path(place))
