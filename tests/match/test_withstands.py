"""What a built cross-match withstands: odd catalogues, large radii, files that go, kills."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy.time import Time

from .. import commands
from ..stages import kill_in
from ..steps.test_build import tree
from ..steps.test_interrupted import damaged_pieces
from ..ways import few
from .test_built_match import ROWS, rows, tables, write

SITE = Path("build/site/t/v1")
RELEASE = Path("releases/t/v1")
OWN = 'roles = { ra = "RA", dec = "DE" }'


@pytest.fixture
def portal(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "portal")
    return tmp_path / "portal"


def change(portal: Path, old: str, new: str) -> None:
    file = portal / RELEASE / "release.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def rebuilt(portal: Path, others: Table, fits: bool = True) -> Table:
    file = portal / RELEASE / "others.fits"
    file.unlink()
    others.write(file, format="fits" if fits else "votable")
    commands.drportal("build", "--portal", portal, check=True)
    return rows(portal)


def as_before(found: Table, before: Table) -> None:
    """The same objects are matched, and the separations are equal to a thousandth of an arcsecond."""
    for name in ("near_source_id", "near_matches"):
        np.testing.assert_array_equal(found[name], before[name])
    mine, former = (np.asarray(table["near_separation"], float) for table in (found, before))
    np.testing.assert_allclose(mine, former, rtol=0, atol=1e-3)


def sexagesimal(others: Table) -> Table:
    there = SkyCoord(others["RA"], others["DE"], unit="deg")
    others["RA"] = there.ra.to_string("hourangle", sep=":", precision=7, pad=True)
    others["DE"] = there.dec.to_string("deg", sep=":", precision=6, pad=True, alwayssign=True)
    return others


def radians(others: Table) -> Table:
    for name in ("RA", "DE"):
        others[name] = np.radians(others[name]) * u.rad
    return others


def galactic(others: Table) -> Table:
    there = SkyCoord(others["RA"], others["DE"], unit="deg").galactic
    others["RA"], others["DE"] = there.l.deg, there.b.deg
    return others


@pytest.mark.parametrize("write_so", few([sexagesimal, radians, galactic], galactic))
def test_positions_however_they_are_written(portal: Path, write_so: object) -> None:
    assert callable(write_so)
    before = rows(portal)
    if write_so is galactic:
        change(portal, OWN, f'{OWN}\nframe = "galactic"')
    as_before(rebuilt(portal, write_so(tables()[1])), before)


def test_an_epoch_in_a_column(portal: Path) -> None:
    """Positions at the epoch of each row, moved back by astropy's inverse of what the build does."""
    before, others = rows(portal), tables()[1]
    years = np.random.default_rng(2).uniform(1990, 2020, len(others))
    motion = (np.full(len(others), value) * u.mas / u.yr for value in (90.0, -70.0))
    names = ("ra", "dec", "pm_ra_cosdec", "pm_dec")
    start = dict(zip(names, (others["RA"] * u.deg, others["DE"] * u.deg, *motion), strict=True))
    there = SkyCoord(**start, obstime=Time(2000, format="jyear")).apply_space_motion(
        new_obstime=Time(years, format="jyear")
    )
    others["RA"], others["DE"] = there.ra.deg, there.dec.deg
    others["pmRA"], others["pmDE"] = there.pm_ra_cosdec.to("mas/yr"), there.pm_dec.to("mas/yr")
    others["t"] = Time(years, format="jyear").mjd
    new = 'roles = { ra = "RA", dec = "DE", pmra = "pmRA", pmdec = "pmDE" }\nto_epoch = 2000\n'
    change(portal, OWN, f'{new}epoch = {{ column = "t", format = "mjd" }}')
    as_before(rebuilt(portal, others), before)


def test_duplicate_ids(portal: Path) -> None:
    """Ids of the other catalogue need not differ: pairs are found by position."""
    before, others = rows(portal), tables()[1]
    others["source_id"] = 7
    found = rebuilt(portal, others)
    np.testing.assert_array_equal(found["near_matches"], before["near_matches"])
    ids = {value for value in found["near_source_id"].tolist() if value == value}
    assert ids == {7}


@pytest.mark.parametrize("count", few([0, 1], 0))
def test_few_objects(portal: Path, count: int) -> None:
    found = rebuilt(portal, tables()[1][:count])
    assert (found["near_matches"] > 0).sum() == count
    folder = portal / SITE / "data" / "stars_x_near"
    assert len(list(folder.rglob("Npix*.parquet"))) == count
    assert f"hats_nrows={count}\n" in (folder / "hats.properties").read_text()


def test_catalogues_without_positions(portal: Path) -> None:
    others = tables()[1]
    others.remove_column("DE")
    others.write(portal / RELEASE / "others.fits", overwrite=True)
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2
    assert "crossmatch[near].roles: others.fits has no column 'DE'" in done.stderr
    change(portal, 'roles = { id = "n" }', 'roles = { id = "n" }\npositions = "none"')
    tables()[1].write(portal / RELEASE / "others.fits", overwrite=True)
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2
    assert "crossmatch[near]: matches stars, whose rows have no positions" in done.stderr


def test_a_radius_of_a_degree_is_reported(portal: Path) -> None:
    stars, others = (table[:500] for table in tables())
    for table, names in ((stars, ("ra", "dec")), (others, ("RA", "DE"))):
        for name in names:  # a field of 3 by 3 degrees
            table[name] = 10 + table[name] % 3
    stars.write(portal / RELEASE / "stars.fits", overwrite=True)
    change(portal, "radius = 2.0", "radius = 3600")
    file = portal / RELEASE / "others.fits"
    others.write(file, overwrite=True)
    done = commands.drportal("build", "--portal", portal, check=True)
    (line,) = (line for line in (done.stdout + done.stderr).splitlines() if "pairs within" in line)
    assert "crossmatch[near].radius: makes about" in line and "use a smaller radius" in line
    about = int(line.partition("makes about ")[2].partition(" ")[0].replace(",", ""))
    own, there = SkyCoord(stars["ra"], stars["dec"]), SkyCoord(others["RA"], others["DE"], unit="deg")
    pairs = len(there.search_around_sky(own, 1 * u.deg)[0])
    assert 0.5 < about / pairs < 2
    assert int(np.sum(rows(portal)["near_matches"])) == pairs
    data = pq.ParquetDataset(portal / SITE / "data" / "stars_x_near" / "dataset", partitioning=None)
    assert sum(pq.read_metadata(file).num_rows for file in data.files) == pairs


@pytest.mark.parametrize(
    ("radius", "words"), [("0", "greater than 0"), ("-2.0", "greater than 0"), ("3601", "3600")]
)
def test_radii_that_are_refused(portal: Path, radius: str, words: str) -> None:
    change(portal, "radius = 2.0", f"radius = {radius}")
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2 and "crossmatch[near].radius" in done.stderr and words in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"mag", "kind"', '"mag", "MAG"', "names the column 'MAG' twice"),
        ('name = "tycho"\n', 'name = "near"\n', "two cross-matches named 'near'"),
        ('name = "near"', 'name = "n"', ""),
        ('name = "tycho"', 'name = "tycho"\nsource2 = ""', "unknown key"),
        ('"tycho.vot"', '["tycho.vot", "gone.vot"]', "crossmatch[tycho].source: no file 'gone.vot'"),
        ('"tycho.vot"', '"https://127.0.0.1:9/t.fits"', "source: https://127.0.0.1:9/t.fits cannot be read"),
    ],
)  # fmt: skip
def test_faults_are_named(portal: Path, old: str, new: str, words: str) -> None:
    change(portal, old, new)
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == (2 if words else 0)
    assert words in done.stderr


def test_own_columns_do_not_begin_with_its_name(portal: Path) -> None:
    stars = tables()[0]
    stars["near_x"] = 1
    stars.write(portal / RELEASE / "stars.fits", overwrite=True)
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2
    assert "column near_x of stars.fits begins with the name of a cross-match" in done.stderr


def test_facts_of_matched_columns(portal: Path) -> None:
    """release.toml describes them and makes promises about them, as about its own columns."""
    own = 'roles = { id = "n" }'
    facts = 'near_mag = { description = { zh = "我们的亮度" }, range = [5, 20] }'
    change(portal, own, f"{own}\n\n[catalogues.columns]\n{facts}\n")
    commands.drportal("build", "--portal", portal, check=True)
    assert "我们的亮度" in (portal / SITE / "zh" / "catalogues" / "stars.html").read_text(encoding="utf-8")
    change(portal, "[5, 20]", "[5, 10]")
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2 and "columns.near_mag" in done.stderr
    change(portal, "near_mag =", "near_magn =")
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2 and "columns.near_magn: no such column; did you mean near_mag" in done.stderr


def test_a_changed_file_is_read_again_and_a_lost_one_named(portal: Path) -> None:
    file = portal / RELEASE / "others.fits"
    others = tables()[1]
    others["kind"] = "NEW"
    others.write(file, overwrite=True)
    lines = commands.drportal("build", "--portal", portal, "--explain", check=True).stdout
    assert "other catalogue near: others.fits changed" in lines
    file.unlink()
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2 and "crossmatch[near].source: no file 'others.fits'" in done.stderr


# In the order of a build: what is kept before a kill is not made again.
STAGES = [
    "make T v1: other catalogue near", "keep T v1: other catalogue near",
    "make T v1: cross-matches of catalogue stars", "keep T v1: cross-matches of catalogue stars",
    "make T v1: margins of catalogue stars", "make T v1: pairs of cross-match near",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("stages", [STAGES[2:3], STAGES], ids=["one", "all"])
def test_a_build_killed_in_the_middle(built: Path, tmp_path: Path, stages: list[str]) -> None:
    portal = tmp_path / "portal"
    write(portal)
    for number, stage in enumerate(stages):
        assert kill_in(portal, tmp_path / "log", stage, 0.02 * number)
        assert not (portal / SITE).exists()
        assert not damaged_pieces(portal / "build" / "cache")
    commands.drportal("build", "--portal", portal, check=True)
    assert tree(portal / "build" / "site") == tree(built / "build" / "site")
    assert not list((portal / "build" / "cache" / "unfinished").glob("*"))
    assert len(pq.read_table(portal / SITE / "data" / "stars" / "dataset")) == ROWS
