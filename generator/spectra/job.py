"""What the stages of packing hand on: the set that is packed, and how."""

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

FORMAT = 7
"""Raised when the files that are written change, so that what was packed before is not used again."""
Progress = Callable[[str, int, int], None]


def piece_name(release: Release, spec: SpectraSet) -> str:
    """What the piece of a set is called."""
    return f"{release.label}: spectra {spec.name}"


@dataclass(frozen=True)
class Job:
    """A set of spectra of a release that is packed."""

    spec: SpectraSet
    release: Release
    store: Store
    """Where packs are kept, each as a piece, and what is remembered of source files."""
    folder: Path
    """What is made: of it `data` goes into the site."""
    jobs: int
    pool: Executor | None
    """Where files are read by several processes; None for one."""
    keep_going: bool
    """Whether files that cannot be used are left out; else they are an error."""
    progress: Progress

    @property
    def data(self) -> Path:
        return self.folder / DATA

    @property
    def name(self) -> str:
        """The set as a piece."""
        return piece_name(self.release, self.spec)

    @cached_property
    def memory(self) -> Path:
        """The folder of what is remembered of the set's files."""
        return self.store.memory(self.name)

    @property
    def version(self) -> str:
        """All that decides the bytes of a set beside its files and settings."""
        return f"{__version__} {pa.__version__} {FORMAT}"

    def tell(self, line: str) -> None:
        """Report damage to what was kept."""
        self.store.damage.append(line)

    @property
    def file(self) -> str:
        """The file that problems with settings name."""
        return str(self.release.file)

    def place(self, key: str) -> str:
        """A setting of the set, as problems name it."""
        return f"spectra[{self.spec.name}].{key}"
