"""`drportal new` on a table: its findings are in release.toml, which builds unchanged."""

from __future__ import annotations

import html
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from drportal.build import build
from drportal.check import check_portal
from drportal.ingest import open_input
from drportal.ingest.readers.unpack import source_files
from drportal.model import CatalogueSource, Release, load_portal
from drportal.report import Report
from drportal.start import start_portal

N = 400
DROPPED = {"positions": "drop_missing"}


def table(**more: Any) -> Table:
    columns: dict[str, Any] = {
        "id": np.arange(N),
        "ra": np.linspace(0, 359, N),
        "dec": np.linspace(-80, 80, N),
    }
    return Table(columns | more)


def new(folder: Path, source: Path) -> tuple[dict[str, Any], str, str]:
    """The entry that was written, release.toml, and the lines printed; what is written loads."""
    lines = "\n".join(start_portal(folder, source, "stars", Report()))
    text = (folder / "releases/dr1/release.toml").read_text(encoding="utf-8")
    (entry,) = tomllib.loads(text)["catalogues"]
    release = load_portal(folder).releases[0]
    assert not release.simulated and "simulated" not in text
    return entry, text, lines


def sound(folder: Path) -> list[str]:
    """The doubts of `check`; there is no fault."""
    notices, faults = check_portal(folder, [], False)
    assert faults == []
    return [str(one) for one in notices if one.level == "doubt"]


@pytest.mark.parametrize("suffix", ["fits", "csv", "parquet"])
def test_missing_values_are_written_with_their_counts(tmp_path: Path, suffix: str) -> None:
    z, mag = np.linspace(0, 3, N), np.linspace(12, 20, N, dtype=np.float32)
    z[:7], mag[:30], mag[30:35] = -9999, -999, 99
    large = [-1e30] if suffix != "csv" else []  # there it is written with all digits of float32
    mag[35 : 35 + len(large)] = -1e30
    near, word = np.arange(-10_000, -10_000 + N), ["Non"] * 3 + ["G2"] * (N - 3)
    odd = np.where(np.arange(N) < 1, -99, 5)
    source = tmp_path / f"t.{suffix}"
    rows = table(z=z, mag=mag, near=near, word=word, **{"odd col*": odd})
    rows.write(source, format={"fits": "fits", "csv": "ascii.csv", "parquet": "parquet"}[suffix])
    entry, text, _ = new(tmp_path / "p", source)
    assert entry["missing"]["z"] == [-9999]
    assert np.float32(entry["missing"]["mag"]).tolist() == np.float32([-999, 99, *large]).tolist()
    assert entry["missing"]["word"] == ["Non"] and entry["missing"]["odd col*"] == [-99]
    assert "near" not in entry["missing"]
    for said in (
        "of 400",
        "-9999: z (7)",
        "-999: mag (30)",
        "99: mag (5)",
        '"Non": word (3)',
        "odd col* (1)",
    ):
        assert said in text
    assert sound(tmp_path / "p") == []


@pytest.mark.parametrize("root", ["link", "home"])
def test_sources_below_and_beside_are_relative(tmp_path: Path, root: str) -> None:
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    (home / "p").mkdir()
    (tmp_path / "away").mkdir()
    (tmp_path / "link").symlink_to(home)
    for file in ("home/t.fits", "home/data/v[1]*.fits", "home/p.fits", "away/t.fits", "away/u [2].fits"):
        table().write(tmp_path / file)
    (home / "current.fits").symlink_to("data/v[1]*.fits")
    for number, (file, wanted) in enumerate(
        {
            "home/t.fits": "../../../t.fits",
            "home/data/v[1]*.fits": "../../../data/v[1]*.fits",
            "home/current.fits": "../../../current.fits",
            "link/t.fits": "../../../t.fits",
            "away/t.fits": str(tmp_path / "away/t.fits"),
            "away/u [2].fits": str(tmp_path / "away/u [2].fits"),
        }.items()
    ):
        folder = tmp_path / root / f"p{number}"
        entry, text, lines = new(folder, tmp_path / file)
        assert entry["source"] == wanted
        whole = wanted.startswith("/")
        assert ("full path" in text, "full path" in lines) == (whole, whole)
        assert sound(folder) == []


def test_which_table_of_a_file_is_read_stands_there(tmp_path: Path) -> None:
    hdus = [fits.PrimaryHDU(), *(fits.table_to_hdu(table()) for _ in range(2)), fits.ImageHDU(name="x")]
    hdus[1].name, hdus[2].name = "STARS", "GALAXIES"
    fits.HDUList(hdus).writeto(tmp_path / "t.fits")
    entry, text, _ = new(tmp_path / "p", tmp_path / "t.fits")
    assert entry["hdu"] == 1 and "The file has 2 tables: 1 (STARS), 2 (GALAXIES)." in text
    assert sound(tmp_path / "p") == []
    table().write(tmp_path / "one.fits")
    assert "hdu" not in new(tmp_path / "q", tmp_path / "one.fits")[0]


def test_what_readers_notice_stands_there(tmp_path: Path) -> None:
    nothing = table()
    nothing["never"] = np.full(N, np.nan)
    nothing.write(tmp_path / "t.fits")
    _, text, _ = new(tmp_path / "p", tmp_path / "t.fits")
    assert "# Found: column never (NaN): " in text
    (doubt,) = sound(tmp_path / "p")
    assert "column never" in doubt


def test_a_portal_moves_with_its_tables(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    table().write(tmp_path / "a/t.fits")
    new(tmp_path / "a/p", tmp_path / "a/t.fits")
    (tmp_path / "a").rename(tmp_path / "b")
    assert sound(tmp_path / "b/p") == []


def test_columns_found_in_doubt_are_roles(tmp_path: Path) -> None:
    table(z=np.linspace(15, 20, N), redshift=np.linspace(0, 1, N)).write(tmp_path / "t.fits")
    entry, text, _ = new(tmp_path / "p", tmp_path / "t.fits")
    assert entry["roles"] == {"redshift": "redshift"}, "id, ra and dec leave no doubt"
    assert "redshift: redshift, or z?" in text
    sure = table(z=np.linspace(15, 20, N), v=np.linspace(0, 1, N))
    sure["v"].meta["ucd"] = "src.redshift"
    sure.write(tmp_path / "t.xml", format="votable")
    assert "roles" not in new(tmp_path / "q", tmp_path / "t.xml")[0]


@pytest.mark.parametrize(
    ("columns", "wanted", "said"),
    [
        ({"ra": [*[np.nan] * 3, *np.linspace(0, 359, N - 3)]}, DROPPED, "Found 3 rows without"),
        ({"dec": [-9999.0, *np.linspace(-80, 80, N - 1)]}, DROPPED, "Found 1 row without"),
        ({"ra": np.linspace(-170, 170, N)}, {"wrap_ra": True}, "Found ra from -170"),
        ({"ra": np.linspace(0, 359, N)}, {}, ""),
    ],
)  # fmt: skip
def test_positions_are_written_as_they_are_found(
    tmp_path: Path, columns: dict[str, Any], wanted: dict[str, Any], said: str
) -> None:
    table(**columns).write(tmp_path / "t.fits")
    entry, text, _ = new(tmp_path / "p", tmp_path / "t.fits")
    assert {k: v for k, v in entry.items() if k in ("positions", "wrap_ra")} == wanted
    assert said in text
    assert sound(tmp_path / "p") == []


def test_a_table_without_positions(tmp_path: Path) -> None:
    hours = Table({"id": [1], "ra": [1.0], "dec": [2.0]}, units={"ra": "h"})
    hours.write(tmp_path / "t.fits")
    entry, text, lines = new(tmp_path / "p", tmp_path / "t.fits")
    assert entry["positions"] == "none" and "no positions" in lines
    assert "(ra: h, where degrees are needed)" in " ".join(text.replace("\n#", " ").split())
    release = load_portal(tmp_path / "p").releases[0]
    assert open_input(release.catalogues[0], release, tmp_path).roles.ra is None


def test_what_cannot_be_settled_in_release_toml_is_said(tmp_path: Path) -> None:
    table(dec=np.linspace(-80, 100, N)).write(tmp_path / "t.fits")
    _, _, lines = new(tmp_path / "p", tmp_path / "t.fits")
    (line,) = (line for line in lines.splitlines() if line.startswith("before the first build: "))
    assert "dec outside of -90 to 90" in line


def test_messages_name_the_file_that_is_read(tmp_path: Path) -> None:
    """`..` after a symbolic link leads elsewhere than the letters say."""
    (tmp_path / "home" / "releases" / "r").mkdir(parents=True)
    (tmp_path / "far" / "releases").mkdir(parents=True)
    (tmp_path / "far" / "releases" / "r").symlink_to(tmp_path / "home" / "releases" / "r")
    for place in ("home", "far"):
        (tmp_path / place / "t.csv").write_text("id\n1\n")
    spec = CatalogueSource(name="t", source="../../t.csv")
    release = Release(name="R", published="2026")
    release.file = tmp_path / "home" / "releases" / "r" / "release.toml"
    assert source_files(spec, release) == [tmp_path / "home" / "t.csv"]
    pattern = CatalogueSource(name="t", source="../../*.csv")
    assert source_files(pattern, release) == [tmp_path / "home" / "t.csv"]
    release.file = tmp_path / "far" / "releases" / "r" / "release.toml"
    (found,) = source_files(spec, release)
    assert found.samefile(tmp_path / "home" / "t.csv")


def test_a_source_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "t.fits").write_bytes(b"SIMPLE nothing")
    (tmp_path / "p").mkdir()
    with pytest.raises(Exception, match="fits"):
        new(tmp_path / "p", tmp_path / "t.fits")
    assert list((tmp_path / "p").iterdir()) == []


def test_names_cannot_leave_a_comment(tmp_path: Path) -> None:
    odd = np.where(np.arange(N) < 1, -9999, 5)
    Table({"id": np.arange(N), "ra": np.ones(N), "dec": np.ones(N), 'a\nroles = {}"': odd}).write(
        tmp_path / "t.parquet"
    )
    entry, _, _ = new(tmp_path / "p", tmp_path / "t.parquet")
    assert list(entry) == ["name", "source", "schema", "missing"]
    assert entry["missing"] == {'a\nroles = {}"': [-9999]}
    assert sound(tmp_path / "p") == []


def test_a_release_of_one_row_reads_so(tmp_path: Path) -> None:
    """One row, file, plate and night: no page has one of several."""
    (tmp_path / "one.csv").write_text(
        "obsid,ra,dec,class,snrg,lmjd,planid\n7,10.5,20.25,STAR,31.5,59000,P1\n"
    )
    new(tmp_path / "survey", tmp_path / "one.csv")
    site = build(tmp_path / "survey", tmp_path / "site", [], Report()).site
    several = r"rows|columns|spectra|nights|plates|names|values|releases|documents|objects|targets|files"
    pages = sorted(site.rglob("*.html"))
    assert pages
    for page in pages:
        text = re.sub(r"<script.*?</script>", " ", page.read_text(encoding="utf-8"), flags=re.S)
        text = html.unescape(re.sub(r"<[^>]+>", "|", text))
        assert not re.search(rf"(?<![\d.,|–-])\b1 (?:{several})\b", text), page
    home = (site / "dr1/index.html").read_text(encoding="utf-8")
    statistics = (site / "dr1/statistics.html").read_text(encoding="utf-8")
    assert "Counted from the only row of this catalogue." in statistics
    for word in ("catalogue row", "plate", "night"):
        assert re.search(rf">\s*{word}\s*<", home), word
    assert "由本星表的 1 条记录统计得出" in (site / "dr1/zh/statistics.html").read_text(encoding="utf-8")
