"""A built cross-match has the pairs of STILTS tskymatch2, of astropy and of lsdb, planted and real ones."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from numpy.typing import NDArray

from .. import commands
from ..conftest import SHARED
from ..ingest.test_margin import on_edges

REAL = SHARED / "data"
Floats = NDArray[np.float64]
Pairs = dict[tuple[int, int], float]

RELEASE = """
name = "T"
version = "v1"
published = "2026-01"

[[catalogues]]
name = "stars"
source = "stars.fits"
positions = "drop_missing"
roles = {{ id = "n" }}

[[crossmatch]]
name = "every"
catalogue = "stars"
source = "others.fits"
roles = {{ ra = "RA", dec = "DE", id = "m" }}
radius = {radius}
match = "all"
columns = ["m"]

[[crossmatch]]
name = "best"
catalogue = "stars"
source = "others.fits"
roles = {{ ra = "RA", dec = "DE", id = "m" }}
radius = {radius}
columns = ["m"]
"""


def planted(radius: float) -> tuple[Table, Table]:
    """Positions across edges of tiles, ra 0 and the poles; close doubles, repeated and missing ones."""
    draw = np.random.default_rng(9)
    edges = [on_edges(order, 250, radius) for order in (0, 1, 2, 5, 8, 12)]
    some, others = (
        [np.concatenate([pair[side][axis] for pair in edges]) for axis in (0, 1)] for side in (0, 1)
    )
    count, reach = 400, radius / 3600
    ra, dec = draw.uniform(0, 360, count), np.degrees(np.arcsin(draw.uniform(-1, 1, count)))
    ra[:60], dec[:60] = draw.uniform(-0.3, 0.3, 60) * reach % 360, draw.uniform(-80, 80, 60)
    dec[60:120] = np.repeat([90, -90], 30) - np.repeat([1, -1], 30) * draw.uniform(0, 0.6 * reach, 60)
    near = SkyCoord(ra, dec, unit="deg").directional_offset_by(
        draw.uniform(0, 360, count) * u.deg, draw.uniform(0.01, 0.95, count) * reach * u.deg
    )
    double = near.directional_offset_by(0.3 * u.deg, 0.05 * reach * u.deg)
    repeated = np.arange(200, 240)
    ra_1 = np.concatenate([some[0], ra, ra[repeated], [np.nan, 10.0, np.nan]])
    dec_1 = np.concatenate([some[1], dec, dec[repeated], [0.0, np.nan, np.nan]])
    ra_2 = np.concatenate([others[0], near.ra.deg, double.ra.deg, near.ra.deg[repeated], [np.nan, 10.0]])
    dec_2 = np.concatenate([others[1], near.dec.deg, double.dec.deg, near.dec.deg[repeated], [5.0, np.nan]])
    stars = Table({"n": np.arange(len(ra_1)) + 10**15, "ra": ra_1 * u.deg, "dec": dec_1 * u.deg})
    return stars, Table({"m": np.arange(len(ra_2)) + 2**60, "RA": ra_2 * u.deg, "DE": dec_2 * u.deg})


def build(portal: Path, stars: Table, others: Table, radius: float) -> Path:
    release = portal / "releases" / "t" / "v1"
    release.mkdir(parents=True)
    (portal / "portal.toml").write_text('name = "T"\ntitle = "T"\n')
    stars.write(release / "stars.fits")
    others.write(release / "others.fits")
    (release / "release.toml").write_text(RELEASE.format(radius=radius))
    commands.drportal("build", "--portal", portal, check=True)
    return portal / "build" / "site" / "t" / "v1" / "data"


def built_pairs(data: Path, name: str) -> Pairs:
    table = pq.read_table(data / f"stars_x_{name}" / "dataset", partitioning=None)
    columns = (table.column(one).to_pylist() for one in ("primary_id", "join_id", "_dist_arcsec"))
    rows = list(zip(*columns, strict=True))
    assert len({row[:2] for row in rows}) == len(rows), "a pair is found once"
    return {(one, other): apart for one, other, apart in rows}


def stilts_pairs(folder: Path, radius: float, find: str) -> Pairs:
    out = folder / f"{find}.fits"
    command = [
        "stilts", "-memory", "tskymatch2", f"in1={folder / 'stars.fits'}", f"in2={folder / 'others.fits'}",
        "ra1=ra", "dec1=dec", "ra2=RA", "dec2=DE", f"error={radius}", f"find={find}", f"out={out}",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    table = Table.read(out)
    return _pairs(table["n"], table["m"], table["Separation"])


def astropy_pairs(stars: Table, others: Table, radius: float) -> Pairs:
    one = stars[np.isfinite(stars["ra"]) & np.isfinite(stars["dec"])]
    other = others[np.isfinite(others["RA"]) & np.isfinite(others["DE"])]
    places = SkyCoord(one["ra"], one["dec"]), SkyCoord(other["RA"], other["DE"])
    mine, theirs, apart, _ = places[1].search_around_sky(places[0], radius * u.arcsec)
    return _pairs(one["n"][mine], other["m"][theirs], apart.arcsec)


def _pairs(*columns: Any) -> Pairs:
    one, other, apart = (np.asarray(column) for column in columns)
    return dict(zip(zip(one.tolist(), other.tolist(), strict=True), apart.tolist(), strict=True))


def same(found: Pairs, expected: Pairs) -> None:
    assert found.keys() == expected.keys()
    np.testing.assert_allclose([found[key] for key in expected], list(expected.values()), rtol=0, atol=1e-6)


@pytest.mark.skipif(shutil.which("stilts") is None, reason="STILTS is not here")
@pytest.mark.parametrize("radius", [1.0, pytest.param(60.0, marks=pytest.mark.slow)])
def test_planted_pairs(tmp_path: Path, radius: float) -> None:
    stars, others = planted(radius)
    data = build(tmp_path, stars, others, radius)
    release = tmp_path / "releases" / "t" / "v1"
    every, best = built_pairs(data, "every"), built_pairs(data, "best")
    assert len(every) > 2000
    same(every, astropy_pairs(stars, others, radius))
    same(every, stilts_pairs(release, radius, "all"))
    # Of objects at one place either may be taken: the separation is the same.
    theirs = stilts_pairs(release, radius, "best1")
    nearest = {one: apart for (one, _), apart in best.items()}
    assert len(nearest) == len(best)
    expected = {one: apart for (one, _), apart in theirs.items()}
    assert nearest.keys() == expected.keys()
    np.testing.assert_allclose([nearest[n] for n in expected], list(expected.values()), rtol=0, atol=1e-6)
    table = pq.read_table(data / "stars" / "dataset", partitioning=None).to_pylist()
    assert len(table) == len(stars) - 3
    assert {row["n"]: row["best_separation"] for row in table if row["best_m"] is not None} == nearest
    counts = np.bincount([n - 10**15 for n, _ in every], minlength=len(stars))
    assert all(row["every_matches"] == counts[row["n"] - 10**15] for row in table)


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists() or shutil.which("stilts") is None, reason="the real data are not here")
def test_real_pairs_of_lamost_and_tycho(tmp_path: Path) -> None:
    """Spectra of DR10 and Tycho-2 as they are: 5 arcsec is more than a fibre."""
    lamost = Table.read(REAL / "lamost-dr10" / "lrs_catalogue.fits")
    stars = Table({"n": np.arange(len(lamost)) + 10**15, "ra": lamost["ra"], "dec": lamost["dec"]})
    tycho = pq.read_table(REAL / "crossmatch" / "tycho2_positions.parquet")
    others = Table(
        {"m": np.arange(tycho.num_rows), "RA": tycho["ra"].to_numpy(), "DE": tycho["dec"].to_numpy()}
    )
    near = SkyCoord(others["RA"], others["DE"], unit="deg")
    _, apart, _ = near.match_to_catalog_sky(SkyCoord(stars["ra"], stars["dec"], unit="deg"))
    others = others[apart.deg < 1]
    data = build(tmp_path, stars, others, 5.0)
    found = built_pairs(data, "every")
    assert len(found) > 20
    same(found, stilts_pairs(tmp_path / "releases" / "t" / "v1", 5.0, "all"))


@pytest.mark.slow
def test_lsdb_finds_the_same_nearest_objects(tmp_path: Path) -> None:
    import lsdb

    from ..ingest_fixtures import ingest

    stars, others = planted(5.0)
    data = build(tmp_path, stars, others, 5.0)
    release = tmp_path / "releases" / "t" / "v1"
    ingest(
        release, "others.fits", out="sky", roles={"ra": "RA", "dec": "DE"}, positions="drop_missing", margin=5
    )
    left = lsdb.open_catalog(data / "stars_collection", columns=["n", "ra", "dec"])
    right = lsdb.open_catalog(release / "sky_collection", columns=["m", "RA", "DE"])
    pairs = left.crossmatch(right, radius_arcsec=5.0, suffixes=("", "_2")).compute()
    theirs = dict(zip(pairs["n"].astype("int64"), pairs["_dist_arcsec"].astype(float), strict=True))
    ours = {one: apart for (one, _), apart in built_pairs(data, "best").items()}
    assert ours.keys() == theirs.keys()
    np.testing.assert_allclose([ours[n] for n in theirs], list(theirs.values()), rtol=0, atol=1e-6)
