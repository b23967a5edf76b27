"""Missing values (sentinels) by column."""

from __future__ import annotations

import difflib
import math
import sys
from datetime import datetime, time
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...problems import InputError, Problem
from .fields import Field, element_type, is_moment, is_number, is_text, numpy_type

Sentinel = int | float | str
FIRST_NS, LAST_NS = datetime(1677, 9, 22), datetime(2262, 4, 11)
"""Times in this range fit into 64 bits of nanoseconds."""


def missing_by_column(
    fields: list[Field], missing: dict[str, list[Sentinel]], file: Path, place: str
) -> dict[str, list[Sentinel]]:
    """Return the sentinels of each column that has any, as values of the column's type.

    Keys of `missing` are names or patterns ("mag_*"; "*" is every column). A value applies to the matching
    columns whose type allows it: numbers to columns of numbers, texts to columns of text, dates written as
    text to columns of dates, and all of them to arrays. A name with an empty list removes its column from all
    patterns. Raises InputError for a name that is not a column.
    """
    names = [f.name for f in fields]
    problems = []
    for key in missing:
        if key not in names and not any(c in key for c in "*?["):
            near = difflib.get_close_matches(key, names, n=3, cutoff=0.5)
            fix = (
                f"did you mean {' or '.join(near)}?"
                if near
                else "name a column of the source, or a pattern like mag_*"
            )
            problems.append(Problem(str(file), f"{place}.missing", f"no column {key!r}", fix))
    if problems:
        raise InputError(problems)
    result: dict[str, list[Sentinel]] = {}
    for field in fields:
        if missing.get(field.name) == []:
            continue
        found = [
            v
            for key, values in missing.items()
            if key == field.name or fnmatchcase(field.name, key)
            for v in values
        ]
        kind = element_type(field.type)
        own = dict.fromkeys(v for value in found if (v := in_type(value, kind)) is not None)
        if own:
            result[field.name] = list(own)
    return result


def in_type(value: Sentinel, kind: pa.DataType) -> Sentinel | None:
    """Return a sentinel converted to a column's type (99.9 in float32 is 99.90000152587890625).

    None if no value of the type equals it: DuckDB would refuse to compare them.
    """
    if is_text(kind):
        return value if isinstance(value, str) else None
    if is_moment(kind):
        return _moment(value, kind) if isinstance(value, str) else None
    # NaN is null anyway, and infinite values are excluded from all statistics.
    if isinstance(value, str | bool) or not is_number(kind) or not abs(value) <= sys.float_info.max:
        return None
    if pa.types.is_integer(kind):
        limits = np.iinfo(numpy_type(kind))
        return int(value) if float(value).is_integer() and limits.min <= value <= limits.max else None
    if pa.types.is_decimal(kind):
        return value if _fits(value, kind) else None
    if kind.bit_width < 64:
        with np.errstate(over="ignore"):
            own = float(np.asarray(value, float).astype(numpy_type(kind)))
        if not math.isfinite(own) or bool(own) != bool(value):
            return None
        return int(own) if own.is_integer() else own
    return value


def as_decimal(value: float) -> Decimal:
    """Return a sentinel as a decimal with the digits in which it is written."""
    return Decimal(repr(value))


def _fits(value: float, kind: pa.DataType) -> bool:
    """Return whether a decimal type can represent all digits of a value."""
    _, digits, exponent = as_decimal(value).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).lstrip("0")
    zeros = len(text) - len(text.rstrip("0"))
    decimals = max(-(exponent + zeros), 0) if text else 0
    return bool(decimals <= kind.scale and len(text) + exponent <= kind.precision - kind.scale)


def _moment(value: str, kind: pa.DataType) -> str | None:
    """Return a date or time as SQL; None for other text, or if the type cannot represent it."""
    try:
        found = datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        return None
    if pa.types.is_date(kind):
        return found.date().isoformat() if found.time() == time.min else None
    if found.microsecond % {"s": 1_000_000, "ms": 1000}.get(kind.unit, 1):
        return None
    if kind.unit == "ns" and not FIRST_NS < found < LAST_NS:
        return None
    return found.isoformat(" ")
