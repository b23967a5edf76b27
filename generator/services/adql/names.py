"""What the names in a statement mean: tables and columns that can be seen from a place in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...ingest.values.sql_text import quoted
from ...standards.arrow_columns import Column
from ..columns import Table
from ..parts import Parts
from .functions import of_column
from .parse import NotAdql
from .values import Value
from .words import as_identifier

Common = dict[str, Table]
"""Queries of WITH, by their names."""


class Name(NamedTuple):
    """A part of a name; exact if it is in quotes, else its case does not matter."""

    text: str
    exact: bool

    def means(self, other: str) -> bool:
        return self.text == other if self.exact else self.text.lower() == other.lower()

    def __str__(self) -> str:
        return f'"{self.text}"' if self.exact else self.text


@dataclass(frozen=True)
class Seen:
    """A table of a FROM clause."""

    alias: str
    """In SQL."""
    names: tuple[str, ...]
    """As it can be called: an alias alone, or table and schema."""
    columns: Sequence[Column]
    ordered: tuple[str, str] | None = None
    """Columns of the position, if rows are in the order of the sky."""
    sql: str = ""
    """The name of its view."""
    parts: Parts | None = None

    def value(self, column: Column) -> Value:
        placed = self.alias if self.ordered and column.name in self.ordered else None
        return of_column(column, f"{self.alias}.{quoted(column.name)}", placed)

    def called(self, parts: Sequence[Name]) -> bool:
        """Whether the name of a table, perhaps with that of its schema, means this one."""
        if len(parts) > len(self.names):
            return False
        return all(p.means(n) for p, n in zip(reversed(parts), reversed(self.names), strict=False))


@dataclass
class From:
    """What a FROM clause makes visible."""

    sql: str = ""
    tables: list[Seen] = field(default_factory=list)
    merged: list[tuple[Column, str]] = field(default_factory=list)
    """Columns of USING or NATURAL, with their SQL."""
    hidden: set[tuple[str, str]] = field(default_factory=set)
    """Alias and column of those they are made of."""

    def every(self, of: Sequence[Name] | None = None) -> list[Value]:
        """The columns of `*`, or of a table."""
        if of is not None:
            found = [t for t in self.tables if t.called(of)]
            if len(found) != 1:
                raise NotAdql(f"{'.'.join(map(str, of))}.*: there is no such table in FROM")
            return [found[0].value(c) for c in found[0].columns]
        rest = [
            table.value(c)
            for table in self.tables
            for c in table.columns
            if (table.alias, c.name) not in self.hidden
        ]
        return [of_column(c, sql, None) for c, sql in self.merged] + rest

    def find(self, parts: Sequence[Name]) -> list[Value]:
        """The columns that a name can mean."""
        *table, name = parts
        if table:
            return [
                t.value(c) for t in self.tables if t.called(table) for c in t.columns if name.means(c.name)
            ]
        return [v for v in self.every() if v.column and name.means(v.column.name)]


def resolve(parts: Sequence[Name], places: Iterable[From]) -> Value:
    """The column of a name, in the nearest place that has it. Raises NotAdql."""
    known: list[str] = []
    for place in places:
        found = place.find(parts)
        if len(found) > 1:
            exact = [v for v in found if v.column and v.column.name == parts[-1].text]
            found = exact if len(exact) == 1 else found
        if len(found) > 1:
            raise NotAdql(f"the column {_shown(parts)} is in several tables: put the name of one before it")
        if found:
            return found[0]
        known += [as_identifier(v.column.name) for v in place.every() if v.column]
    near = _similar(parts[-1].text, known)
    raise NotAdql(f"there is no column {_shown(parts)} in the tables of FROM{near}")


def find_table(parts: Sequence[Name], tables: Sequence[Table]) -> Table:
    """The table of a name. Raises NotAdql."""
    *schema, name = parts[-3:] if len(parts) < 3 else parts
    found = [
        t
        for t in tables
        if name.means(t.name) and (not schema or (len(schema) == 1 and schema[0].means(t.schema)))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{as_identifier(t.schema)}.{as_identifier(t.name)}" for t in found[:10])
        raise NotAdql(f"several tables are called {_shown(parts)}: {several}")
    near = _similar(name.text, [f"{as_identifier(t.schema)}.{as_identifier(t.name)}" for t in tables])
    raise NotAdql(f"there is no table {_shown(parts)}{near}; TAP_SCHEMA.tables has their names")


def _shown(parts: Sequence[Name]) -> str:
    return ".".join(map(str, parts))


def _similar(name: str, known: list[str]) -> str:
    import difflib

    found = difflib.get_close_matches(name, list(dict.fromkeys(known)), 3, 0.6)
    return f"; similar names: {', '.join(found)}" if found else ""
