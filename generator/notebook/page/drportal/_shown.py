"""What a page shows of tables and arrays: the first and last rows, with types and units of the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._cells_of_table import shown_rows, text_of_value

Taken = tuple[str, str, Any, str | None, Callable[[int], Any]]
"""A column: name, type, unit, description, and its value in a row."""


def summary(columns: Sequence[Any], total: int | None = None) -> dict[str, Any]:
    """Return what a page needs to show a table: `rows`; `columns` with `name`, `type`, `unit` and
    `description`; `shown`, the numbers of the rows that are shown, and their `cells` as text, None for NULL.
    """
    rows = (len(columns[0]) if columns else 0) if total is None else total
    return _table(rows, [_column(column) for column in columns])


def table_of(value: Any) -> dict[str, Any] | None:
    """Return the same of a table of astropy or pandas, and of arrays with fields, a mask or a unit; None for
    other values.
    """
    kinds = {f"{one.__module__.partition('.')[0]}.{one.__name__}" for one in type(value).__mro__}
    if "pandas.DataFrame" in kinds:
        columns = [(value.iloc[:, at], str(name)) for at, name in enumerate(value.columns)]
        return _table(len(value), [*_index(value.index), *(_series(*one) for one in columns)])
    if "pandas.Series" in kinds:
        return _table(len(value), [*_index(value.index), _series(value, str(value.name or ""))])
    if "astropy.Table" in kinds:
        return _table(len(value), [_column(value[name], name) for name in value.colnames])
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        return None
    if value.dtype.names:
        units = getattr(value, "units", None) or {}
        return _table(len(value), [_field(value, name, units) for name in value.dtype.names])
    if isinstance(value, np.ma.MaskedArray) or getattr(value, "unit", None) is not None:
        return _table(len(value), [_column(value)])
    return None


def _table(rows: int, columns: list[Taken]) -> dict[str, Any]:
    shown = [row for part in shown_rows(rows) for row in part]
    return {
        "rows": rows,
        "columns": [
            {"name": name, "type": kind, "unit": str(unit) if unit else None, "description": about or None}
            for name, kind, unit, about, _ in columns
        ],
        "shown": shown,
        "cells": [[text_of_value(take(row)) for *_, take in columns] for row in shown],
    }


def _column(column: Any, name: str | None = None) -> Taken:
    """A column of this package or of astropy, a masked array or a Quantity."""
    info = getattr(column, "info", None)
    meta = getattr(info, "meta", None) or {}
    kind = getattr(column, "type", "") or meta.get("type") or ""
    about = getattr(column, "description", None) or getattr(info, "description", None)
    return (
        name or str(getattr(column, "name", None) or getattr(info, "name", None) or ""),
        str(kind or type_name(getattr(column, "dtype", None)) or type(column).__name__),
        getattr(column, "unit", None),
        about,
        column.__getitem__,
    )


def _field(array: Any, name: str, units: dict[str, Any]) -> Taken:
    column = array[name]
    return name, type_name(array.dtype[name]), units.get(name), None, column.__getitem__


def _series(series: Any, name: str) -> Taken:
    return name, str(series.dtype), getattr(series, "attrs", {}).get("unit"), None, series.iloc.__getitem__


def _index(index: Any) -> list[Taken]:
    """The levels of an index of pandas; none where it is only the numbers of the rows."""
    if type(index).__name__ == "RangeIndex" and index.name is None and index.start == 0 and index.step == 1:
        return []
    levels = [index.get_level_values(level) for level in range(index.nlevels)]
    return [(str(one.name or ""), str(one.dtype), None, None, one.__getitem__) for one in levels]


def type_name(dtype: Any) -> str:
    """Return numpy's name of a type, without widths of texts and order of bytes."""
    if dtype is None:
        return ""
    names = {"U": "str", "S": "bytes", "O": "object", "V": "record"}
    return str(names.get(dtype.base.kind, dtype.base.name)) + "".join(f"[{length}]" for length in dtype.shape)
