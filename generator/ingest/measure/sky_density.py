"""Sky density of a catalogue's rows by signal-to-noise ratio and by year, and centres of its plates."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ...formats.statistics import Centre, SkyBySnr, SkyByYear, SnrSky, YearSky
from ...model.night import evening
from ..positions import ORDER as FINEST
from ..values.as_json import plain
from ..values.database import arrow_reader
from ..values.sql_text import quoted

ORDER = 4
"""HEALPix order of the maps: pixels of 3.7 degrees, smaller than a plate of the survey."""
SNR = (10, 50)
YEARS = 40
"""No maps by year are made for catalogues that span more years."""
PIECE = 10_000
TOGETHER = 0.966
"""Shortest mean of unit vectors for a place on the sky: that of directions 15 degrees from their mean."""


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
    rows = f"(SELECT {value} AS v, {_pixel(pixel)} AS p FROM t)"
    nights = arrow_reader(
        database.sql(f"SELECT DISTINCT v FROM {rows} WHERE v IS NOT NULL"), PIECE
    ).read_all()
    dates = [evening(night, column) for night in nights.column("v").to_pylist()]
    of_night = [date.year for date in dates if date is not None]
    if len(of_night) < len(dates) or len(set(of_night)) > YEARS:
        return None
    database.register("nights", nights.append_column("year", pa.array(of_night, pa.int32())))
    found = database.execute(
        f"SELECT year, p, count(*) FROM {rows} JOIN nights USING (v) GROUP BY year, p ORDER BY year, p"
    )
    years: dict[int, dict[int, int]] = {}
    while groups := found.fetchmany(PIECE):
        for one, place, count in groups:
            years.setdefault(one, {})[place] = count
    maps = [
        YearSky(year=year, counts={str(p): n for p, n in counts.items()}) for year, counts in years.items()
    ]
    return SkyByYear(order=ORDER, column=column, maps=maps)


def plate_centres(database: duckdb.DuckDBPyConnection, ra: str, dec: str, value: str) -> list[Centre]:
    """Return the mean position of each plate, in order of their names.

    `value` is SQL for the plate in `t`. Plates whose rows are all over the sky have none.
    """
    x, y = f"radians({quoted(ra)}::DOUBLE)", f"radians({quoted(dec)}::DOUBLE)"
    found = database.execute(
        f"SELECT v, (degrees(atan2(y, x)) + 360) % 360, degrees(atan2(z, sqrt(x * x + y * y))) FROM ("
        f"SELECT {value} AS v, avg(cos({y}) * cos({x})) AS x, avg(cos({y}) * sin({x})) AS y, "
        f"avg(sin({y})) AS z FROM t GROUP BY v) "
        f"WHERE v IS NOT NULL AND sqrt(x * x + y * y + z * z) > {TOGETHER} ORDER BY v"
    ).fetchall()
    # Means of several threads differ in their last digits; a field is a degree or more across.
    return [Centre(plain(v), round(ra, 4) % 360, round(dec, 4)) for v, ra, dec in found]


def _pixel(column: str) -> str:
    return f"{column} >> {2 * (FINEST - ORDER)}"
