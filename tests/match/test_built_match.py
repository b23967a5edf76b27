"""A release built with cross-matches: the columns in its catalogue, and what is made again."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table, vstack

from drportal.formats import Catalogue, Statistics

from .. import commands

RELEASE = """
name = "T"
version = "v1"
published = "2026-01"

[[catalogues]]
name = "stars"
source = "stars.fits"
roles = {{ id = "n" }}

[[crossmatch]]
name = "near"
catalogue = "stars"
source = "others.fits"
roles = {{ ra = "RA", dec = "DE" }}
radius = {radius}
match = "all"
columns = ["source_id", "mag", "kind"]
missing = {{ mag = [-9999] }}

[[crossmatch]]
name = "tycho"
catalogue = "stars"
card = "tycho2"
source = "tycho.vot"
"""
ROWS = 3000


def tables() -> tuple[Table, Table]:
    """Stars, some of them at the poles and at ra 0, and other objects near two thirds of them."""
    chance = np.random.default_rng(7)
    ra = chance.uniform(0, 360, ROWS)
    dec = np.degrees(np.arcsin(chance.uniform(-1, 1, ROWS)))
    ra[:4], dec[:4] = [0, 359.99999, 120, 240], [1, 2, 89.99999, -89.99999]
    stars = Table({"n": np.arange(ROWS) + 10**15, "ra": ra * u.deg, "dec": dec * u.deg})
    near = SkyCoord(ra, dec, unit="deg").directional_offset_by(
        chance.uniform(0, 2 * np.pi, ROWS) * u.rad, chance.uniform(0, 3, ROWS) * u.arcsec
    )
    others = Table(
        {
            "source_id": np.arange(ROWS) + 2**62,
            "RA": near.ra.deg,
            "DE": near.dec.deg,
            "mag": np.where(np.arange(ROWS) % 5, chance.uniform(5, 20, ROWS), -9999).astype(np.float32)
            * u.mag,
            "kind": np.where(np.arange(ROWS) % 2, "STAR", "QSO"),
        }
    )
    doubles = others[:500].copy()
    doubles["source_id"] += 10**6
    doubles["DE"] = np.clip(doubles["DE"] + 0.4 / 3600, -90, 90)
    return stars, vstack([others, doubles])


def write(portal: Path, radius: float = 2.0) -> None:
    release = portal / "releases" / "t" / "v1"
    release.mkdir(parents=True)
    (portal / "portal.toml").write_text(
        'name = "T"\ntitle = "T"\nlanguages = ["en", "zh"]\ncontact = "a@b.example"\n'
    )
    stars, others = tables()
    stars.write(release / "stars.fits")
    others.write(release / "others.fits")
    tycho = Table({"RAmdeg": stars["ra"], "DEmdeg": stars["dec"], "VTmag": np.arange(ROWS) * 0.01})
    tycho[:50].write(release / "tycho.vot", format="votable")
    (release / "release.toml").write_text(RELEASE.format(radius=radius))


def rows(portal: Path) -> Table:
    data = portal / "build" / "site" / "t" / "v1" / "data" / "stars"
    table = pq.read_table(data / "dataset").sort_by("n")
    return Table({name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names})


def test_values_are_those_of_astropy(built: Path) -> None:
    found = rows(built)
    stars, others = tables()
    own, there = SkyCoord(stars["ra"], stars["dec"]), SkyCoord(others["RA"], others["DE"], unit="deg")
    nearest, apart, _ = own.match_to_catalog_sky(there)
    within = apart.arcsec <= 2
    assert 0.5 < within.mean() < 0.9
    np.testing.assert_array_equal(~np.isnan(found["near_separation"].astype(float)), within)
    np.testing.assert_allclose(
        found["near_separation"][within].astype(float), apart.arcsec[within], atol=1e-9
    )
    ids = [
        None if value is None or value != value else int(value) for value in found["near_source_id"].tolist()
    ]
    expected = [int(others["source_id"][k]) if ok else None for k, ok in zip(nearest, within, strict=True)]
    assert [i is None for i in ids] == [e is None for e in expected]
    pairs, *_ = there.search_around_sky(own, 2 * u.arcsec)
    np.testing.assert_array_equal(found["near_matches"], np.bincount(pairs, minlength=ROWS))
    kinds = [str(others["kind"][k]) if ok else None for k, ok in zip(nearest, within, strict=True)]
    assert found["near_kind"].tolist() == kinds
    assert np.isfinite(found["tycho_VTmag"].astype(float)).sum() == 50


def test_ids_are_exact_and_missing_values_null(built: Path) -> None:
    data = built / "build" / "site" / "t" / "v1" / "data" / "stars"
    table = pq.read_table(data / "dataset").sort_by("n")
    assert str(table.schema.field("near_source_id").type) == "int64"
    values = table["near_source_id"].to_pylist()
    stars, others = tables()
    nearest, apart, _ = SkyCoord(stars["ra"], stars["dec"]).match_to_catalog_sky(
        SkyCoord(others["RA"], others["DE"], unit="deg")
    )
    for value, k, ok in zip(values, nearest, apart.arcsec <= 2, strict=True):
        assert value == (int(others["source_id"][k]) if ok else None)
    magnitudes = table["near_mag"].to_pylist()
    assert -9999 not in magnitudes
    for value, k, ok in zip(magnitudes, nearest, apart.arcsec <= 2, strict=True):
        mag = float(others["mag"][k])
        assert value == (mag if ok and mag != -9999 else None)


def test_columns_are_described_as_the_releases_own(built: Path) -> None:
    data = built / "build" / "site" / "t" / "v1" / "data" / "stars"
    columns = {c.name: c for c in Catalogue.read(data).columns}
    near = ["separation", "matches", "source_id", "mag", "kind"]
    assert list(columns)[3:] == [*(f"near_{name}" for name in near), "tycho_separation", "tycho_VTmag"]
    assert columns["near_separation"].unit == "arcsec"
    assert columns["tycho_VTmag"].unit == "mag"
    assert columns["tycho_VTmag"].ucd == "phot.mag;em.opt.V"
    assert "Tycho-2" in (columns["tycho_separation"].description or "")
    statistics = {c.name: c for c in Statistics.read(data).columns}
    assert statistics["tycho_VTmag"].nulls == ROWS - 50
    page = (built / "build" / "site" / "t" / "v1" / "catalogues" / "stars.html").read_text()
    assert "near_separation" in page
    assert Statistics.read(data).roles.id == "n"


def test_a_changed_radius_redoes_the_match_alone(built: Path, tmp_path: Path) -> None:
    portal = tmp_path / "portal"
    shutil.copytree(built, portal)
    release = portal / "releases" / "t" / "v1" / "release.toml"
    release.write_text(RELEASE.format(radius=0.5))
    lines = commands.drportal("build", "--portal", portal, "--explain", check=True).stdout
    assert "cross-matches of catalogue stars" in lines
    assert "other catalogue" not in lines
    assert "T v1: catalogue stars" not in lines
    commands.drportal("build", "--portal", portal, check=True)
    apart = rows(portal)["near_separation"].astype(float)
    assert np.nanmax(apart) <= 0.5


@pytest.mark.slow
def test_a_changed_file_is_matched_again(built: Path, tmp_path: Path) -> None:
    portal = tmp_path / "portal"
    shutil.copytree(built, portal)
    _, others = tables()
    others["mag"] = np.float32(7)
    others.write(portal / "releases" / "t" / "v1" / "others.fits", overwrite=True)
    commands.drportal("build", "--portal", portal, check=True)
    magnitudes = rows(portal)["near_mag"].astype(float)
    assert set(magnitudes[np.isfinite(magnitudes)]) == {7.0}


def test_a_file_that_is_gone_is_named(built: Path, tmp_path: Path) -> None:
    portal = tmp_path / "portal"
    shutil.copytree(built, portal)
    (portal / "releases" / "t" / "v1" / "others.fits").unlink()
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2
    assert "crossmatch[near].source: no file 'others.fits'" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('catalogue = "stars"', 'catalogue = "star"', "unknown catalogue 'star'"),
        ('name = "tycho"', 'name = "near"', "two cross-matches named 'near'"),
        ('card = "tycho2"', 'card = "tycho"', "did you mean tycho2"),
        ("radius = 2.0", "radius = -1", "crossmatch[near].radius"),
        ('name = "near"', 'name = "near"\ncolour = 1', "unknown key"),
    ],
)
def test_wrong_settings(built: Path, tmp_path: Path, old: str, new: str, words: str) -> None:
    portal = tmp_path / "portal"
    shutil.copytree(built, portal)
    text = RELEASE.format(radius=2.0)
    assert old in text
    (portal / "releases" / "t" / "v1" / "release.toml").write_text(text.replace(old, new, 1))
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
