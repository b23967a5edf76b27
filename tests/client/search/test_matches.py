"""Searches that match their rows with a catalogue of this release or another, as astropy and STILTS do."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord, search_around_sky
from astropy.table import Table, hstack

from ... import commands
from ...browser import Browser
from ...conftest import RELEASE, free_port, once, serving
from ...planted import planted, together
from ...ways import few
from ..results.test_elsewhere import page_rows, taken
from .test_search_pages import FOUND, STATUS, follow, search

pytestmark = pytest.mark.browser

RADIUS = 3.0
STARS = """
[[catalogues]]
name = "stars"
source = "stars.fits"
"""
MORE = """
[[catalogues]]
name = "field"
source = "field.fits"
missing = { flux = [3.0] }

[[catalogues]]
name = "patch"
source = "patch.fits"

[[catalogues]]
name = "plain"
source = "plain.csv"
positions = "none"
"""


def tables() -> tuple[Table, Table, Table]:
    """Two tables of positions, with repeats, and the first of them a little moved."""
    a, b = planted(RADIUS, 4, 15)
    b = together(b, b[:40])
    stars = Table({"star": np.arange(len(a)) + 2**53, "ra": a.ra.deg, "dec": a.dec.deg})
    stars["mag"] = np.arange(len(a)) % 17 + 0.25
    field = Table({"source": np.arange(len(b)), "ra": b.ra.deg, "dec": b.dec.deg})
    field["flux"] = np.arange(len(b)) * 1.5
    moved = stars.copy()
    moved["dec"] = np.clip(moved["dec"] + 0.0002, -90, 90)
    return stars, field, moved


def patch() -> Table:
    """Rows in a small part of the sky, within a pixel of order 3."""
    rng = np.random.default_rng(6)
    count = 150
    ra, dec = 101.2 + rng.uniform(-1, 1, count), 35.7 + rng.uniform(-1, 1, count)
    return Table({"n": np.arange(count), "ra": ra, "dec": dec})


def make(folder: Path) -> Path:
    """The site of two releases: the first has two catalogues, and the second one of them a little moved."""
    stars, field, moved = tables()
    ports = [free_port() for _ in range(2)]
    (folder / "ports.json").write_text(json.dumps(ports))
    sites = [f"http://127.0.0.1:{port}" for port in ports]
    head = 'name = "TEST"\ntitle = "Test"\nlanguages = ["en", "zh"]\n'
    (folder / "portal.toml").write_text(f"{head}[match]\nsites = {json.dumps(sites)}\n")
    for version, table, more in (("v1", stars, MORE), ("v2", moved, "")):
        release = folder / "releases" / "test" / version
        release.mkdir(parents=True)
        table.write(release / "stars.fits")
        field.write(release / "field.fits")
        patch().write(release / "patch.fits")
        (release / "plain.csv").write_text("n\n1\n2\n")
        (release / "release.toml").write_text(RELEASE.format(version=version) + STARS + more)
    commands.drportal("build", "--portal", folder, check=True)
    return folder / "build" / "site"


@pytest.fixture(scope="session")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "beside", make)


@pytest.fixture(scope="module", params=["serve", "file"])
def base(request: pytest.FixtureRequest, beside: Path) -> Iterator[str]:
    """The address of the first release."""
    if request.param == "file":
        yield (beside / "test" / "v1").as_uri() + "/"
        return
    with serving(beside) as address:
        yield f"{address}test/v1/"


def judged(judge: str, a: Table, b: Table, find: str, folder: Path) -> Table:
    """What astropy finds, or STILTS, with the names that STILTS gives to columns."""
    if judge == "astropy":
        one, other = (SkyCoord(table["ra"], table["dec"], unit="deg") for table in (a, b))
        first, second, apart, _ = search_around_sky(one, other, RADIUS * u.arcsec)
        if find == "best1":
            nearest, apart, _ = one.match_to_catalog_sky(other)
            (first,) = np.nonzero(apart.arcsec <= RADIUS)
            second, apart = nearest[first], apart[first]
        own, its = a[first], b[second]
        for name in set(own.colnames) & set(its.colnames):
            own.rename_column(name, f"{name}_1")
            its.rename_column(name, f"{name}_2")
        return hstack([own, its, Table({"Separation": apart.arcsec})])
    a.write(folder / "a.fits", overwrite=True)
    b.write(folder / "b.fits", overwrite=True)
    subprocess.run(
        [
            *("stilts", "tskymatch2", "in1=a.fits", "in2=b.fits", "ra1=ra", "dec1=dec", "ra2=ra", "dec2=dec"),
            *(f"error={RADIUS}", f"find={find}", "out=out.fits"),
        ],
        cwd=folder,
        check=True,
        env=os.environ | {"JAVA_OPTS": "-Xmx256m"},
    )
    return Table.read(folder / "out.fits")


@pytest.mark.parametrize("judge", few(["astropy", "stilts"], "astropy"))
def test_matches_are_those_of_others(
    browser: Browser, base: str, beside: Path, tmp_path: Path, judge: str
) -> None:
    stars, field, moved = tables()
    asked = {"catalogue": "stars", "match_with": "field", "match_radius": str(RADIUS)}
    columns = {"columns": "star,mag", "match_columns": "source,flux"}
    every = judged(judge, stars, field, "all", tmp_path)
    assert search(browser, base, **asked, **columns) == len(every) > len(stars) / 2
    rows = page_rows(browser)
    assert list(rows[0]) == ["star", "mag", "field_separation", "field_source", "field_flux"]
    found = {(int(row["star"]), int(row["field_source"])): row for row in rows}
    assert len(found) == len(rows)
    assert set(found) == {(int(star), int(source)) for star, source in every.iterrows("star", "source")}
    for star, source, apart in every.iterrows("star", "source", "Separation"):
        row = found[int(star), int(source)]
        assert abs(float(row["field_separation"]) - apart) < 1e-6
        assert row["field_flux"] == ("" if source == 2 else reported(source * 1.5))
    # The statement that the page copies finds the same in the files of the release.
    browser.evaluate("document.getElementById('query-as').click()")
    text = taken(browser, "sql")
    database = duckdb.connect()
    database.execute(f"SET file_search_path = '{beside / 'test' / 'v1'}'")
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if "in the release's folder" in line)
    made = [line.removeprefix("--   ") for line in lines[first + 1 :] if line.startswith("--   ")]
    for statement in made:
        database.execute(statement)
    again = database.execute("\n".join(one for one in lines if not one.startswith("--"))).fetchall()
    assert {(row[0], row[3]) for row in again} == set(found)
    # With conditions, and the nearest only, of another release; its columns have the name of that release.
    bright = {"mag": "..8", "match": "nearest", "match_with": "test/v2:stars", "match_columns": "star"}
    near = judged(judge, stars[stars["mag"] <= 8], moved, "best1", tmp_path)
    assert search(browser, base, **asked | bright, columns="star") == len(near)
    rows = page_rows(browser)
    assert list(rows[0]) == ["star", "test_v2_separation", "test_v2_star"]
    best = {int(row["star"]): float(row["test_v2_separation"]) for row in rows}
    assert set(best) == set(near["star_1"].tolist())
    assert all(abs(best[int(star)] - apart) < 1e-6 for star, apart in near.iterrows("star_1", "Separation"))


PICK = """(() => {
  const form = document.querySelector("form[data-catalogue=stars]");
  const data = new DataTransfer();
  data.items.add(new File([atob(%s)], %s));
  const input = form.querySelector('[data-match="file"]');
  input.files = data.files;
  input.dispatchEvent(new Event("change"));
  form.querySelector('[data-part="region"][value="match"]').checked = true;
  form.querySelector('[data-match="radius"]').value = "3";
  document.querySelector("main [role=status]").textContent = "";
  form.requestSubmit();
})()"""


def test_a_picked_file_is_matched(browser: Browser, base: str) -> None:
    """In degrees, sexagesimal and galactic coordinates, with a row that has no position."""
    stars, field, _ = tables()
    places = SkyCoord(field["ra"], field["dec"], unit="deg")
    pairs = search_around_sky(SkyCoord(stars["ra"], stars["dec"], unit="deg"), places, RADIUS * u.arcsec)
    expected = {(int(stars["star"][i]), int(j)) for i, j in zip(*pairs[:2], strict=True)}
    text = places.to_string("hmsdms", sep=":", precision=7)
    galactic = places.galactic
    forms = {
        "plain.csv": [
            "n,ra,dec",
            *(f"{i},{float(p.ra.deg)!r},{float(p.dec.deg)!r}" for i, p in enumerate(places)),
            "-1,,",
        ],
        "hours.csv": ["n,ra,dec", *(f"{i},{','.join(one.split())}" for i, one in enumerate(text))],
        "gal.csv": ["n,l,b", *(f"{i},{float(p.l.deg)!r},{float(p.b.deg)!r}" for i, p in enumerate(galactic))],
    }
    follow(browser, base, "search.html", {"catalogue": "stars"})
    for name, lines in forms.items():
        data = base64.b64encode("\n".join(lines).encode()).decode()
        browser.evaluate(PICK % (json.dumps(data), json.dumps(name)))
        status = browser.wait(f"/ rows? in |^Nothing|failed/.test({STATUS}) && {STATUS}")
        assert FOUND.match(status), status
        stem = name.partition(".")[0]
        found = {(int(row["star"]), int(row[f"{stem}_n"])) for row in page_rows(browser)}
        # Rounded texts move pairs at the border of the circle.
        assert len(found ^ expected) <= (0 if name == "plain.csv" else 3), name
    browser.evaluate(PICK % (json.dumps(base64.b64encode(b"n,m\n1,2\n").decode()), '"none.csv"'))
    status = browser.wait(f"/ rows? in |^Nothing|failed/.test({STATUS}) && {STATUS}")
    assert "No column of none.csv has positions" in status
    assert "match_with=file:none.csv" in browser.address


def reported(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


@pytest.mark.parametrize("page", ["search.html"])
def test_matches_that_cannot_be_say_why(browser: Browser, base: str, page: str) -> None:
    for query, message in (
        ({"match_with": "nothing"}, "no catalogue “nothing”"),
        ({"match_with": "field", "match_radius": "5000"}, "at most 1 degree"),
        ({"match_with": "field", "match_columns": "nothing"}, "no column “nothing”"),
        ({"match_with": "test/v3:stars"}, "no catalogue “test/v3:stars”"),
        ({"match_with": "plain"}, "no catalogue “plain”"),
    ):
        follow(browser, base, page, {"catalogue": "stars", **query})
        browser.wait(f"/^Nothing|failed/.test({STATUS})")
        said = browser.evaluate("document.querySelector('main').innerText")
        assert said.count(message) == 1, (query, said)
