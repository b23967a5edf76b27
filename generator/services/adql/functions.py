"""The functions of ADQL that are not geometrical."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...standards.arrow_columns import Column
from . import geometry
from .parse import NotAdql
from .values import Kind, Value, as_value, kind_of, plain, shown


class Function(NamedTuple):
    """A function of numbers or texts: how many arguments it takes, its SQL, and what it gives."""

    least: int
    most: int
    sql: str
    """With {0}, {1} for arguments."""
    gives: str
    takes: str = "number"


PLAIN = {
    "ABS": Function(1, 1, "abs({0})", "same"),
    "CEILING": Function(1, 1, "ceil({0})", "real"),
    "DEGREES": Function(1, 1, "degrees({0})", "real"),
    "EXP": Function(1, 1, "exp({0})", "real"),
    "FLOOR": Function(1, 1, "floor({0})", "real"),
    "LOG": Function(1, 1, "ln({0})", "real"),
    "LOG10": Function(1, 1, "log10({0})", "real"),
    "MOD": Function(2, 2, "(({0}) % ({1}))", "same"),
    "PI": Function(0, 0, "pi()", "real"),
    "POWER": Function(2, 2, "pow({0}, {1})", "real"),
    "RADIANS": Function(1, 1, "radians({0})", "real"),
    "SQRT": Function(1, 1, "sqrt({0})", "real"),
    "ACOS": Function(1, 1, "acos({0})", "real"),
    "ASIN": Function(1, 1, "asin({0})", "real"),
    "ATAN": Function(1, 1, "atan({0})", "real"),
    "ATAN2": Function(2, 2, "atan2({0}, {1})", "real"),
    "COS": Function(1, 1, "cos({0})", "real"),
    "COT": Function(1, 1, "cot({0})", "real"),
    "SIN": Function(1, 1, "sin({0})", "real"),
    "TAN": Function(1, 1, "tan({0})", "real"),
    "LOWER": Function(1, 1, "lower({0})", "text", "text"),
    "UPPER": Function(1, 1, "upper({0})", "text", "text"),
}
DIGITS = {"ROUND": "round({0}, {1})", "TRUNCATE": "(trunc(({0}) * pow(10, {1})) / pow(10, {1}))"}
SINGLE = {"ROUND": "round({0})", "TRUNCATE": "trunc({0})"}
AGGREGATES = {"AVG": "avg", "MAX": "max", "MIN": "min", "SUM": "sum"}
SHAPES = ("POINT", "CIRCLE", "BOX", "POLYGON", "REGION")
GEOMETRIC: dict[str, tuple[int, Callable[[Sequence[Value]], Value]]] = {
    "CONTAINS": (2, lambda a: geometry.contains(a[0], a[1])),
    "INTERSECTS": (2, lambda a: geometry.intersects(a[0], a[1])),
    "AREA": (1, lambda a: geometry.area(a[0])),
    "CENTROID": (1, lambda a: geometry.centroid(a[0])),
    "COORD1": (1, lambda a: geometry.coordinate(a[0], 0)),
    "COORD2": (1, lambda a: geometry.coordinate(a[0], 1)),
    "COORDSYS": (1, lambda a: Value("'ICRS'", "text") if geometry.as_geometry(a[0]) else a[0]),
}
ALL = sorted({*PLAIN, *DIGITS, *AGGREGATES, *SHAPES, *GEOMETRIC, "RAND", "IN_UNIT", "DISTANCE", "COUNT"})
TYPES = {
    "CHAR": ("VARCHAR", "text"), "VARCHAR": ("VARCHAR", "text"), "SMALLINT": ("SMALLINT", "whole"),
    "INTEGER": ("INTEGER", "whole"), "BIGINT": ("BIGINT", "whole"), "REAL": ("REAL", "real"),
    "DOUBLE PRECISION": ("DOUBLE", "real"), "TIMESTAMP": ("TIMESTAMP", "time"),
}  # fmt: skip


def call(name: str, arguments: Sequence[Value], distinct: bool) -> Value:
    """The value of a function. Raises NotAdql."""
    word = name.upper()
    if word in AGGREGATES:
        return _aggregate(word, arguments, distinct)
    if distinct:
        raise NotAdql(f"DISTINCT cannot stand in {word}")
    for one in arguments:
        as_value(one)
    if word in SHAPES:
        return geometry.construct(word, arguments)
    if word == "DISTANCE":
        return geometry.distance(arguments)
    if word in GEOMETRIC:
        count, make = GEOMETRIC[word]
        _expect(word, arguments, count, count)
        return make(arguments)
    if word in DIGITS:
        _expect(word, arguments, 1, 2)
        sql = SINGLE[word] if len(arguments) == 1 else DIGITS[word]
        return _of_numbers(word, Function(1, 2, sql, "real"), arguments)
    if word == "RAND":
        _expect(word, arguments, 0, 1)
        return Value("random()", "real")
    if word == "IN_UNIT":
        return _in_unit(arguments)
    if word in PLAIN:
        _expect(word, arguments, PLAIN[word].least, PLAIN[word].most)
        return _of_numbers(word, PLAIN[word], arguments)
    raise NotAdql(f"there is no function {name}; there are: {', '.join(ALL)}")


def _expect(name: str, arguments: Sequence[Value], least: int, most: int) -> None:
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise NotAdql(f"{name} takes {wanted} arguments, not {len(arguments)}")


def _of_numbers(name: str, function: Function, arguments: Sequence[Value]) -> Value:
    kinds = ("text", "null") if function.takes == "text" else ("whole", "real", "null")
    for one in arguments:
        if one.kind not in kinds:
            raise NotAdql(f"{name} takes a {function.takes}, not {shown(one)}")
    kind = function.gives
    if kind == "same":
        kind = "whole" if all(a.kind == "whole" for a in arguments) else "real"
    return Value(function.sql.format(*(a.sql for a in arguments)), kind)  # type: ignore[arg-type]


def _aggregate(word: str, arguments: Sequence[Value], distinct: bool) -> Value:
    _expect(word, arguments, 1, 1)
    one = plain(arguments[0], f"in {word}")
    if word in ("AVG", "SUM") and one.kind not in ("whole", "real", "null"):
        raise NotAdql(f"{word} takes a number, not {shown(one)}")
    sql = f"{AGGREGATES[word]}({'DISTINCT ' if distinct else ''}{one.sql})"
    if word == "AVG":
        return Value(sql, "real", _like(one, "avg"))
    if word == "SUM":
        kind = "BIGINT" if one.kind == "whole" else "DOUBLE"
        return Value(f"CAST({sql} AS {kind})", one.kind, _like(one, "sum"))
    return Value(sql, one.kind, _like(one, word.lower()))


def _like(value: Value, name: str) -> Column | None:
    """The column of an aggregate: with the unit of its values."""
    if value.column is None:
        return None
    return replace(
        value.column,
        name=name,
        ucd=None,
        utype=None,
        ref=None,
        indexed=False,
        standard=False,
        description=None,
    )


def _in_unit(arguments: Sequence[Value]) -> Value:
    _expect("IN_UNIT", arguments, 2, 2)
    value, wanted = arguments
    if wanted.kind != "text" or wanted.column is not None or not wanted.sql.startswith("'"):
        raise NotAdql("IN_UNIT takes a value and the text of a unit, such as IN_UNIT(z, 'km/s')")
    if value.kind not in ("whole", "real") or value.unit is None:
        raise NotAdql(f"IN_UNIT takes a column with a unit, not {shown(value)}")
    from astropy import units

    text = wanted.sql[1:-1].replace("''", "'")
    try:
        factor = units.Unit(value.unit, format="vounit").to(units.Unit(text, format="vounit"))
    except (ValueError, units.UnitConversionError) as error:
        raise NotAdql(f"IN_UNIT: {' '.join(str(error).split())[:200]}") from None
    column = replace(value.column, unit=text) if value.column else None
    return Value(f"(({value.sql}) * {float(factor)!r}::DOUBLE)", "real", column)


def cast(value: Value, name: str, sizes: Sequence[int]) -> Value:
    """CAST. Raises NotAdql."""
    if name not in TYPES:
        raise NotAdql(f"CAST knows no type {name}; it knows: {', '.join(TYPES)}")
    one = plain(value, "in CAST")
    sql, kind = TYPES[name]
    if sizes and kind != "text":
        raise NotAdql(f"CAST: {name} takes no length")
    made = f"CAST({one.sql} AS {sql})"
    return Value(f"left({made}, {sizes[0]})" if sizes else made, kind)  # type: ignore[arg-type]


def coalesce(arguments: Sequence[Value]) -> Value:
    """COALESCE."""
    given = [plain(a, "in COALESCE") for a in arguments]
    kinds = {a.kind for a in given} - {"null"}
    kind: Kind = "real" if kinds == {"whole", "real"} else next(iter(kinds), "null")
    column = given[0].column if len(kinds) <= 1 else None
    return Value(f"coalesce({', '.join(a.sql for a in given)})", kind, column)


def of_column(column: Column, sql: str, table: str | None) -> Value:
    """The value of a column."""
    return Value(sql, kind_of(column), column, table=table)
