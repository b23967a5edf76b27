"""How values are shown below a cell."""

from __future__ import annotations

import json
import sys
from typing import Any

TABLE = "application/vnd.drportal.table+json"
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
    """A table for the page; None for other values. Without numpy there is none."""
    if "numpy" not in sys.modules:
        return None
    from drportal._shown import table_of as found  # type: ignore[import-not-found]

    table: dict[str, Any] | None = found(value)
    return table
