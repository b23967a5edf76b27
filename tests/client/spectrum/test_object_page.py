"""The page with everything a release has of an object."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from astropy.io import fits

from ...browser import Browser
from ...conftest import SHARED
from ...spectral_portal import Spectral
from ..pages.test_every_page import serious

pytestmark = pytest.mark.browser
IDS = "[...document.querySelectorAll('#spectra-list tr')].map((line) => line.dataset.id)"
CURVES = "[...document.querySelectorAll('.object-stage')].map((stage) => Number(stage.dataset.curves))"


@pytest.fixture(scope="module")
def epochs(spectral: Spectral) -> list[fits.Header]:
    """Headers of the spectra of the target observed most often, by date."""
    headers = [fits.getheader(file, 0) for file in spectral.files["mrs"]]
    places = SkyCoord([h["RA"] for h in headers], [h["DEC"] for h in headers], unit="deg")
    near = [
        [h for h, a in zip(headers, p.separation(places), strict=True) if a < 3 * units.arcsec]
        for p in places
    ]
    return sorted(max(near, key=len), key=lambda h: (h["MJD"], h["OBSID"]))


def status(browser: Browser, begins: str = "Spectra:") -> str:
    text = "document.getElementById('status').textContent"
    return str(browser.wait(f"{text}.startsWith({json.dumps(begins)}) && {text}"))


def follow(browser: Browser, address: str, begins: str = "Spectra:") -> str:
    browser.goto("about:blank")
    browser.goto(address)
    return status(browser, begins)


def test_all_observations_of_one_target(
    watched: Browser, spectral: Spectral, spectral_base: str, epochs: list[fits.Header]
) -> None:
    ids = [str(h["OBSID"]) for h in epochs]
    arms = sum(2 if h.get("NAXIS") == 0 else 1 for h in epochs)
    assert len(ids) > 1
    if SHARED.is_dir():
        assert (
            len(ids) == 8 and len({h["DESIG"] for h in epochs}) == 3
        )  # seven epochs, and one of low resolution
    page = spectral_base + "object.html"
    first = epochs[0]
    name = first["DESIG"].removeprefix("LAMOST").strip()
    watched.open(f"{page}?designation={name}")
    said = status(watched)
    assert re.match(rf"Spectra: {len(ids)} · rows: (\d+) · catalogues: .*mrs", said)
    assert watched.evaluate(IDS) == ids
    lines = watched.evaluate("[...document.querySelectorAll('#spectra-list tr')].map((l) => l.innerText)")
    for line, header in zip(lines, epochs, strict=True):
        assert str(header["OBSID"]) in line and header["DATE-OBS"][:10] in line
        snr = [header[f"SNR{band}"] for band in "GRI" if f"SNR{band}" in header]
        assert all(f"{value:.0f}" in line for value in snr if value >= 10)
    hrefs = watched.evaluate(
        "[...document.querySelectorAll('#spectra-list a')].map((a) => a.getAttribute('href'))"
    )
    assert all(f"spectrum.html?obsid={i}" in href for i, href in zip(ids, hrefs, strict=True))
    assert sum(watched.evaluate(CURVES)) == arms
    drawn = """[...document.querySelectorAll('.object-stage canvas')].every((canvas) => {
      if (!canvas.width || !canvas.height) return false;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value); })"""
    assert watched.wait(drawn)
    # What is shown can be chosen.
    watched.click("#spectra-list tr:first-child input")
    fewer = arms - (2 if first["NAXIS"] == 0 else 1)
    watched.wait(f"{CURVES}.reduce((sum, n) => sum + n, 0) === {fewer}")
    watched.click('[data-plot="apart"]')
    watched.wait("document.querySelector('[data-plot=apart]').checked")
    # Its rows, with the values of the headers.
    table = "document.querySelector('[data-catalogue=mrs] .object-values').tBodies[0]"
    cells = "[...r.cells].slice(0, 2).map((cell) => cell.innerText)"
    values = watched.evaluate(f"Object.fromEntries([...{table}.rows].map((r) => {cells}))")
    found = next(h for h in epochs if str(h["OBSID"]) == values["obsid"])
    assert float(values["ra"]) == found["RA"] and float(values["dec"]) == found["DEC"]
    assert values["designation"] == found["DESIG"].removeprefix("LAMOST").strip()
    assert watched.evaluate("document.querySelectorAll('#object-map .sky-place').length") == 1
    links = watched.evaluate("[...document.querySelectorAll('#object-links a')].map((a) => a.href)")
    assert any("simbad" in link for link in links)
    # By position, and by the id of one observation, it is the same.
    place = f"{first['RA']},{first['DEC']}"
    assert follow(watched, f"{page}?position={place}&radius=2.5").split(" · ")[0] == said.split(" · ")[0]
    assert watched.evaluate(IDS) == ids
    assert follow(watched, f"{page}?obsid={ids[-1]}&set=mrs") == said
    loaded = "performance.getEntriesByType('resource').map(({ name }) => name)"
    assert not any("duckdb" in address for address in watched.evaluate(loaded))


def test_asked_by_form_and_asked_wrongly(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    page = spectral_base + "object.html"
    watched.open(page)
    status(watched, "Give an identifier")
    # A spectrum of a set without a catalogue.
    header = fits.getheader(spectral.files["dr10"][0], 0)
    watched.evaluate("document.querySelector('[name=by]').value = 'obsid'")
    watched.fill("[name=value]", str(header["OBSID"]))
    watched.press("Enter")
    status(watched)
    assert str(header["OBSID"]) in watched.evaluate(IDS)
    assert f"object.html?obsid={header['OBSID']}" in watched.address
    said = follow(watched, f"{page}?obsid=9223372036854775807", "This release has no data")
    assert "9223372036854775807" in said
    hostile = "<img src=x onerror=alert(1)>"
    assert hostile in follow(watched, f"{page}?designation={quote(hostile)}", "This release has no data")
    assert watched.evaluate("document.querySelectorAll('main img').length") == 0
    follow(watched, f"{page}?position=somewhere", "“somewhere” is neither a position nor a name")
    follow(watched, f"{page}?position=1,2&radius=0", "The radius")
    follow(watched, f"{page}?nothing=1", "Objects are not found by nothing")
    follow(watched, f"{page}?position=0,89.99", "Nothing lies within 3″")
    follow(watched, f"{page}?obsid=%E0%A4%A", "This release has no data")


@pytest.mark.slow
def test_from_one_object_to_the_next(
    watched: Browser, spectral: Spectral, spectral_base: str, epochs: list[fits.Header]
) -> None:
    page = spectral_base + "object.html"
    own = [str(h["OBSID"]) for h in epochs]
    others = [str(fits.getheader(f, 0)["OBSID"]) for f in spectral.files["mrs"]]
    others = [i for i in others if i not in own][:2]
    back = quote("search.html?catalogue=mrs")
    ids = ",".join([others[0], *own, others[-1]])
    watched.open(f"{page}?obsid={own[0]}&set=mrs&list=mrs:{ids}&back={back}")
    status(watched)
    assert watched.evaluate("document.getElementById('object-at').textContent") == f"2 / {len(own) + 2}"
    assert watched.evaluate("document.getElementById('object-back').href").endswith(
        "search.html?catalogue=mrs"
    )
    watched.press("n")  # the other epochs are of the same object
    watched.wait(f"location.search.includes('obsid={others[-1]}&set=mrs')")
    status(watched)
    watched.wait(f"{IDS}.includes('{others[-1]}')")


@pytest.mark.slow
def test_it_is_accessible_and_fits(chromium: Browser, spectral: Spectral, epochs: list[fits.Header]) -> None:
    browser = chromium
    place = f"position={epochs[0]['RA']},{epochs[0]['DEC']}"
    for width, dark, language in ((390, True, "zh/"), (1280, False, "")):
        browser.open(f"{spectral.release.as_uri()}/{language}object.html?{place}", width=width, dark=dark)
        browser.wait("document.querySelectorAll('#spectra-list tr').length")
        assert serious(browser) == []
        assert browser.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        assert browser.complaints == []
