"""How values are shown below a cell."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import Any

TABLE = "application/vnd.drportal.table+json"
ENDS = 10
"""Rows shown at the beginning and at the end of a table."""
MOST_TEXT = 100_000

ORDER = TABLE, "image/svg+xml", "image/png", "text/markdown", "text/plain"


def display(*values: Any) -> None:
    """Show values below the cell, as the value of its last line is."""
    for value in values:
        show(value)


def show(value: Any) -> None:
    """Show a value in the first of the ways that the page knows."""
    from _drportal import display as send

    bundle = _bundle(value)
    for mime in ORDER:
        if mime in bundle:
            data = bundle[mime]
            if mime == TABLE and not isinstance(data, str):
                data = json.dumps(data, allow_nan=False)
            send(mime, data)
            return


def _bundle(value: Any) -> dict[str, Any]:
    made = getattr(value, "_repr_mimebundle_", None)
    if callable(made) and not isinstance(value, type):
        found = made()
        if isinstance(found, tuple):
            found = found[0]
        if isinstance(found, dict) and any(mime in found for mime in ORDER):
            return found
    table = table_of(value)
    if table is not None:
        return {TABLE: table}
    for name, mime in (("_repr_svg_", "image/svg+xml"), ("_repr_png_", "image/png")):
        made = getattr(value, name, None)
        data = made() if callable(made) and not isinstance(value, type) else None
        if data is not None:
            return {mime: data}
    figure = getattr(value, "savefig", None)
    if callable(figure) and hasattr(value, "canvas"):
        return {}  # a figure is shown by `plots`, once
    text = repr(value)
    if len(text) > MOST_TEXT:
        text = f"{text[:MOST_TEXT]}\n… {len(text) - MOST_TEXT:,} more characters"
    return {"text/plain": text}


def table_of(value: Any) -> dict[str, Any] | None:
    """A table for the page, of a structured array or a DataFrame; None for other values."""
    kind = f"{type(value).__module__.partition('.')[0]}.{type(value).__name__}"
    if kind == "pandas.DataFrame":
        index = value.index
        plain = index.name is None and type(index).__name__ == "RangeIndex"
        frame = value if plain else value.reset_index()
        columns = [(str(name), str(kind)) for name, kind in zip(frame.columns, frame.dtypes, strict=True)]
        return rows_table(columns, len(frame), lambda i: next(frame.iloc[i : i + 1].itertuples(False, None)))
    dtype = getattr(value, "dtype", None)
    if dtype is not None and getattr(dtype, "names", None) and getattr(value, "ndim", 0) == 1:
        columns = [(name, str(dtype[name])) for name in dtype.names]
        units = getattr(value, "units", None) or {}
        return rows_table(columns, len(value), lambda i: list(value[i]), units)
    return None


def rows_table(
    columns: list[tuple[str, str]],
    count: int,
    row: Callable[[int], Iterable[Any]],
    units: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The first and last rows of a table, with its columns' names, types and units."""
    shown = list(range(count)) if count <= 2 * ENDS else [*range(ENDS), *range(count - ENDS, count)]
    return {
        "rows": count,
        "columns": [{"name": name, "type": kind, "unit": (units or {}).get(name)} for name, kind in columns],
        "shown": shown,
        "cells": [[cell(value) for value in row(i)] for i in shown],
    }


def cell(value: Any) -> str | None:
    """A value as text; None where there is none."""
    if value is None or type(value).__name__ in ("MaskedConstant", "NAType", "NaTType"):
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", 1) == 0:
        # numpy's own text has the fewest digits that give the same value of its type
        return str(value)
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else repr(value)
    return str(value)[:500]
