"""Tables as text: their first and last rows."""

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
    """Return a value of a column as text; None for NULL."""
    return text_of_value(column[row])


def text_of_value(value: Any) -> str | None:
    """Return a value as text, exact to the last digit of its type; None for NULL."""
    if is_nothing(value):
        return None
    if isinstance(value, np.ndarray):
        value = getattr(value, "value", value)  # of a Quantity, whose unit the column has
    if isinstance(value, np.ma.MaskedArray) and value.ndim and np.ma.getmaskarray(value).all():
        return None
    if isinstance(value, np.ndarray) and value.ndim:
        if len(value) > 6:
            ends = [*(element(one) for one in value[:3]), "…", *(element(one) for one in value[-2:])]
        else:
            ends = [element(one) for one in value]
        return f"[{', '.join(ends)}]"
    return element(value)


def is_nothing(value: Any) -> bool:
    """Whether a value stands for none: NULL, None, and those of pandas and astropy."""
    if value is None or value is np.ma.masked or type(value).__name__ in ("NAType", "NaTType"):
        return True
    mask = getattr(value, "mask", None)
    return mask is not None and np.ndim(value) == 0 and bool(np.all(mask))


def element(value: Any) -> str:
    """Return one value as text."""
    if is_nothing(value):
        return "NULL"
    if isinstance(value, np.generic | np.ndarray) and np.ndim(value) == 0:
        value = value[()] if isinstance(value, np.ndarray) else value
        text = str(value)
    elif isinstance(value, bytes):
        text = value.hex()
    else:
        text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


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
