"""The functions of the SQL page in DuckDB: pairs of positions against astropy and STILTS."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord, search_around_sky
from astropy.table import Table

from drportal.metadata.sky import sky_functions

from ..conftest import Made
from ..planted import planted, together
from ..ways import few


@pytest.fixture
def sky() -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    database.execute(sky_functions())
    return database


def table(places: SkyCoord, turns: int = 0) -> pa.Table:
    ra = places.ra.deg + np.where(np.arange(len(places)) % 3, 0, 360 * turns)
    return pa.table({"id": np.arange(len(places)), "ra": ra, "dec": places.dec.deg})


@pytest.mark.parametrize("radius", few([0.5, 3.0, 30.0, 300.0, 3600.0], 3.0, 3600.0))
def test_pairs_are_those_of_astropy(sky: duckdb.DuckDBPyConnection, radius: float) -> None:
    a, b = planted(radius, int(radius), 40)
    sky.register("one", table(a, -1))
    sky.register("other", table(b, 2))
    found = sky.execute(f"SELECT id, id_1, separation FROM near(one, other, {radius})").fetchnumpy()
    first, second, apart, _ = search_around_sky(a, b, (radius + 1e-6) * u.arcsec)
    kept = dict(zip(zip(first.tolist(), second.tolist(), strict=True), apart.arcsec, strict=True))
    pairs = list(zip(found["id"].tolist(), found["id_1"].tolist(), strict=True))
    assert len(pairs) == len(set(pairs))
    doubtful = {pair for pair, d in kept.items() if abs(d - radius) <= 1e-6}
    assert set(pairs) - doubtful == set(kept) - doubtful
    assert len(pairs) > len(a) / 2
    assert max(abs(kept[pair] - d) for pair, d in zip(pairs, found["separation"], strict=True)) < 1e-7
    nearest = sky.execute(f"SELECT id, id_1, separation FROM nearest(one, other, {radius})").fetchall()
    least: dict[int, float] = {}
    for (one, _), d in kept.items():
        least[one] = min(d, least.get(one, np.inf))
    assert len({row[0] for row in nearest}) == len(nearest)
    assert {row[0] for row in nearest} >= {one for one, d in least.items() if d < radius - 1e-6}
    assert all(abs(least[one] - d) < 1e-7 for one, _, d in nearest)


@pytest.mark.slow
def test_pairs_are_those_of_stilts(sky: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    a, b = planted(3.0, 9, 20)
    b = together(b, b[:50])  # repeated positions
    for name, places in (("a", a), ("b", b)):
        Table({"id": np.arange(len(places)), "ra": places.ra.deg, "dec": places.dec.deg}).write(
            tmp_path / f"{name}.fits"
        )
    for find, name in (("all", "near"), ("best1", "nearest")):
        subprocess.run(
            [
                *(
                    "stilts",
                    "tskymatch2",
                    "in1=a.fits",
                    "in2=b.fits",
                    "ra1=ra",
                    "dec1=dec",
                    "ra2=ra",
                    "dec2=dec",
                ),
                *("error=3", f"find={find}", "out=out.fits"),
            ],
            cwd=tmp_path,
            check=True,
            env=os.environ | {"JAVA_OPTS": "-Xmx256m"},
        )
        judge = Table.read(tmp_path / "out.fits")
        sky.register("one", table(a))
        sky.register("other", table(b))
        found = sky.execute(f"SELECT id, id_1, separation FROM {name}(one, other, 3)").fetchnumpy()
        assert sorted(np.round(found["separation"], 6)) == pytest.approx(
            sorted(judge["Separation"]), abs=2e-6
        )
        assert sorted(found["id"]) == sorted(judge["id_1"])
        if find == "all":
            pairs = set(zip(found["id"].tolist(), found["id_1"].tolist(), strict=True))
            assert pairs == set(zip(judge["id_1"].tolist(), judge["id_2"].tolist(), strict=True))


def test_rows_without_a_position_match_nothing(sky: duckdb.DuckDBPyConnection) -> None:
    rows = [
        (1, 10, 20),
        (2, None, 20),
        (3, 10, None),
        (4, np.nan, 20),
        (5, np.inf, 0),
        (6, 10, 91),
        (7, 370, 20),
    ]
    sky.execute('CREATE TABLE x(id INTEGER, ra DOUBLE, "dec" DOUBLE)')
    sky.executemany("INSERT INTO x VALUES (?, ?, ?)", rows)
    found = sky.execute("SELECT id, id_1 FROM near(x, x, 1) ORDER BY ALL").fetchall()
    assert found == [(1, 1), (1, 7), (7, 1), (7, 7)]
    assert sky.execute("SELECT id FROM near(x, x, 0) WHERE id = 1").fetchall() == [(1,)]
    assert sky.execute("FROM near(x, x, NULL)").fetchall() == []


def test_columns_and_refusals(sky: duckdb.DuckDBPyConnection) -> None:
    sky.execute('CREATE TABLE a AS SELECT 1 AS "ID", 10.0::DECIMAL(9, 2) AS ra, 20 AS "dec", 0 AS separation')
    sky.execute("CREATE TABLE b AS SELECT 2::HUGEINT AS id, 10::FLOAT AS lon, 20::TINYINT AS lat")
    found = sky.execute('SELECT * FROM (FROM near(a, b, 1, ra, "dec", lon, lat))')
    assert [column[0] for column in found.description] == [
        *("ID", "ra", "dec", "separation", "id_1", "lon", "lat", "separation_1"),
    ]
    chained = "WITH c AS (FROM near(a, b, 1, ra, dec, lon, lat)) SELECT separation_1 FROM nearest(c, a, 5)"
    assert sky.execute(chained).fetchall() == [(0.0,)]
    for radius in ("-1", "3600.1", "1e9"):
        with pytest.raises(duckdb.InvalidInputException, match="arcsec from 0 to 3600"):
            sky.execute(f"FROM near(a, a, {radius})")


def test_tables_are_joined_by_hashing(sky: duckdb.DuckDBPyConnection) -> None:
    sky.execute('CREATE TABLE x AS SELECT random() AS ra, random() AS "dec" FROM range(10000)')
    for name in ("near", "nearest"):
        plan = sky.execute(f"EXPLAIN (FORMAT JSON) FROM {name}(x, x, 1)").fetchall()[0][1]
        assert re.search(r"HASH_?\s?JOIN", plan, re.IGNORECASE)
        assert not re.search(r"NESTED_LOOP|CROSS_PRODUCT|PIECEWISE", plan)


def test_the_recipe_of_the_documents(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs in a release's folder, and finds what astropy finds in the files."""
    text = (Path(__file__).parents[2] / "docs/crossmatch.md").read_text()
    [block] = [one for one in re.findall(r"```sql\n(.*?)```", text, re.DOTALL) if ".read" in one]
    block = block.replace("lrs", "sim")
    file = re.search(r"\.read (\S+)", block)
    assert file
    monkeypatch.chdir(made.moved)
    database = duckdb.connect()
    database.execute(Path(file[1]).read_text())
    found = database.execute(block.replace(file[0], "")).fetchall()
    files = sorted((made.moved / "data/sim/dataset").rglob("*.parquet"))
    rows = pa.concat_tables(
        [pq.read_table(one, columns=["obsid", "ra", "dec"], partitioning=None) for one in files]
    )
    places = SkyCoord(rows["ra"], rows["dec"], unit="deg")
    first, second, _, _ = search_around_sky(places, places, 2 * u.arcsec)
    ids = rows["obsid"].to_numpy()
    assert {(a, b) for a, b, _ in found} == {
        (a, b) for a, b in zip(ids[first].tolist(), ids[second].tolist(), strict=True) if a < b
    }
