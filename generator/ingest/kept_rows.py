"""What is kept of the rows of a catalogue beside them, for all that is made from them."""

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
"""Columns as the sources describe them: all of them, and those that the edition shows."""


class RowNotes(Format):
    """What is known once all rows were read, and cannot be seen in the Parquet files."""

    FILE: ClassVar[str] = "notes.json"

    first: str
    """The name of the first source."""
    more: Count
    """How many others there are."""
    sources: list[SourceFile]
    """Empty where they must not be known."""
    lengths: dict[str, int]
    """By column of text, the most characters of a value."""
    unicode: list[str]
    """Columns of text with characters beyond ASCII."""
    left_out: Rows
    """Rows of the sources that have no place and are not written."""
    sky: SkyMap | None


@dataclass(frozen=True)
class KeptRows:
    """The rows of a catalogue as a build keeps them in a folder."""

    folder: Path

    @property
    def data(self) -> Path:
        """The folder of the Parquet files."""
        return self.folder / ROWS

    @property
    def about(self) -> Catalogue:
        return Catalogue.read(self.data)

    @property
    def notes(self) -> RowNotes:
        return RowNotes.read(self.folder)

    @property
    def every(self) -> list[Field]:
        """All columns of the sources, as these describe them."""
        return _fields(self.folder / EVERY)

    @property
    def shown(self) -> list[Field]:
        """The columns of the edition, as the sources describe them."""
        return _fields(self.folder / SHOWN)

    def write(self, notes: RowNotes, source: Input, about: Catalogue) -> None:
        about.write(self.data)
        notes.write(self.folder)
        for name, fields in ((EVERY, source.every), (SHOWN, source.shown)):
            schema = pa.schema(pa.field(f.name, f.type, metadata=dict(_said(f))) for f in fields)
            (self.folder / name).write_bytes(schema.serialize())


def _said(field: Field) -> Iterator[tuple[str, str]]:
    for name in ("unit", "ucd", "description", "null"):
        if (value := getattr(field, name)) is not None:
            yield name, value
    if field.length is not None:
        yield "length", str(field.length)


def _fields(file: Path) -> list[Field]:
    found = []
    for field in pa.ipc.read_schema(pa.py_buffer(file.read_bytes())):
        said = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
        length = said.pop("length", None)
        found.append(Field(field.name, field.type, length=int(length) if length else None, **said))
    return found
