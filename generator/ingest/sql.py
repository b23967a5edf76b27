"""Names and values of a catalogue, as DuckDB's SQL has them."""

from __future__ import annotations

from .fields import Field
from .missing import Sentinel


def quoted(name: str) -> str:
    """An SQL identifier, whatever characters the name has."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Sentinel) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"{value!r}::DOUBLE" if isinstance(value, float) else str(value)


def present(field: Field, missing: list[Sentinel]) -> str:
    """SQL for a column's value, null where it is missing."""
    name = quoted(field.name)
    if not missing:
        return name
    return f"CASE WHEN {name} IN ({', '.join(literal(v) for v in missing)}) THEN NULL ELSE {name} END"
