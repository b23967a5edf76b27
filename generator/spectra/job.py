"""What the stages of packing hand on: the set that is packed, and how."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from .. import __version__
from ..kept import Tell
from ..model import Release, SpectraSet

FORMAT = 7
"""Raised when the files that are written change, so that what was packed before is not used again."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Job:
    """A set of spectra of a release that is packed."""

    spec: SpectraSet
    release: Release
    work: Path
    """The folder in the cache: `data` goes into the site, the rest is remembered for the next build."""
    jobs: int
    pool: Executor | None
    """Where files are read by several processes; None for one."""
    keep_going: bool
    """Whether files that cannot be used are left out; else they are an error."""
    progress: Progress
    tell: Tell
    """Gets lines about damage to what was kept."""

    @property
    def data(self) -> Path:
        return self.work / "data"

    @property
    def notes(self) -> Path:
        """Folder of what is remembered of finished packs."""
        return self.work / "notes"

    @property
    def settings(self) -> str:
        """All that decides the bytes of the set beside its files."""
        return repr((__version__, pa.__version__, FORMAT, self.release.label, self.spec, self.spec.without))

    @property
    def file(self) -> str:
        """The file that problems with settings name."""
        return str(self.release.file)

    def place(self, key: str) -> str:
        """A setting of the set, as problems name it."""
        return f"spectra[{self.spec.name}].{key}"
