"""The columns of a catalogue that are shown first, in pages and by programs that read HATS."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from ..formats import Catalogue, CatalogueColumn, ColumnStatistics, FoundRoles, Statistics
from .column_groups import group_of

TEXT = {"char", "string", "unicode", "text"}
WHOLE = {"byte", "short", "int", "long"}
REAL = {"float", "double"}
FEW = 50
"""Columns with at most this many distinct values offer them as choices."""

Widget = Literal["choices", "range", "text", "ids", "none"]
"""How a form searches a column."""


def default_columns(meta: Catalogue, statistics: Statistics, named: Sequence[str] = ()) -> list[str]:
    """Return the columns to show first, in the order of the table.

    `named` are those that the release or its schema chooses. Without any, they are ids, positions, roles, and
    the first parameters and magnitudes.
    """
    names = [column.name for column in meta.columns]
    if named:
        return [name for name in names if name in named]
    roles = statistics.roles.by_role()
    chosen = {*key_columns(meta, statistics.roles), *(name for some in roles.values() for name in some)}
    measured = {column.name: column for column in statistics.columns}

    def first(group: str, count: int) -> None:
        found = [
            column.name
            for column in meta.columns
            if group_of(column, roles) == group
            and widget_of(column, measured[column.name], roles) == "range"
            and "err" not in column.name.lower()
        ]
        chosen.update(found[:count])

    first("parameters", 6)
    if len(chosen) < 16:
        first("photometry", 5)
    if len(chosen) < 8:
        chosen.update(names[:10])
    return [name for name in names if name in chosen]


def key_columns(meta: Catalogue, roles: FoundRoles) -> list[str]:
    """Return the columns that say which object a row is of: ids and position; the first three without any."""
    wanted = [meta.id, roles.id, roles.designation]
    wanted += [meta.position.ra, meta.position.dec] if meta.position else []
    names = [column.name for column in meta.columns]
    return [name for name in names if name in wanted] or names[:3]


def widget_of(column: CatalogueColumn, measured: ColumnStatistics, roles: Mapping[str, list[str]]) -> Widget:
    """Return how a form searches a column."""
    name, datatype = column.name, column.datatype
    text = datatype in TEXT
    if datatype == "binary" or column.arraysize not in (None, "1"):
        return "none"
    if group_of(column, roles) == "identifiers" and (text or datatype == "long"):
        return "ids"
    values = measured.values
    if datatype == "boolean":
        return "choices" if values else "text"
    whole = text or datatype in WHOLE
    if whole and 0 < len(values) <= FEW and not (text and is_datelike(name, measured)):
        return "choices"
    if text:
        return "range" if is_datelike(name, measured) else "text"
    return "range"


def is_datelike(name: str, measured: ColumnStatistics) -> bool:
    """Return whether values are dates as text, such as 2013-10-27: these sort correctly."""
    extremes = [str(end or "") for end in (measured.min, measured.max)]
    return all(re.match(r"\d{4}-\d\d-\d\d", extreme) for extreme in extremes) or (
        not any(extremes) and re.fullmatch(r"(obs)?date(_obs)?", name.lower()) is not None
    )
