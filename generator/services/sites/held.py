"""A state of a site that stays readable while a build replaces it: in a folder on this computer."""

from __future__ import annotations

import contextlib
import os
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from fsspec import AbstractFileSystem

from ...formats.manifest import Manifest
from ...notebook.files import Files

DESCRIPTORS = Path("/proc/self/fd")
"""Files that this process has open, under their numbers: on Linux these names open the same file again."""
SPARE = 256
"""File descriptors that are left for connections."""

Mark = tuple[Any, ...]
"""What changes with a build."""


class Held(ABC):
    """A state of a site."""

    folder: Path
    """Has the descriptions of releases."""
    file_system: AbstractFileSystem | None = None
    """What DuckDB reads from, if it is not the disk."""

    @abstractmethod
    def name(self, file: Path) -> str:
        """What DuckDB opens in place of a file below `folder`."""

    @abstractmethod
    def has(self, file: Path) -> bool:
        """Whether the site has a file."""

    @abstractmethod
    def files(self, folder: Path) -> Files:
        """The files of a release by its folder."""

    def now(self) -> int:
        """What `is_sound` takes to know when a statement began."""
        return 0

    def is_sound(self, since: int) -> bool:
        """Whether all that was read since `now` returned that is of this state."""
        return True

    @property
    def fault(self) -> str | None:
        """Why files cannot be read at present."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Give files up."""


class Place(ABC):
    """Where a site is, whatever build is there."""

    name: str
    is_near: bool
    """Whether `mark` takes no time."""

    @abstractmethod
    def mark(self) -> Mark | None:
        """What changes with a build; None if there is no site, or an unfinished one."""

    @abstractmethod
    def hold(self, mark: Mark) -> Held:
        """The present state, whose mark is known. Raises InputError, OSError."""

    @property
    def problem(self) -> str:
        """Why there is no mark."""
        return "is missing: not a site"


class Folder(Place):
    """A folder on this computer, which a build replaces in one step."""

    is_near = True

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, str(folder)

    def mark(self) -> Mark | None:
        try:
            found = (self.folder / Manifest.FILE).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size

    def hold(self, mark: Mark) -> Held:
        return _HeldFolder(self.folder)


class _HeldFolder(Held):
    """The folder and its Parquet files, open under names that stay with them when others take their place."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._descriptors = folder, list[int]()
        if sys.platform.startswith("linux") and DESCRIPTORS.is_dir():
            self.folder = self._open(folder)
        self._left = _room()

    def _open(self, file: Path) -> Path:
        self._descriptors.append(os.open(file, os.O_RDONLY))
        return DESCRIPTORS / str(self._descriptors[-1])

    def name(self, file: Path) -> str:
        if not file.is_relative_to(DESCRIPTORS) or len(self._descriptors) >= self._left:
            return str(file)
        return str(self._open(file))

    def has(self, file: Path) -> bool:
        return file.is_file()

    def files(self, folder: Path) -> Files:
        return Files(str(folder))

    def close(self) -> None:
        for one in self._descriptors:
            os.close(one)
        self._descriptors.clear()


def _room() -> int:
    """How many files can be kept open."""
    if sys.platform == "win32":
        return 0
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return (1 << 20 if limit == resource.RLIM_INFINITY else limit) // 2 - SPARE
