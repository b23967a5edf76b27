"""What an expression of ADQL is: its SQL, and what is known of its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...standards.arrow_columns import Column
from .parse import NotAdql

Kind = Literal[
    "whole", "real", "text", "truth", "time", "array", "null", "condition", "point", "circle", "polygon"
]
GEOMETRIES = ("point", "circle", "polygon")
OF_DATATYPE: dict[str, Kind] = {
    "short": "whole", "int": "whole", "long": "whole", "unsignedByte": "whole", "float": "real",
    "double": "real", "boolean": "truth", "char": "text", "unicodeChar": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """The columns of a position of a table whose rows are in the order of the sky."""

    table: str
    """The alias in SQL."""
    ra: str
    dec: str


@dataclass(frozen=True)
class Value:
    """An expression."""

    sql: str
    kind: Kind
    column: Column | None = None
    """Where the value is that of a column."""
    number: float | None = None
    """Where the value is a number in the statement."""
    parts: tuple[Value, ...] = ()
    """Of geometries: coordinates in degrees."""
    condition: str | None = None
    """Of predicates of geometries, which ADQL writes as numbers: the condition for 1."""
    apart: tuple[Value, Value] | None = None
    """Of distances: the two points."""
    table: str | None = None
    """Of columns: the alias of the table in SQL, if its rows are in the order of the sky."""

    @property
    def unit(self) -> str | None:
        return self.column.unit if self.column else None


def kind_of(column: Column) -> Kind:
    """The kind of a column's values."""
    if column.xtype in GEOMETRIES:
        return column.xtype  # type: ignore[return-value]
    if column.xtype == "timestamp":
        return "time"
    if column.arraysize and column.datatype not in ("char", "unicodeChar"):
        return "array"
    return OF_DATATYPE.get(column.datatype, "text")


def number(value: float) -> Value:
    """A number as an expression."""
    text = repr(float(value))
    return Value(text if "e" in text else f"{text}e0", "real", number=float(value))


def as_condition(value: Value) -> str:
    """The SQL of a condition. Raises NotAdql for values."""
    if value.kind in ("condition", "truth", "null"):
        return value.sql
    raise NotAdql(
        f"a condition is expected instead of {shown(value)}; geometries are compared: 1 = CONTAINS(…)"
    )


def as_value(value: Value) -> Value:
    """The value, if it is one. Raises NotAdql for conditions."""
    if value.kind == "condition":
        raise NotAdql("a value is expected instead of a condition")
    return value


def plain(value: Value, where: str) -> Value:
    """The value, if it is no geometry. Raises NotAdql."""
    as_value(value)
    if value.kind in GEOMETRIES:
        raise NotAdql(f"a {value.kind} cannot stand {where}")
    return value


def shown(value: Value) -> str:
    """What a value is, for messages."""
    return f"the column {value.column.name}" if value.column else f"a value ({value.kind})"
