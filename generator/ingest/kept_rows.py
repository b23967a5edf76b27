"""Data about a catalogue's rows that is stored with them and used by later stages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from ..formats import Catalogue
from ..formats.base import Count, Format, Rows
from ..formats.statistics import SkyMap, SourceFile
from .folders import ROWS
from .inputs import Input
from .values.fields import Field

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

    def write(self, notes: RowNotes, source: Input, about: Catalogue) -> None:
        about.write(self.data)
        notes.write(self.folder)
        for name, fields in ((EVERY, source.every), (SHOWN, source.shown)):
            schema = pa.schema(pa.field(f.name, f.type, metadata=dict(_metadata(f))) for f in fields)
            (self.folder / name).write_bytes(schema.serialize())


def _metadata(field: Field) -> Iterator[tuple[str, str]]:
    for name in ("unit", "ucd", "description", "null"):
        if (value := getattr(field, name)) is not None:
            yield name, value
    if field.length is not None:
        yield "length", str(field.length)


def _fields(file: Path) -> list[Field]:
    found = []
    for field in pa.ipc.read_schema(pa.py_buffer(file.read_bytes())):
        metadata = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
        length = metadata.pop("length", None)
        found.append(Field(field.name, field.type, length=int(length) if length else None, **metadata))
    return found
