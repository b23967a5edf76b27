"""Sky density of a catalogue's rows by signal-to-noise ratio and by year."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ...formats.statistics import SkyBySnr, SkyByYear, SnrSky, YearSky
from ...model.night import evening
from ..positions import ORDER as FINEST
from ..values.database import arrow_reader

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


def _pixel(column: str) -> str:
    return f"{column} >> {2 * (FINEST - ORDER)}"
