"""What is shown of a table: its first and last rows, with names, types and units of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._column import Column

FIRST = LAST = 10
"""Rows shown from either end."""
LONGEST = 200
"""Characters shown of a value."""
WIDTH, WIDEST = 110, 24
"""Characters of a line of text, and of a column in it."""


def shown_rows(rows: int) -> tuple[range, range]:
    """Return the numbers of the first and of the last rows that are shown."""
    return range(min(rows, FIRST)), range(max(min(rows, FIRST), rows - LAST), rows)


def cell(column: Any, row: int) -> str | None:
    """Return a value as text, exact to the last digit of its type; None for NULL."""
    value = column[row]
    if value is np.ma.masked:
        return None
    if isinstance(value, np.ma.MaskedArray) and value.ndim and np.ma.getmaskarray(value).all():
        return None
    if isinstance(value, np.ndarray) and value.ndim:
        if len(value) > 6:
            ends = [*(element(one) for one in value[:3]), "…", *(element(one) for one in value[-2:])]
        else:
            ends = [element(one) for one in value]
        return f"[{', '.join(ends)}]"
    return element(value)


def element(value: Any) -> str:
    """Return one value as text."""
    if value is np.ma.masked:
        return "NULL"
    if isinstance(value, np.generic | np.ndarray) and np.ndim(value) == 0:
        value = value[()] if isinstance(value, np.ndarray) else value
        text = str(value)
    elif isinstance(value, bytes):
        text = value.hex()
    else:
        text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def summary(columns: Sequence[Any], total: int | None = None) -> dict[str, Any]:
    """Return what a page needs to show a table: `rows`; `columns` with `name`, `type`, `unit` and
    `description`; `shown`, the numbers of the rows that are shown, and their `cells` as text, None for NULL.
    """
    rows = (len(columns[0]) if columns else 0) if total is None else total
    shown = [row for part in shown_rows(rows) for row in part]
    about = [
        {
            "name": str(column.name),
            "type": getattr(column, "type", "") or str(column.dtype),
            "unit": str(column.unit) if getattr(column, "unit", None) else None,
            "description": getattr(column, "description", None) or None,
        }
        for column in columns
    ]
    cells = [[cell(column, row) for column in columns] for row in shown]
    return {"rows": rows, "columns": about, "shown": shown, "cells": cells}


def text_of(columns: Sequence[Column]) -> str:
    """Return a table as text: names, units, the first and last rows, and how many there are."""
    rows = len(columns[0]) if columns else 0
    first, last = shown_rows(rows)
    units = any(column.unit for column in columns)
    wide: list[list[str]] = []
    room, left = WIDTH, 0
    for number, column in enumerate(columns):
        shown = [cell(column, row) for row in first]
        shown += ["…"] if last and last.start > len(first) else []
        shown += [cell(column, row) for row in last]
        head = [column.name, *([column.unit or ""] if units else [])]
        cells = [_plain("NULL" if text is None else text) for text in (*head, *shown)]
        size = max(map(len, cells))
        if number and size + 2 > room:
            left = len(columns) - number
            break
        room -= size + 2
        right = column.dtype.kind in "iuf" and column.ndim == 1
        wide.append([text.rjust(size) if right else text.ljust(size) for text in cells])
    lines = ["  ".join(parts).rstrip() for parts in zip(*wide, strict=True)]
    if lines:
        lines.insert(1 + units, "  ".join("-" * len(cells[0]) for cells in wide))
    more = f", {left} more columns" if left else ""
    return "\n".join([*lines, f"{rows:,} rows{more}"])


def _plain(text: str) -> str:
    text = "".join(one if one.isprintable() else " " for one in text)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
