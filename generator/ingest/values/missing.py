"""Values that mean "no value", by column."""

from __future__ import annotations

import difflib
import math
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...problems import InputError, Problem
from .fields import Field, element_type, is_number, is_text, numpy_type

Sentinel = int | float | str


def missing_by_column(
    fields: list[Field], missing: dict[str, list[Sentinel]], file: Path, place: str
) -> dict[str, list[Sentinel]]:
    """The sentinels of each column that has any, as values of the column's type.

    Keys of `missing` are names or patterns ("mag_*"; "*" is every column); a value goes to those matching
    columns that can hold it: numbers to columns of numbers, texts to columns of text, dates written as text
    to columns of dates, and all of them to arrays. A name with an empty list takes its column out of every
    pattern. Raises InputError for a name that is no column.
    """
    names = [f.name for f in fields]
    problems = []
    for key in missing:
        if key not in names and not any(c in key for c in "*?["):
            near = difflib.get_close_matches(key, names, n=3, cutoff=0.5)
            mend = (
                f"did you mean {' or '.join(near)}?"
                if near
                else "name a column of the source, or a pattern like mag_*"
            )
            problems.append(Problem(str(file), f"{place}.missing", f"no column {key!r}", mend))
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
    """A sentinel as a column's type has it (99.9 in float32 is 99.90000152587890625); else None."""
    if is_text(kind):
        return value if isinstance(value, str) else None
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _moment(value, pa.types.is_date(kind)) if isinstance(value, str) else None
    # NaN is null anyway, and what is infinite is left out of every measure.
    if isinstance(value, str | bool) or not is_number(kind) or not math.isfinite(value):
        return None
    if pa.types.is_integer(kind):
        limits = np.iinfo(numpy_type(kind))
        return int(value) if float(value).is_integer() and limits.min <= value <= limits.max else None
    if pa.types.is_float32(kind):
        with np.errstate(over="ignore"):
            value = float(np.float32(value))
        return int(value) if value.is_integer() else value
    return value


def _moment(value: str, day: bool) -> str | None:
    """A date or time as SQL reads it; None for any other text."""
    try:
        found = datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        return None
    return found.date().isoformat() if day else found.isoformat(" ")
