"""Compare two values of a column: SQL that is exact, with a statement of precision where it cannot be."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from astropy import units

from ..formats.changes import ColumnPair, ComparedColumn, Precision
from .stored_catalogue import REAL, TEXT, WHOLE, has_value, is_number

SAME, CHANGED, LOST, GAINED, REWRITTEN = range(5)
"""States of a pair of values; REWRITTEN: missing on both sides, but written differently."""
DIGITS = 1e-12
"""Relative tolerance for values with converted units: less than the precision of any catalogue."""


@dataclass(frozen=True)
class ValueComparison:
    """SQL that compares two values of a column."""

    precision: Precision
    state: str
    delta: str | None
    rounding: str | None
    """True where two values differ, but not in single precision."""


def factor(before: ComparedColumn, after: ComparedColumn) -> float | None:
    """Return the factor that converts values from one unit to the other; 1 if no conversion is needed.

    None if no factor converts the units into each other.
    """
    if before.unit == after.unit or not (before.unit and after.unit):
        return 1.0
    if not (is_number(before) and is_number(after)):
        return 1.0
    old, new = _unit(before.unit), _unit(after.unit)
    if old is None or new is None:
        return None
    try:
        return float(old.to(new))
    except (units.UnitConversionError, TypeError, AttributeError):
        return None


def _unit(text: str) -> units.UnitBase | None:
    for form in ("vounit", None):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                found = units.Unit(text, format=form)
            except (ValueError, TypeError, units.UnitsWarning):
                continue
        # A logarithmic unit (mag, dex) is not a multiple of any other unit.
        return found if isinstance(found, units.UnitBase) else None
    return None


def kind(column: ComparedColumn) -> str:
    """Return the kind of values: values of one kind can be compared, and numbers with their text form."""
    if column.arraysize:
        return f"{'text' if column.datatype in TEXT else 'number'} array"
    for name, types in (("number", WHOLE | REAL), ("text", TEXT)):
        if column.datatype in types:
            return name
    return column.datatype


def comparable(before: ComparedColumn, after: ComparedColumn) -> bool:
    one, other = kind(before), kind(after)
    # Text may contain numbers, times and truth values; arrays and bytes compare only with their own kind.
    loose = {"number", "text", "boolean", "timestamp"}
    return one == other or (one in loose and other in loose and "text" in (one, other)) or (
        {one, other} == {"number", "boolean"}
    )  # fmt: skip


def comparison_of(pair: ColumnPair, old: str, new: str) -> ValueComparison | None:
    """Return how the values `old` and `new` (SQL names) are compared; None if they cannot be."""
    before, after = pair.before, pair.after
    scale = factor(before, after)
    if scale is None or not comparable(before, after):
        return None
    had, has = f"({has_value(old, before)})", f"({has_value(new, after)})"
    precision: Precision = "exact"
    delta = rounding = None
    one, other = kind(before), kind(after)
    if "number" in (one, other) and {one, other} <= {"number", "text"}:
        a, b = _number(old, before), _number(new, after)
        if scale != 1:
            precision = "converted"
            a = f"({a}::DOUBLE * {scale!r}::DOUBLE)"
        single = "float" in (before.datatype, after.datatype)
        narrowed = before.datatype != after.datatype and single
        if precision == "exact" and narrowed and {before.datatype, after.datatype} & {"double"}:
            precision = "float"
        equal = _equal(a, b, before, after, precision, single)
        delta = _delta(a, b, before, after, precision)
        if precision != "converted" and REAL & {before.datatype, after.datatype}:
            near = f"TRY_CAST({a} AS FLOAT) = TRY_CAST({b} AS FLOAT)"
            rounding = f"{had} AND {has} AND coalesce({near}, false) AND "
            rounding += (
                f"TRY_CAST({a} AS DOUBLE) <> TRY_CAST({b} AS DOUBLE)"
                if precision == "float"
                else f"NOT {equal}"
            )
    elif one == other:
        equal = f"{old} IS NOT DISTINCT FROM {new}"
        if one == "number array" and before.datatype != after.datatype:
            equal = f"({old})::DOUBLE[] IS NOT DISTINCT FROM ({new})::DOUBLE[]"
    elif "timestamp" in (one, other):
        equal = f"coalesce(TRY_CAST({old} AS TIMESTAMP) = TRY_CAST({new} AS TIMESTAMP), false)"
    else:
        equal = f"coalesce(TRY_CAST({old} AS BOOLEAN) = TRY_CAST({new} AS BOOLEAN), false)"
    state = (
        f"CASE WHEN {had} AND {has} THEN CASE WHEN {equal} THEN {SAME} ELSE {CHANGED} END "
        f"WHEN {had} THEN {LOST} WHEN {has} THEN {GAINED} "
        f"WHEN {old}::VARCHAR IS DISTINCT FROM {new}::VARCHAR THEN {REWRITTEN} ELSE {SAME} END::TINYINT"
    )
    return ValueComparison(precision, state, delta, rounding)


def _number(name: str, column: ComparedColumn) -> str:
    return name if column.datatype not in TEXT else f"trim({name})"


def _equal(
    a: str, b: str, before: ComparedColumn, after: ComparedColumn, precision: Precision, single: bool
) -> str:
    if precision == "converted":
        if single:
            return f"coalesce(TRY_CAST({a} AS FLOAT) = TRY_CAST({b} AS FLOAT), false)"
        new = f"TRY_CAST({b} AS DOUBLE)"
        return f"coalesce(abs({a} - {new}) <= {DIGITS!r} * greatest(abs({a}), abs({new})), false)"
    if precision == "float":
        return f"coalesce(TRY_CAST({a} AS FLOAT) = TRY_CAST({b} AS FLOAT), false)"
    types = {before.datatype, after.datatype}
    if types & TEXT:
        # Text that is a whole number is compared exactly; any other number as a double.
        whole = f"TRY_CAST({a} AS HUGEINT) = TRY_CAST({b} AS HUGEINT)"
        real = f"TRY_CAST({a} AS DOUBLE) = TRY_CAST({b} AS DOUBLE)"
        texts = a if before.datatype in TEXT else b
        plain = f"regexp_full_match({texts}, '[+-]?[0-9]+')"
        return f"coalesce(CASE WHEN {plain} THEN {whole} ELSE {real} END, false)"
    if types & WHOLE and types & REAL:
        # A double cannot represent every 64-bit number: compare as integers if the double is whole.
        real, whole = (a, b) if before.datatype in REAL else (b, a)
        return (
            f"coalesce(trunc({real}::DOUBLE) = {real}::DOUBLE AND "
            f"TRY_CAST({real} AS HUGEINT) = {whole}::HUGEINT, false)"
        )
    return f"{a} = {b}"


def _delta(a: str, b: str, before: ComparedColumn, after: ComparedColumn, precision: Precision) -> str:
    if {before.datatype, after.datatype} <= WHOLE and precision == "exact":
        return f"({b}::HUGEINT - {a}::HUGEINT)::DOUBLE"
    return f"(TRY_CAST({b} AS DOUBLE) - TRY_CAST({a} AS DOUBLE))"


def written(name: str, column: ComparedColumn) -> str:
    """Return SQL for a value as text, without loss."""
    return f"coalesce({name}::VARCHAR, '')"
