"""State passed between the stages of packing: the set being packed and its settings."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from .. import __version__
from ..model import Release, SpectraSet
from ..pieces import DATA, Store

FORMAT = 8
"""Increase it when the files that are written change, so that older packs are not reused."""
Progress = Callable[[str, int, int], None]


def piece_name(release: Release, spec: SpectraSet) -> str:
    """Return the name of a set's piece."""
    return f"{release.label}: spectra {spec.name}"


@dataclass(frozen=True)
class Job:
    """A set of spectra of a release to be packed."""

    spec: SpectraSet
    release: Release
    store: Store
    """Stores packs, each as a piece, and the list of known source files."""
    folder: Path
    """Output folder; its `data` goes into the site."""
    jobs: int
    pool: Executor | None
    """Reads files in several processes; None for one."""
    keep_going: bool
    """Whether files that cannot be used are left out instead of being an error."""
    progress: Progress

    @property
    def data(self) -> Path:
        return self.folder / DATA

    @property
    def name(self) -> str:
        """Name of the set's piece."""
        return piece_name(self.release, self.spec)

    @cached_property
    def memory(self) -> Path:
        """Folder for data about the set's files that is kept between builds."""
        return self.store.memory(self.name)

    @property
    def version(self) -> str:
        """Everything other than files and settings that affects the bytes of a set."""
        return f"{__version__} {pa.__version__} {FORMAT}"

    def report_damage(self, line: str) -> None:
        """Report damage to stored data."""
        self.store.damage.append(line)

    @property
    def file(self) -> str:
        """The file named in problems with settings."""
        return str(self.release.file)

    def place(self, key: str) -> str:
        """Return the name of a setting of the set, for problems."""
        return f"spectra[{self.spec.name}].{key}"
