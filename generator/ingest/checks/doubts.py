"""Find values that look like undeclared missing values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ...formats import ColumnStatistics
from ...model import CatalogueSource, ColumnFacts, Release, facts_of_column
from ...model.toml_text import toml_key, toml_value
from ...notices import Notice
from ...problems import Problem, several
from ..inputs import Columns
from ..schema_columns import column_facts
from ..values.as_json import plain
from ..values.fields import Field, is_array, is_number, is_text, is_whole
from ..values.missing import Sentinel, in_type
from ..values.sql_text import literal, present, quoted
from .rules import Ask

SENTINELS = [-9999, -999, -99, 99, 999, 9999, -1e30]
"""Numbers that catalogues use for "no value" more often than as a measurement."""
WORDS = ["Non", "None", "NULL", "null", "nan", "NaN", "N/A", "-9999", "-999", "--"]

AT_A_TIME = 60
"""Number of columns per statement; each statement reads the table once."""


@dataclass(frozen=True)
class Doubt:
    """A suspicious value of a column and the number of rows that have it."""

    column: str
    value: Sentinel
    count: int

    def notice(self, spec: CatalogueSource, release: Release) -> Notice:
        """Return the message shown to the team."""
        name, value = toml_key(self.column), toml_value(self.value)
        rows = several(self.count, "row")
        what = f"{value} is in {rows}, far from all other values, and may mean a missing value"
        fix = f"if it does, add missing = {{ {name} = [{value}] }}; if not, {name} = []"
        place = f"catalogues[{spec.name}]"
        return Notice(
            "doubt",
            Problem(str(release.file), f"{place}, column {self.column}", what, fix),
            place,
            "values far from all others of their columns may mean missing values",
            f"{self.column} {value} ({rows})",
            "list those that do under `missing`, and write `column = []` for the others",
        )


def doubts(
    ask: Ask, spec: CatalogueSource, source: Columns, measured: list[ColumnStatistics] | None = None
) -> list[Doubt]:
    """Return values of SENTINELS far from all others of their column, and WORDS for a missing value.

    A value is not suspicious if `missing` of its column is an empty list, or if the declared range or list of
    values contains it. Columns whose statistics are `measured` are only read if they may contain a suspicious
    value.
    """
    facts = column_facts(spec)
    possible = [(f, found) for f in source.fields if (found := _candidates(f, spec, source, facts))]
    if measured is None:
        suspected = [
            one
            for first in range(0, len(possible), AT_A_TIME)
            for one in _near(ask, possible[first:][:AT_A_TIME], source)
        ]
    else:
        known = {c.name: c for c in measured}
        suspected = [(f, left) for f, v in possible if (left := _may_contain(known[f.name], f, v))]
    result: list[Doubt] = []
    for first in range(0, len(suspected), AT_A_TIME):
        some = suspected[first : first + AT_A_TIME]
        answer = iter(ask(f"SELECT {', '.join(_question(f, values, source) for f, values in some)} FROM t"))
        for field, values in some:
            low, high = next(answer), next(answer)
            for value in values:
                count = next(answer)
                if count and (isinstance(value, str) or _apart(float(value), low, high)):
                    result.append(Doubt(field.name, plain(value, field.type), int(count)))
    return result


def _candidates(
    field: Field, spec: CatalogueSource, source: Columns, facts: dict[str, ColumnFacts]
) -> list[Sentinel]:
    if is_array(field.type) or spec.missing.get(field.name) == []:
        return []
    declared, missing = facts_of_column(field.name, facts), source.missing.get(field.name, [])
    if declared.bits:
        return []
    usual: list[Sentinel] = list(WORDS) if is_text(field.type) else list(SENTINELS)
    own = dict.fromkeys(v for one in usual if (v := in_type(one, field.type)) is not None)
    return [v for v in own if v not in missing and not _is_value(declared, v)]


def _near(
    ask: Ask, possible: list[tuple[Field, list[Sentinel]]], source: Columns
) -> list[tuple[Field, list[Sentinel]]]:
    """Return the columns with a suspicious value at either end, and text columns that contain one."""
    asked = []
    for field, values in possible:
        name, listed = quoted(field.name), ", ".join(literal(v, field.type) for v in values)
        if is_text(field.type):
            asked.append(f"bool_or({name} IN ({listed}))")
            continue
        value = present(field, source.missing.get(field.name, []))
        only = "" if is_whole(field.type) else f" FILTER (isfinite({name}::DOUBLE))"
        asked.append(f"min({value}){only} IN ({listed}) OR max({value}){only} IN ({listed})")
    answer = ask(f"SELECT {', '.join(asked)} FROM t") if asked else ()
    return [one for one, found in zip(possible, answer, strict=True) if found]


def _may_contain(known: ColumnStatistics, field: Field, values: list[Sentinel]) -> list[Sentinel]:
    """Return the suspicious values at either end of a column, or within the range of a column of text."""
    low, high = known.min, known.max
    if low is None:
        return []
    if is_text(field.type):
        listed = {one.value for one in known.values}
        return [v for v in values if str(low) <= str(v) <= str(high) and (not listed or v in listed)]
    return values if {low, high} & {plain(v, field.type) for v in values} else []


def _is_value(declared: ColumnFacts, value: Sentinel) -> bool:
    if declared.values is not None:
        return value in declared.values
    if declared.range is None or isinstance(value, str):
        return False
    low, high = declared.range
    return (low is None or value >= low) and (high is None or value <= high)


def _question(field: Field, values: list[Sentinel], source: Columns) -> str:
    """Return SQL for the minimum and maximum of all other values, then the rows of each suspicious value."""
    name = quoted(field.name)
    counts = ", ".join(f"count(*) FILTER ({name} = {literal(v, field.type)})" for v in values)
    if not is_number(field.type):
        return f"NULL, NULL, {counts}"
    value = present(field, source.missing.get(field.name, []))
    listed = ", ".join(literal(v, field.type) for v in values)
    only = f"FILTER (isfinite({name}::DOUBLE) AND {name} NOT IN ({listed}))"
    return f"min({value}) {only}, max({value}) {only}, {counts}"


def _apart(value: float, low: Any, high: Any) -> bool:
    """Return whether a value is far from all others: 99 after 98 is an ordinary number."""
    if low is None or not (math.isfinite(low) and math.isfinite(high)):
        return False
    least, most = float(low), float(high)
    gap = max(least - value, value - most)
    return gap > 0 and (gap > (most - least) / 10 or value < 0 <= least)
