"""A target whose files are replaced one by one; it has a list of what is coming before the first of them."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ...files import Entry, in_parallel
from .target import BEGUN, Sent

CONNECTIONS = 6
"""Files that are sent at once."""


class InPlace(ABC):
    """Sends, reads and removes single files; several at once."""

    beside = False

    def __init__(self, where: str) -> None:
        self.name = where

    @abstractmethod
    def put_file(self, source: Path, path: str) -> None:
        """Send a file: readers see the former one or the new one, and never a part. Raises InputError."""

    @abstractmethod
    def remove_file(self, path: str) -> None:
        """Remove a file, if it is there. Raises InputError."""

    @abstractmethod
    def blocks(self, path: str) -> Iterator[bytes] | None:
        """The bytes of a file; None if it is not there. Raises InputError."""

    @abstractmethod
    def is_empty(self) -> bool:
        """Whether there is nothing at all in its place."""

    def digest(self, path: str) -> str:
        """The SHA-256 of a file as the target has it; "" if it is not there. Raises InputError."""
        sha = hashlib.sha256()
        found = self.blocks(path)
        for block in found or ():
            sha.update(block)
        return "" if found is None else sha.hexdigest()

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def fetch(self, path: str, file: Path) -> bool:
        found = self.blocks(path)
        if found is None:
            return False
        with file.open("wb") as stream:
            stream.writelines(found)
        return True

    def fetch_begun(self, file: Path) -> bool:
        return self.fetch(BEGUN, file)

    def begin(self, manifest: Path) -> bool:
        self.put_file(manifest, BEGUN)
        return False

    def put(self, site: Path, entries: Iterable[Entry], sent: Sent) -> None:
        def one(entry: Entry) -> Entry:
            self.put_file(site / entry.path, entry.path)
            return entry

        for entry in in_parallel(one, entries, CONNECTIONS):
            sent(entry)

    def remove(self, paths: Iterable[str]) -> None:
        for _ in in_parallel(self.remove_file, paths, CONNECTIONS):
            pass

    def wrong(self, entries: Iterable[Entry], more: Callable[[int], None]) -> Iterator[str]:
        def look(entry: Entry) -> tuple[Entry, bool]:
            return entry, self.digest(entry.path) == entry.sha256

        for entry, right in in_parallel(look, entries, CONNECTIONS):
            more(entry.bytes)
            if not right:
                yield entry.path

    def finish(self) -> None:
        self.remove_file(BEGUN)
