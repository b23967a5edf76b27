"""A catalogue's sources, opened, and what is known of them before their rows are read."""

from __future__ import annotations

from dataclasses import dataclass

from ..formats import FoundRoles
from ..problems import Problem
from .readers.source import Source
from .values.fields import Field
from .values.missing import Sentinel


@dataclass(frozen=True)
class Hidden:
    """What an edition hides of a catalogue beside columns and rows; `withhold.py` decides it."""

    id: bool = False
    """The column that is the rows' id."""
    position: bool = False
    """Right ascension and declination: no page may know of the sky then."""
    checksums: bool = False
    """Those of the sources: of files with more in them than is shown they would give away the rest."""


@dataclass(frozen=True)
class Input:
    """A catalogue's sources, opened, and what is known of its columns."""

    sources: list[Source]
    every: list[Field]
    """All columns of the sources."""
    fields: list[Field]
    """Those that the edition shows."""
    roles: FoundRoles
    missing: dict[str, list[Sentinel]]
    hidden: Hidden

    @property
    def rows(self) -> int:
        return sum(s.rows or 0 for s in self.sources)

    @property
    def notes(self) -> list[Problem]:
        """Lines of the readers about the sources; complete when all rows have been read."""
        return [problem for s in self.sources if s.notes for problem in s.notes.problems]

    @property
    def name(self) -> str:
        """The sources, as problems name them."""
        first = self.sources[0].file.name
        return first if len(self.sources) == 1 else f"{first} and {len(self.sources) - 1:,} more"
