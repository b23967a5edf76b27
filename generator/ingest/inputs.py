"""A catalogue's sources, opened, and what is known of them before their rows are read."""

from __future__ import annotations

from dataclasses import dataclass

from ..problems import Problem
from .readers.source import Source
from .roles import Parts
from .values.fields import Field
from .values.missing import Sentinel


@dataclass(frozen=True)
class Input:
    """A catalogue's sources, opened, and what is known of its columns."""

    sources: list[Source]
    every: list[Field]
    """All columns of the sources."""
    fields: list[Field]
    """Those that the edition shows."""
    parts: Parts
    missing: dict[str, list[Sentinel]]
    checksums: bool
    """Whether the sources are files whose checksums may be told."""
    id_hidden: bool = False
    """Whether the column that is the rows' id is withheld."""
    position_hidden: bool = False
    """Whether the position is: no page may know of the sky then."""

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
