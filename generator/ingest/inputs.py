"""A catalogue's sources and columns, and what is known of them before their rows are read."""

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
class Columns:
    """What is known of the columns of a catalogue, and of what they mean."""

    name: str
    """The sources, as problems name them."""
    every: list[Field]
    """All columns of the sources, as these describe them."""
    shown: list[Field]
    """Those that the edition shows, likewise."""
    fields: list[Field]
    """The same, with the words of the release."""
    roles: FoundRoles
    missing: dict[str, list[Sentinel]]
    hidden: Hidden


@dataclass(frozen=True)
class Input(Columns):
    """A catalogue's sources, opened, and what is known of its columns."""

    sources: list[Source]

    @property
    def rows(self) -> int:
        return sum(s.rows or 0 for s in self.sources)

    @property
    def notes(self) -> list[Problem]:
        """Lines of the readers about the sources; complete when all rows have been read."""
        return [problem for s in self.sources if s.notes for problem in s.notes.problems]
