"""What lies around an object, and what matched catalogues know of it: against astropy on the sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from ... import commands
from ...browser import Browser
from ...conftest import serving
from ..pages.test_every_page import serious

pytestmark = pytest.mark.browser
ROWS, OBJECT = 4000, 1234
FIRST = 2**60
RELEASE = """
name = "T"
version = "v1"
published = "2026-01"

[[catalogues]]
name = "stars"
source = "stars.vot"
roles = { id = "n" }
index = ["n"]
missing = { rv = [-9999] }

[[crossmatch]]
name = "deep"
catalogue = "stars"
source = "deep.vot"
roles = { ra = "RA", dec = "DE" }
radius = 2.0
columns = ["source_id", "RA", "DE", "mag"]

[crossmatch.title]
en = "Deep <survey>"
zh = "深场巡天"

[[crossmatch]]
name = "radio"
catalogue = "stars"
source = "deep.vot"
roles = { ra = "RA", dec = "DE" }
radius = 1.0
columns = ["mag"]
"""


def tables() -> tuple[Table, Table]:
    """Stars in a square degree, every third at a place of its own, and objects near two thirds of them."""
    chance = np.random.default_rng(11)
    ra, dec = (
        120 + chance.uniform(-0.5, 0.5, ROWS) / np.cos(np.radians(50)),
        50 + chance.uniform(-0.5, 0.5, ROWS),
    )
    stars = Table({"n": np.arange(ROWS) + FIRST, "ra": ra * u.deg, "dec": dec * u.deg})
    for axis in ("ra", "dec"):
        stars[f"pm{axis}"] = np.round(chance.normal(0, 50, ROWS), 3) * u.mas / u.yr
        stars[f"pm{axis}"].meta["ucd"] = f"pos.pm;pos.eq.{axis}"
    stars["mjd"] = 58000 + np.arange(ROWS) * 37 % 900
    stars["rv"] = np.where(np.arange(ROWS) % 7 == 0, -9999, np.round(np.arange(ROWS) * 0.37 % 90 - 45, 2))
    stars["rv_err"] = np.round(0.5 + np.arange(ROWS) % 11 / 10, 1)
    stars["rv"].unit = stars["rv_err"].unit = u.km / u.s
    near = SkyCoord(ra, dec, unit="deg").directional_offset_by(
        chance.uniform(0, 2 * np.pi, ROWS) * u.rad, chance.uniform(0, 3, ROWS) * u.arcsec
    )
    deep = Table({"source_id": np.arange(ROWS) + 2**62, "RA": near.ra, "DE": near.dec})
    deep["mag"] = np.round(chance.uniform(12, 20, ROWS), 2) * u.mag
    deep["mag"].meta["ucd"] = "phot.mag;em.opt.V"
    return stars, deep


def build(portal: Path) -> Path:
    folder = portal / "releases" / "t" / "v1"
    folder.mkdir(parents=True)
    (portal / "portal.toml").write_text(
        'name = "T"\ntitle = "T"\nlanguages = ["en", "zh"]\ncontact = "a@b.example"\n'
    )
    stars, deep = tables()
    stars.write(folder / "stars.vot", format="votable")
    deep.write(folder / "deep.vot", format="votable")
    (folder / "release.toml").write_text(RELEASE, encoding="utf-8")
    commands.drportal("build", "--portal", portal, check=True)
    return portal / "build" / "site" / "t" / "v1"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("around") / "portal")


@pytest.fixture(scope="module", params=["serve", "file"])
def address(request: pytest.FixtureRequest, release: Path) -> Iterator[str]:
    if request.param == "file":
        yield release.as_uri() + "/"
        return
    with serving(release) as served:
        yield served


LINES = """[...document.querySelectorAll('[data-finder=table] tbody tr')].map((line) =>
  [...line.cells].map((cell) => cell.innerText.trim()))"""


def lines(browser: Browser, radius: str) -> list[list[str]]:
    note = "document.querySelector('[data-finder=note]').textContent"
    browser.wait(f"{note}.includes('places within {radius}') && {note}")
    found: list[list[str]] = browser.evaluate(LINES)
    return found


def expected(radius: float) -> list[tuple[str, float, float | None]]:
    """Catalogue, separation and position angle of everything within a radius, the nearest first."""
    stars, deep = tables()
    own, there = SkyCoord(stars["ra"], stars["dec"]), SkyCoord(deep["RA"], deep["DE"])
    centre = own[OBJECT]
    nearest, apart, _ = own.match_to_catalog_sky(there)
    found: dict[tuple[str, float], tuple[str, float, float | None]] = {}
    for row in np.flatnonzero(centre.separation(own).arcsec <= radius):
        found["stars", row] = ("stars", *seen(centre, own[row]))
        if apart[row].arcsec <= 2:
            found["deep", nearest[row]] = ("deep", *seen(centre, there[nearest[row]]))
        if apart[row].arcsec <= 1:
            found["radio", row] = ("radio", float(apart[row].arcsec), None)
    return sorted(found.values(), key=lambda one: one[1])


def seen(centre: Any, place: Any) -> tuple[float, float | None]:
    apart = float(centre.separation(place).arcsec)
    return apart, float(centre.position_angle(place).deg) if apart > 1e-3 else None


def test_neighbours_are_those_of_astropy(watched: Browser, address: str) -> None:
    watched.open(f"{address}object.html?n={FIRST + OBJECT}&around=300")
    found, wanted = lines(watched, "5′"), expected(300)
    assert len(found) == len(wanted) > 40
    for (name, _, apart, angle, *_), (catalogue, separation, position_angle) in zip(
        sorted(found, key=lambda one: (float(one[2]), one[0])),
        sorted(wanted, key=lambda one: (round(one[1], 3), one[0])),
        strict=True,
    ):
        assert name == catalogue
        assert float(apart) == pytest.approx(separation, abs=6e-4)
        assert (angle == "–") == (position_angle is None)
        if position_angle is not None:
            off = abs(float(angle) - position_angle)
            assert min(off, 360 - off) <= 0.06
    drawn = "[...document.querySelectorAll('[data-finder=chart] {}')].length"
    marks = watched.evaluate(drawn.format(".finder-mark"))
    rings = watched.evaluate(drawn.format(".finder-ring"))
    assert rings == sum(name == "radio" for name, *_ in wanted)
    inside = [one for one in wanted if one[0] != "radio"]
    assert len(inside) - 2 <= marks <= len(inside)  # an object of a row inside may lie outside
    assert watched.evaluate(drawn.format(".finder-arrow")) > 0
    # Another field by keyboard; the address has it.
    watched.evaluate("document.querySelector('[name=around]:checked').focus()")
    watched.press("ArrowUp")
    assert len(lines(watched, "1′")) == len(expected(60))
    assert "around=60" in watched.address and f"n={FIRST + OBJECT}" in watched.address
    loaded = "performance.getEntriesByType('resource').map(({ name }) => name)"
    assert not any("duckdb" in name for name in watched.evaluate(loaded))
    assert serious(watched) == []


def test_matched_values_are_those_of_the_source(watched: Browser, address: str) -> None:
    stars, deep = tables()
    own, there = SkyCoord(stars["ra"], stars["dec"]), SkyCoord(deep["RA"], deep["DE"])
    nearest, apart, _ = own.match_to_catalog_sky(there)
    row = int(np.flatnonzero((apart.arcsec < 1) & (apart.arcsec > 0.5))[3])
    watched.open(f"{address}object.html?n={FIRST + row}")
    watched.wait("!document.getElementById('object-matched').hidden")
    text = watched.evaluate("document.querySelector('[data-match=deep]').innerText")
    assert "Deep <survey>" in text
    assert f"{apart[row].arcsec:.3f}″" in text
    assert str(int(deep["source_id"][nearest[row]])) in text
    assert f"{deep['mag'][nearest[row]]:g}" in text
    link = "document.querySelector('[data-match=deep] h3 a').getAttribute('href')"
    assert watched.evaluate(link) == "matched.html#deep"


def test_an_object_without_a_match_says_nothing_of_it(watched: Browser, address: str) -> None:
    stars, deep = tables()
    _, apart, _ = SkyCoord(stars["ra"], stars["dec"]).match_to_catalog_sky(SkyCoord(deep["RA"], deep["DE"]))
    row = int(np.flatnonzero(apart.arcsec > 2)[0])
    watched.open(f"{address}object.html?n={FIRST + row}&around=30")
    watched.wait("!!document.querySelector('[data-finder=table] tbody tr')")
    assert watched.evaluate("document.getElementById('object-matched').hidden")


NOTE = "document.querySelector('[data-series=note]').textContent"


def test_a_column_against_the_date_is_that_of_the_source(watched: Browser, address: str) -> None:
    stars, _ = tables()
    places = SkyCoord(stars["ra"], stars["dec"])
    # All rows around as one object: more than the table of observations lists.
    watched.open(f"{address}object.html?n={FIRST + OBJECT}&radius=300")
    watched.wait("!document.getElementById('object-series').hidden")
    near = np.flatnonzero(places[OBJECT].separation(places).arcsec <= 300)
    own = stars[near]
    dated = own[own["rv"] != -9999]
    assert len(near) > 60 and len(dated) < len(near)
    assert watched.evaluate("document.querySelectorAll('#observations > tbody > tr').length") == 60
    said = watched.evaluate(NOTE)
    assert f"{len(set(dated['mjd']))} epochs within {np.ptp(dated['mjd'])} days" in said
    assert f"mean {np.mean(dated['rv']):.6g}".replace("-", "−") in said
    assert f"standard deviation {np.std(dated['rv'], ddof=1):.6g}" in said
    assert "Errors are those of rv_err." in said
    assert f"Rows without a value or a date: {len(near) - len(dated)}." in said
    rows = "[...document.querySelectorAll('[data-series=values] tr')]"
    lines = f"{rows}.map((line) => [...line.cells].map((cell) => cell.innerText))"
    watched.evaluate("document.querySelector('#object-series details').open = true")
    found = sorted((int(mjd), float(rv), float(error)) for _, mjd, rv, error, *_ in watched.evaluate(lines))
    assert found == sorted((int(r["mjd"]), float(r["rv"]), float(r["rv_err"])) for r in dated)
    bars = "document.querySelectorAll('[data-series=chart] .series-error').length"
    assert watched.evaluate(bars) == len(dated)
    # Another column; the address has it, and one epoch is not drawn.
    field = "document.querySelector('[data-series=column]')"
    watched.evaluate(
        f"{field}.selectedIndex = [...{field}.options].findIndex((o) => o.text.startsWith('pmra '));"
        f"{field}.dispatchEvent(new Event('change'))"
    )
    assert f"mean {np.mean(own['pmra']):.6g}".replace("-", "−") in watched.evaluate(NOTE)
    assert "No column has its errors." in watched.evaluate(NOTE)
    assert "against=pmra" in watched.address
    row = next(k for k in range(1, ROWS) if k % 7)
    watched.goto(f"{address}object.html?n={FIRST + row}&radius=0.01&against=rv")
    watched.wait(f"{NOTE}.startsWith('One epoch only')")
    assert f"rv = {stars['rv'][row]:g} ± {stars['rv_err'][row]:g} km / s".replace(
        "-", "−"
    ) in watched.evaluate(NOTE)
    assert watched.evaluate("document.querySelector('[data-series=figure]').hidden")
    assert serious(watched) == []
