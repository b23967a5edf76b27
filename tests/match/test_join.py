"""Rows joined with another catalogue: values, units and refusals, from any format, frame and epoch."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy.time import Time
from numpy.typing import NDArray

from drportal.ingest.positions import sky_pixels
from drportal.match import Card, load_cards
from drportal.match.join import expected_pairs, joined, own_fields
from drportal.match.other import Other, read_other
from drportal.match.sources import OtherFiles
from drportal.model.crossmatch import Crossmatch
from drportal.problems import InputError

RA = np.array([0.0001, 10.0, 10.0, 120.0, 359.9999, 77.0])
DEC = np.array([0.0, -45.0, 45.0, 89.9999, 0.0, 12.0])


def own_rows() -> pa.RecordBatch:
    pixel = sky_pixels(RA, DEC)
    order = np.argsort(pixel, kind="stable")
    return pa.RecordBatch.from_pydict(
        {"_healpix_29": pixel[order], "ra": RA[order], "dec": DEC[order], "n": np.arange(6)[order]}
    )


def read(tmp_path: Path, table: Table, match: Crossmatch, file: str = "other.fits") -> Other:
    table.write(tmp_path / file, overwrite=True)
    card = load_cards()[match.card] if match.card else None
    return opened(tmp_path, match, card, file)


def opened(tmp_path: Path, match: Crossmatch, card: Card | None, file: str) -> Other:
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    read_other(match, card, OtherFiles([str(tmp_path / file)], {}), Path("release.toml"), folder)
    return Other.open(folder)


def match_of(**given: Any) -> Crossmatch:
    settings: dict[str, Any] = {
        "name": "x",
        "catalogue": "sim",
        "source": "other.fits",
        "roles": {"ra": "RA", "dec": "DE"},
        "radius": 2.0,
        "columns": ["v"],
    }
    return Crossmatch.model_validate(settings | given)


def rows(other: Other, match: Crossmatch) -> dict[int, dict[str, Any]]:
    """The joined rows by their number `n`."""
    batch = own_rows()
    assert match.radius is not None
    fields = own_fields(match, other, "Other", match.radius)
    schema = pa.schema([*batch.schema, *((f.name, f.type) for f in fields)])
    (result,) = joined([batch], ("ra", "dec"), other, match, match.radius, schema)
    return {row["n"]: row for row in result.to_pylist()}


def others(**columns: Any) -> Table:
    """Partners of rows 0, 2, 3 and 4; the latter two across ra 0 and over the pole."""
    ra = np.array([0.0001, 10.0, 300.0, 0.0, 250.0])
    dec = np.array([0.0002, 45.0003, 89.99995, 0.0, -80.0])
    columns = columns or {"RA": ra, "DE": dec, "v": np.arange(5, dtype=np.int16)}
    return Table(columns)


def test_values_of_the_nearest(tmp_path: Path) -> None:
    match = match_of()
    found = rows(read(tmp_path, others(), match), match)
    values = {n: row["x_v"] for n, row in found.items()}
    assert values == {0: 3, 1: None, 2: 1, 3: 2, 4: 3, 5: None}
    theirs = SkyCoord(10, 45, unit="deg").separation(SkyCoord(10, 45.0003, unit="deg")).arcsec
    assert found[2]["x_separation"] == pytest.approx(theirs, abs=1e-9)
    assert found[1]["x_separation"] is None


def test_all_counts_objects(tmp_path: Path) -> None:
    match = match_of(match="all")
    found = rows(read(tmp_path, others(), match), match)
    assert {n: row["x_matches"] for n, row in found.items()} == {0: 2, 1: 0, 2: 1, 3: 1, 4: 2, 5: 0}


@pytest.mark.parametrize("file", ["other.fits", "other.csv", "other.ecsv", "other.vot", "other.parquet"])
def test_every_format(tmp_path: Path, file: str) -> None:
    table = others()
    if file.endswith(".parquet"):
        pa.parquet.write_table(pa.table({n: np.asarray(table[n]) for n in table.colnames}), tmp_path / file)
        match = match_of(source=file)
        other = opened(tmp_path, match, None, file)
    else:
        match = match_of(source=file)
        table.write(tmp_path / file, **({"format": "votable"} if file.endswith(".vot") else {}))
        other = opened(tmp_path, match, None, file)
    assert {n: row["x_v"] for n, row in rows(other, match).items()} == {
        0: 3,
        1: None,
        2: 1,
        3: 2,
        4: 3,
        5: None,
    }


def sexagesimal(table: Table) -> dict[str, Any]:
    there = SkyCoord(table["RA"], table["DE"], unit="deg")
    return {
        "RA": there.ra.to_string("hourangle", sep=":", precision=6, pad=True),
        "DE": there.dec.to_string("deg", sep=" ", precision=6, pad=True, alwayssign=True),
    }


def in_radians(table: Table) -> dict[str, Any]:
    return {name: np.radians(table[name]) * u.rad for name in ("RA", "DE")}


def galactic(table: Table) -> dict[str, Any]:
    there = SkyCoord(table["RA"], table["DE"], unit="deg").galactic
    return {"RA": there.l.deg, "DE": there.b.deg}


@pytest.mark.parametrize(
    ("write", "frame"), [(sexagesimal, None), (in_radians, None), (galactic, "galactic")]
)
def test_every_way_to_write_a_position(tmp_path: Path, write: Any, frame: str | None) -> None:
    table = others()
    match = match_of(frame=frame)
    other = read(tmp_path, Table({**write(table), "v": table["v"]}), match)
    found = rows(other, match)
    assert {n: row["x_v"] for n, row in found.items()} == {0: 3, 1: None, 2: 1, 3: 2, 4: 3, 5: None}
    assert found[2]["x_separation"] == pytest.approx(1.08, abs=1e-4)


def test_rows_without_a_position_match_nothing(tmp_path: Path) -> None:
    table = others()
    table["RA"][0], table["DE"][1], table["DE"][2] = np.nan, np.nan, 95
    match = match_of()
    other = read(tmp_path, table, match)
    assert (other.notes.rows, len(other.positions)) == (5, 2)
    assert {n for n, row in rows(other, match).items() if row["x_v"] is not None} == {0, 4}


@pytest.mark.parametrize("count", [0, 1])
def test_few_rows(tmp_path: Path, count: int) -> None:
    match = match_of()
    other = read(tmp_path, others()[:count], match)
    assert sum(row["x_v"] is not None for row in rows(other, match).values()) == 2 * count


def test_missing_values_are_null(tmp_path: Path) -> None:
    table = others(
        RA=RA[:4], DE=DEC[:4], v=np.array([1.5, -9999, np.nan, 99]), w=np.array(["a", "", "Non", "b"])
    )
    match = match_of(columns=["v", "w"], missing={"*": [-9999], "v": [99], "w": ["Non"]})
    found = rows(read(tmp_path, table, match), match)
    assert [found[n]["x_v"] for n in range(4)] == [1.5, None, None, None]
    assert [found[n]["x_w"] for n in range(3)] == ["a", "", None]


def test_positions_are_moved_as_astropy_moves_them(tmp_path: Path) -> None:
    years, to = 2016.0, 2000.0
    pmra, pmdec = np.array([3000.0, -800.0, 5000.0, 10.0]), np.array([-10_300.0, 20.0, np.nan, 9.0])
    plx, rv = np.array([547.0, np.nan, 3.0, -1.0]), np.array([-110.0, np.nan, 1.0, 2.0])
    start = SkyCoord(
        RA[:4] * u.deg,
        DEC[:4] * u.deg,
        pm_ra_cosdec=np.nan_to_num(pmra) * u.mas / u.yr,
        pm_dec=np.nan_to_num(pmdec) * u.mas / u.yr,
        obstime=Time(to, format="jyear"),
    ).apply_space_motion(new_obstime=Time(years, format="jyear"))
    table = Table(
        {
            "RA": np.where(np.isnan(pmdec), RA[:4], start.ra.deg),
            "DE": np.where(np.isnan(pmdec), DEC[:4], start.dec.deg),
            "pmRA": pmra,
            "pmDE": pmdec,
            "Plx": plx,
            "RV": rv,
            "v": np.arange(4),
        }
    )
    roles = {
        "ra": "RA",
        "dec": "DE",
        "pmra": "pmRA",
        "pmdec": "pmDE",
        "parallax": "Plx",
        "radial_velocity": "RV",
    }
    match = match_of(roles=roles, epoch=years, to_epoch=to, radius=3.0)
    other = read(tmp_path, table, match)
    found = rows(other, match)
    assert {n: row["x_v"] for n, row in found.items()} == {0: 0, 1: 1, 2: 2, 3: 3, 4: 0, 5: None}
    expected = SkyCoord(
        table["RA"][0] * u.deg,
        table["DE"][0] * u.deg,
        pm_ra_cosdec=pmra[0] * u.mas / u.yr,
        pm_dec=pmdec[0] * u.mas / u.yr,
        distance=(1000 / plx[0]) * u.pc,
        radial_velocity=rv[0] * u.km / u.s,
        obstime=Time(years, format="jyear"),
    ).apply_space_motion(new_obstime=Time(to, format="jyear"))
    theirs = expected.separation(SkyCoord(RA[0], DEC[0], unit="deg")).arcsec
    assert found[0]["x_separation"] == pytest.approx(theirs, abs=1e-6)
    still = match_of(roles=roles, epoch=years, radius=3.0)
    assert rows(read(tmp_path, table, still), still)[0]["x_v"] is None


def test_an_epoch_for_each_row(tmp_path: Path) -> None:
    table = others(
        RA=[10.0, 77.0], DE=[-45 + 0.01, 12.0 + 0.02], pmRA=[0.0, 0.0], pmDE=[3600.0, 3600.0],
        t=Time([2010.0, 2020.0], format="jyear").mjd, v=[1, 2],
    )  # fmt: skip
    roles = {"ra": "RA", "dec": "DE", "pmra": "pmRA", "pmdec": "pmDE"}
    match = match_of(roles=roles, epoch={"column": "t", "format": "mjd"}, to_epoch=2000.0)
    found = rows(read(tmp_path, table, match), match)
    assert (found[1]["x_v"], found[5]["x_v"]) == (1, 2)


def test_a_card_needs_nothing_else(tmp_path: Path) -> None:
    table = Table({"ra": RA, "dec": DEC, "mag_vt": np.arange(6.0), "MAG_BT": np.arange(6.0)})
    match = Crossmatch(name="tycho", catalogue="sim", card="tycho2", source="other.fits", radius=1)
    other = read(tmp_path, table, match)
    assert [(f.name, f.unit) for f in other.fields] == [("tycho_BTmag", "mag"), ("tycho_VTmag", "mag")]
    assert rows(other, match)[5]["tycho_VTmag"] == 5
    named = match.model_copy(update={"columns": ["mag_vt"]})
    (field,) = read(tmp_path, table, named).fields
    assert (field.name, field.unit, field.ucd) == ("tycho_mag_vt", "mag", "phot.mag;em.opt.V")


def _floats(*values: float) -> NDArray[np.float64]:
    return np.array(values)


@pytest.mark.parametrize(
    ("table", "given", "words"),
    [
        (
            {"RA": RA, "DE": DEC, "v": RA},
            {"columns": ["w"]},
            "crossmatch[x].columns: other.fits has no column 'w'",
        ),
        ({"ra": RA, "v": RA}, {}, "has no column 'DE'"),
        ({"RA": RA * u.m, "DE": DEC, "v": RA}, {}, "in m, which is no angle"),
        ({"RA": RA, "DE": DEC, "[v]": RA, "v": RA}, {"columns": ["[v]", "v"]}, "would both be x_v"),
        (
            {"RA": RA, "DE": DEC, "v": RA},
            {"card": "tycho2", "roles": None},
            "no column DEmdeg, which the card",
        ),
        ({"RA": RA, "DE": DEC, "v": RA}, {"missing": {"m": [1]}}, "no column 'm'"),
    ],
)
def test_refusals(tmp_path: Path, table: dict[str, Any], given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, Table(table), match_of(**given))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"radius": 0}, "greater than 0"),
        ({"radius": -1}, "greater than 0"),
        ({"columns": ["v", "V"]}, "twice"),
        ({"roles": None}, "neither `card` nor `roles`"),
        ({"radius": None}, "neither `card` nor `radius`"),
        ({"columns": None}, "neither `card` nor `columns`"),
        ({"roles": {"ra": "RA", "dec": "DE", "pmra": "p"}}, "one proper motion only"),
    ],
)
def test_settings_that_say_too_little(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        match_of(**given)


def test_pairs_are_estimated(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    ra, dec = chance.uniform(0, 360, 20_000), np.degrees(np.arcsin(chance.uniform(-1, 1, 20_000)))
    other = read(tmp_path, Table({"RA": ra[::-1], "DE": -dec, "v": ra}), match_of())
    own = np.bincount(sky_pixels(ra, dec) >> 46, minlength=12 * 4**6)
    about = expected_pairs(own, other.positions, 3600)
    # A circle of one degree is a 13,131st of the sphere.
    assert about == pytest.approx(20_000**2 / 13_131, rel=0.05)
