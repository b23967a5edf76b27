"""The folder through which workers pass files to each other and to the process that began the work."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ..formats import Partition
from ..ingest.readers.addresses import fetch, is_address, put, read, size_of, store_of
from ..ingest.readers.read_parquet import chunk_range
from ..problems import InputError, Problem

MARK = "drportal-spool"


@dataclass(frozen=True)
class Shared:
    """A folder, or a place on a store, that every worker sees.

    A file appears in it whole, under its name, or not at all: a task that is done twice, because a worker was
    lost, writes the same file again.
    """

    root: str

    @property
    def folder(self) -> Path | None:
        """The folder; None on a store."""
        return None if is_address(self.root) else Path(self.root)

    def address(self, name: str) -> str:
        return f"{self.root}/{name}"

    @contextlib.contextmanager
    def workplace(self) -> Iterator[Path]:
        """Yield a folder for files that will be `put`: on the same disk if possible."""
        above = self.folder / "unfinished" if self.folder else None
        if above:
            above.mkdir(exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="drportal-", dir=above))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, file: Path, name: str) -> None:
        """Move a file here, in place of any of the same name."""
        if not self.folder:
            put(file, self.address(name))
            return
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            file.replace(target)
        except OSError:  # another disk
            part = target.with_name(f".{uuid.uuid4().hex}")
            shutil.copyfile(file, part)
            part.replace(target)

    def give(self, file: Path, name: str) -> None:
        """Put a file here that also stays where it is."""
        with self.workplace() as folder:
            shutil.copyfile(file, folder / file.name)
            self.put(folder / file.name, name)

    def read(self, name: str, offset: int, length: int) -> bytes:
        """Return bytes of a file. Raises InputError."""
        if self.folder:
            with (self.folder / name).open("rb") as file:
                file.seek(offset)
                return file.read(length)
        return read(self.address(name), offset, length)

    def collect(self, name: str, target: Path) -> None:
        """Make a file of a folder of this computer from one here, which stays."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if not self.folder:
            fetch(self.address(name), target, [(0, size_of(self.address(name)))])
            return
        try:
            os.link(self.folder / name, target)
        except OSError:
            shutil.copyfile(self.folder / name, target)

    def remove(self, name: str) -> None:
        """Remove a folder with its files."""
        if self.folder:
            shutil.rmtree(self.folder / name, ignore_errors=True)
            return
        store, path = store_of(self.address(name))
        with contextlib.suppress(OSError):  # what is left costs only room
            store.rm(path, recursive=True)

    def store_object(self, name: str, value: Any) -> None:
        """Write an object that all tasks of a stage need; `load` reads it, once in each process."""
        with self.workplace() as folder:
            (folder / "object").write_bytes(pickle.dumps(value))
            self.put(folder / "object", name)

    def load(self, name: str) -> Any:
        return _loaded(self, name)

    @contextlib.contextmanager
    def rows(self, partitions: Sequence[Partition], columns: Sequence[str] | None) -> Iterator[Path]:
        """Yield a folder in which some columns of the partitions can be read. None are the footers alone."""
        if self.folder:
            yield self.folder / "rows"
            return
        with self.workplace() as folder:
            for one in partitions:
                copy = folder / one.path
                copy.parent.mkdir(parents=True, exist_ok=True)
                address = self.address(f"rows/{one.path}")
                fetch(address, copy, [(0, 4), (one.footer, one.size - one.footer)])
                fetch(address, copy, _chunks(copy, set(columns or ())))
            yield folder


def _chunks(file: Path, columns: set[str]) -> list[tuple[int, int]]:
    """Return the ranges of the chunks of some columns."""
    found = []
    meta = pq.read_metadata(file)
    for group in range(meta.num_row_groups):
        for number in range(meta.num_columns):
            chunk = meta.row_group(group).column(number)
            if chunk.path_in_schema.partition(".")[0] in columns:
                found.append(chunk_range(chunk))
    return found


@lru_cache(maxsize=4)
def _loaded(shared: Shared, name: str) -> Any:
    if shared.folder:
        return pickle.loads((shared.folder / name).read_bytes())
    return pickle.loads(shared.read(name, 0, size_of(shared.address(name))))


def mark(shared: Shared) -> str:
    """Leave a mark in the folder, which workers look for; return what it says. Raises InputError."""
    token = uuid.uuid4().hex
    try:
        with shared.workplace() as folder:
            (folder / MARK).write_text(token)
            shared.put(folder / MARK, MARK)
    except OSError as error:
        fix = "name a folder or address that can be written with --spool"
        raise InputError(Problem(shared.root, "", str(error.strerror or error), fix)) from None
    return token


def sees(shared: Shared, token: str) -> str:
    """Return why this process does not see the mark; empty if it does."""
    try:
        return "" if shared.read(MARK, 0, len(token)).decode() == token else "another folder of this name"
    except (OSError, InputError) as error:
        return str(getattr(error, "strerror", None) or error)


def sees_file(file: str) -> str:
    """Return why this process cannot read a file; empty if it can."""
    try:
        with Path(file).open("rb"):
            return ""
    except OSError as error:
        return str(error.strerror)
