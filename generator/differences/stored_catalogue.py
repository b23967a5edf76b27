"""A catalogue as written by ingest, one of the two in a comparison."""

from __future__ import annotations

import glob
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..formats import Catalogue, Mark, Statistics
from ..formats.changes import ComparedColumn
from ..ingest.values.database import connect, one_row
from ..ingest.values.sql_text import literal, quoted

WHOLE = {"byte", "short", "int", "long"}
REAL = {"float", "double"}
TEXT = {"char", "string", "unicode", "text"}


@dataclass(frozen=True)
class StoredCatalogue:
    """A catalogue's folder, with its description and statistics."""

    folder: Path
    meta: Catalogue
    statistics: Statistics

    @classmethod
    def read(cls, folder: Path) -> StoredCatalogue:
        return cls(folder, Catalogue.read(folder), Statistics.read(folder))

    @property
    def rows(self) -> int:
        return self.meta.rows

    @cached_property
    def columns(self) -> dict[str, ComparedColumn]:
        return {c.name: ComparedColumn.of(c) for c in self.meta.columns}

    @property
    def id(self) -> str | None:
        return self.meta.id

    @property
    def position(self) -> tuple[str, str] | None:
        place = self.meta.position
        return (place.ra, place.dec) if place else None

    @property
    def ids(self) -> list[str]:
        """Columns of ids by which rows are looked up."""
        return [index.column for index in self.meta.ids]

    def is_unique(self, name: str) -> bool:
        """Return whether each id occurs in one row only."""
        found = next((c for c in self.statistics.columns if c.name == name), None)
        if found is None:
            return False
        if found.estimated:
            return self._all_differ(name)
        return found.distinct == found.rows - found.nulls

    def _all_differ(self, name: str) -> bool:
        """Return whether all values of a column differ; reads the column."""
        value = quoted(name)
        there = f"FROM {self.table} WHERE {has_value(value, self.columns[name])}"
        with tempfile.TemporaryDirectory(prefix="drportal-") as scratch, connect(Path(scratch)) as database:
            values, distinct = one_row(database, f"SELECT count(*), count(DISTINCT {value}) {there}")
        return bool(values == distinct)

    @property
    def table(self) -> str:
        """SQL for all rows, in the order of the files."""
        files = ", ".join(literal(glob.escape(str(self.folder / p.path))) for p in self.meta.partitions)
        return f"read_parquet([{files}], hive_partitioning = false)"


def is_number(column: ComparedColumn) -> bool:
    return not column.arraysize and column.datatype in WHOLE | REAL


def has_value(expression: str, column: ComparedColumn) -> str:
    """Return SQL that is true where a column has a value."""
    condition = f"{expression} IS NOT NULL"
    if column.arraysize:
        return condition
    if column.datatype in REAL:
        condition += f" AND NOT isnan({expression}::DOUBLE)"
    marks = [_mark(value, column) for value in column.missing]
    return f"{condition} AND {expression} NOT IN ({', '.join(marks)})" if marks else condition


def _mark(value: Mark, column: ComparedColumn) -> str:
    """Return a missing value as SQL; integers too large for JSON are stored as text."""
    if isinstance(value, str) and column.datatype in WHOLE:
        return str(int(value))
    return f"CAST({literal(value)} AS FLOAT)" if column.datatype == "float" else literal(value)


__all__ = ["REAL", "TEXT", "WHOLE", "StoredCatalogue", "has_value", "is_number", "quoted"]
