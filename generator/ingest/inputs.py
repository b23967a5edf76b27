"""A catalogue's sources and columns, and what is known about them before rows are read."""

from __future__ import annotations

from dataclasses import dataclass

from ..formats import FoundRoles
from ..problems import Problem
from .readers.source import Source
from .values.fields import Field
from .values.missing import Sentinel


@dataclass(frozen=True)
class Hidden:
    """What an edition hides in addition to columns and rows; decided in `withhold.py`."""

    id: bool = False
    """Whether the id column is hidden."""
    position: bool = False
    """Whether right ascension and declination are hidden; then no page may show the sky."""
    checksums: bool = False
    """Whether checksums of the sources are hidden: files with withheld content must not be identified."""


@dataclass(frozen=True)
class Columns:
    """The columns of a catalogue and their meaning."""

    name: str
    """Name of the sources in messages."""
    every: list[Field]
    """All columns of the sources, as described there."""
    shown: list[Field]
    """The columns shown in this edition, as described in the sources."""
    fields: list[Field]
    """The shown columns, described with the words of the release."""
    roles: FoundRoles
    missing: dict[str, list[Sentinel]]
    hidden: Hidden


@dataclass(frozen=True)
class Input(Columns):
    """A catalogue's opened sources and its columns."""

    sources: list[Source]

    @property
    def rows(self) -> int:
        return sum(s.rows or 0 for s in self.sources)

    @property
    def notes(self) -> list[Problem]:
        """Return the readers' remarks about the sources; complete once all rows have been read."""
        return [problem for s in self.sources if s.notes for problem in s.notes.problems]
