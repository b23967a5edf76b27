"""Rows by month of observation: a table of years and months, each linked to its rows."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..escape import permalink
from ..model.night import MJD_0, evening, morning

SHADES = 6


@dataclass(frozen=True)
class Month:
    """The rows of one month."""

    month: int
    rows: int
    nights: int
    shade: int
    """0 (few) to SHADES - 1 (many); -1 for none."""
    search: str | None


@dataclass(frozen=True)
class Year:
    year: int
    months: list[Month]
    rows: int
    nights: int


def observing_calendar(
    catalogue: str, column: str | None, per_night: Sequence[tuple[Any, int]]
) -> list[Year]:
    """Years with their months, from [night, rows] pairs; empty if nights are not dates."""
    dated = [(evening(value, column), str(value), rows) for value, rows in per_night]
    if not dated or any(date is None for date, _, _ in dated):
        return []
    rows: dict[tuple[int, int], int] = {}
    nights: dict[tuple[int, int], int] = {}
    for date, _, count in dated:
        assert date is not None
        key = (date.year, date.month)
        rows[key] = rows.get(key, 0) + count
        nights[key] = nights.get(key, 0) + 1
    import numpy as np

    limits = np.quantile(list(rows.values()), np.arange(1, SHADES) / SHADES)
    whole = all(re.fullmatch(r"\d+(\.0)?", value) for _, value, _ in dated)
    years = []
    for year in range(min(y for y, _ in rows), max(y for y, _ in rows) + 1):
        months = [
            Month(
                month=month,
                rows=rows.get((year, month), 0),
                nights=nights.get((year, month), 0),
                shade=int(np.searchsorted(limits, rows[year, month])) if (year, month) in rows else -1,
                search=_search(catalogue, column, year, month, whole) if (year, month) in rows else None,
            )
            for month in range(1, 13)
        ]
        years.append(Year(year, months, sum(m.rows for m in months), sum(m.nights for m in months)))
    return years


def _search(catalogue: str, column: str | None, year: int, month: int, whole: bool) -> str | None:
    if column is None:
        return None
    if not whole:
        return permalink("search.html", catalogue=catalogue, **{column: f"{year}-{month:02}*"})
    first = (datetime.date(year, month, 1) - MJD_0).days + morning(column)
    last = first + calendar.monthrange(year, month)[1] - 1
    return permalink("search.html", catalogue=catalogue, **{column: f"{first}..{last}"})


def year_search(catalogue: str, column: str, year: int, nights: Sequence[Any]) -> str:
    """A search for the rows of one year. `nights` are values of the column."""
    if not all(re.fullmatch(r"\d+(\.0)?", str(night)) for night in nights):
        return permalink("search.html", catalogue=catalogue, **{column: f"{year}-*"})
    first, last = ((datetime.date(y, 1, 1) - MJD_0).days + morning(column) for y in (year, year + 1))
    return permalink("search.html", catalogue=catalogue, **{column: f"{first}..{last - 1}"})
