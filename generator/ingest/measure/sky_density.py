"""Sky density of a catalogue's rows by signal-to-noise ratio and by year."""

from __future__ import annotations

import duckdb

from ...formats.statistics import SkyBySnr, SkyByYear, SnrSky, YearSky
from ...model.night import evening
from ..positions import ORDER as FINEST

ORDER = 4
"""HEALPix order of the maps: pixels of 3.7 degrees, smaller than a plate of the survey."""
SNR = (10, 50)
YEARS = 40
"""No maps by year are made for catalogues that span more years."""
PIECE = 10_000


def by_snr(database: duckdb.DuckDBPyConnection, pixel: str, column: str, value: str) -> SkyBySnr:
    """Count rows per pixel at or above each threshold. `value` is SQL for the column in `t`."""
    counts = ", ".join(f"count(*) FILTER (isfinite(v::DOUBLE) AND v >= {t})" for t in SNR)
    found = database.execute(
        f"SELECT p, {counts} FROM (SELECT {_pixel(pixel)} AS p, {value} AS v FROM t) GROUP BY p ORDER BY p"
    ).fetchall()
    maps = [
        SnrSky.model_validate({"from": t, "counts": {str(row[0]): row[i] for row in found if row[i]}})
        for i, t in enumerate(SNR, 1)
    ]
    return SkyBySnr(order=ORDER, column=column, maps=maps)


def by_year(database: duckdb.DuckDBPyConnection, pixel: str, column: str, value: str) -> SkyByYear | None:
    """Count rows per pixel for each year of observation (of the evening); None if nights are not dates."""
    years: dict[int, dict[int, int]] = {}
    found = database.execute(
        f"SELECT v, p, count(*) FROM (SELECT {value} AS v, {_pixel(pixel)} AS p FROM t) "
        f"WHERE v IS NOT NULL GROUP BY v, p ORDER BY v, p"
    )
    while rows := found.fetchmany(PIECE):
        for night, place, count in rows:
            date = evening(night, column)
            if date is None or (date.year not in years and len(years) == YEARS):
                found.fetchall()  # an unfinished result blocks the next statement
                return None
            year = years.setdefault(date.year, {})
            year[place] = year.get(place, 0) + count
    maps = [
        YearSky(year=year, counts={str(p): n for p, n in sorted(years[year].items())})
        for year in sorted(years)
    ]
    return SkyByYear(order=ORDER, column=column, maps=maps)


def _pixel(column: str) -> str:
    return f"{column} >> {2 * (FINEST - ORDER)}"
