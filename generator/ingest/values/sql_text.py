"""Names and values of a catalogue as DuckDB SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pages only need the names
    import pyarrow as pa

    from .fields import Field
    from .missing import Sentinel


def quoted(name: str) -> str:
    """Return a name as an SQL identifier; any characters are allowed."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Sentinel, kind: pa.DataType | None = None) -> str:
    """Return a value as SQL; for decimal columns with all digits, which a DOUBLE may not keep."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if kind is not None:
        import pyarrow as pa

        from .missing import as_decimal

        if pa.types.is_decimal(kind):
            return f"{as_decimal(value):f}"
    return f"{value!r}::DOUBLE" if isinstance(value, float) else str(value)


def present(field: Field, missing: list[Sentinel]) -> str:
    """Return SQL for a column's value, NULL if missing; in arrays, NULL for each missing element."""
    name = quoted(field.name)
    if not missing:
        return name
    from .fields import element_type, is_array

    listed = ", ".join(literal(v, element_type(field.type)) for v in missing)
    if is_array(field.type):
        return f"[CASE WHEN _v IN ({listed}) THEN NULL ELSE _v END for _v in {name}]"
    return f"CASE WHEN {name} IN ({listed}) THEN NULL ELSE {name} END"


def shown(name: str, kind: str) -> str:
    """Return SQL for the displayed form of a DuckDB type: text, or an array for `shown_value`."""
    if kind == "BLOB":
        return f"lower(hex({name}))"
    if not kind.endswith("]"):
        return f"{name}::VARCHAR"
    # Python would lose digits of times, and its range of years is smaller.
    return f"{name}::VARCHAR[]" if kind.startswith(("DECIMAL", "DATE", "TIME")) else name
