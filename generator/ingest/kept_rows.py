"""Data about a catalogue's rows that is stored with them and used by later stages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from ..formats import Catalogue
from ..formats.base import Count, Format, Rows
from ..formats.statistics import SkyMap, SourceFile
from .folders import ROWS
from .inputs import Columns
from .values.fields import Field, described_schema, fields_of

EVERY, SHOWN = "every.arrow", "shown.arrow"
"""Columns as described in the sources: all of them, and those shown in the edition."""


class RowNotes(Format):
    """Information that is complete only after all rows are read and is not in the Parquet files."""

    FILE: ClassVar[str] = "notes.json"

    first: str
    """Name of the first source."""
    more: Count
    """Number of further sources."""
    sources: list[SourceFile]
    """Source files; empty where they must not be disclosed."""
    lengths: dict[str, int]
    """Length in characters of the longest value, by text column."""
    unicode: list[str]
    """Text columns with characters beyond ASCII."""
    left_out: Rows
    """Number of source rows that have no position and are not written."""
    sky: SkyMap | None


@dataclass(frozen=True)
class KeptRows:
    """The rows of a catalogue, stored in a folder between builds."""

    folder: Path

    @property
    def data(self) -> Path:
        """Folder of the Parquet files."""
        return self.folder / ROWS

    @property
    def about(self) -> Catalogue:
        return Catalogue.read(self.data)

    @property
    def notes(self) -> RowNotes:
        return RowNotes.read(self.folder)

    @property
    def every(self) -> list[Field]:
        """Return all columns of the sources, as described there."""
        return _fields(self.folder / EVERY)

    @property
    def shown(self) -> list[Field]:
        """Return the columns of the edition, as described in the sources."""
        return _fields(self.folder / SHOWN)

    def write(self, notes: RowNotes, source: Columns, about: Catalogue) -> None:
        about.write(self.data)
        notes.write(self.folder)
        for name, fields in ((EVERY, source.every), (SHOWN, source.shown)):
            (self.folder / name).write_bytes(described_schema(fields).serialize())


def _fields(file: Path) -> list[Field]:
    return fields_of(pa.ipc.read_schema(pa.py_buffer(file.read_bytes())))
