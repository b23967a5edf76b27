"""The observing calendar and the links of the numbers on a home page."""

from __future__ import annotations

import collections

import numpy as np
import pytest
from astropy.time import Time

from drportal.model.night import evening
from drportal.pages.calendar import observing_calendar


def test_dates_and_days_are_the_same_nights() -> None:
    days = [56000, 56001, 56031, 56400, 58000]
    rows = [3, 4, 5, 6, 7]
    dates = [Time(d, format="mjd").to_value("iso", subfmt="date") for d in days]
    by_day = observing_calendar("c", "mjd", list(zip(days, rows, strict=True)))
    by_date = observing_calendar("c", "obsdate", list(zip(dates, rows, strict=True)))
    wanted: collections.Counter[tuple[int, int]] = collections.Counter()
    for date, n in zip(dates, rows, strict=True):
        wanted[int(date[:4]), int(date[5:7])] += n
    for years in (by_day, by_date):
        found = {(y.year, m.month): m.rows for y in years for m in y.months if m.rows}
        assert found == dict(wanted)
        assert [y.year for y in years] == list(range(2012, 2018))
        assert sum(y.nights for y in years) == len(days)
    assert by_date[0].months[2].search == "search.html?catalogue=c&obsdate=2012-03*"
    assert by_day[0].months[2].search == "search.html?catalogue=c&mjd=55987..56017"
    first = Time("2012-03-01").mjd
    assert (first, Time("2012-03-31").mjd) == (55987, 56017)


def test_a_local_day_is_that_of_the_morning_after() -> None:
    assert str(evening(56001, "lmjd")) == Time(56000, format="mjd").to_value("iso", subfmt="date")


@pytest.mark.parametrize("value", ["plate 7", "", None, "2012-13-40", 12])
def test_what_is_no_date_makes_no_calendar(value: object) -> None:
    assert evening(value, "night") is None
    assert observing_calendar("c", "night", [(value, 3)]) == []


def test_shades_grow_with_the_rows() -> None:
    nights = [(f"2015-{m:02}-01", int(n)) for m, n in enumerate(np.arange(1, 13) ** 3, 1)]
    (year,) = observing_calendar("c", "obsdate", nights)
    shades = [m.shade for m in year.months]
    assert shades == sorted(shades)
    assert (shades[0], shades[-1]) == (0, 5)
