"""The page with everything a release has of an object."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from astropy.io import ascii as ascii_tables
from astropy.io import fits
from astropy.table import Table

from ...browser import Browser
from ...conftest import SHARED
from ...spectral_portal import Spectral
from ..pages.test_every_page import serious
from ..results.test_downloads import KEEP

pytestmark = pytest.mark.browser
LINES = "[...document.querySelectorAll('#observations tr[data-spectrum]')]"
IDS = f"{LINES}.map((line) => line.dataset.id)"
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
    lines = watched.evaluate(f"{LINES}.map((line) => line.innerText)")
    for line, header in zip(lines, epochs, strict=True):
        assert str(header["OBSID"]) in line and header["DATE-OBS"][:10] in line
        snr = [header[f"SNR{band}"] for band in "GRI" if f"SNR{band}" in header]
        assert all(f"{value:.0f}" in line for value in snr if value >= 10)
    hrefs = watched.evaluate(f"{LINES}.map((line) => line.querySelector('th a').getAttribute('href'))")
    assert all(f"spectrum.html?obsid={i}" in href for i, href in zip(ids, hrefs, strict=True))
    assert sum(watched.evaluate(CURVES)) == arms
    drawn = """[...document.querySelectorAll('.object-stage canvas')].every((canvas) => {
      if (!canvas.width || !canvas.height) return false;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value); })"""
    assert watched.wait(drawn)
    # What is shown can be chosen.
    watched.click("#observations tr:first-child input")
    fewer = arms - (2 if first["NAXIS"] == 0 else 1)
    watched.wait(f"{CURVES}.reduce((sum, n) => sum + n, 0) === {fewer}")
    watched.click('[data-plot="apart"]')
    watched.wait("document.querySelector('[data-plot=apart]').checked")
    # Its rows, with the values of the headers.
    watched.click("#observations tr[data-catalogue=mrs] .observation-values")
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


Samples = dict[str, np.ndarray]


def samples(file: Path, arm: str) -> Samples:
    """The sum of an arm as it is in the file; pixels without weight have no value."""
    with fits.open(file) as hdus:
        data = hdus[f"COADD_{arm}"].data
    flux, ivar = (np.asarray(data[name], float) for name in ("FLUX", "IVAR"))
    good = (ivar > 0) & np.isfinite(ivar) & np.isfinite(flux)
    return {
        "x": 10 ** np.asarray(data["LOGLAM"], float),
        "y": np.where(good, flux, np.nan),
        "v": 1 / np.where(good, ivar, np.nan),
        "m": np.asarray(data["ORMASK"], np.int64),
    }


def borders(x: np.ndarray) -> np.ndarray:
    inner = (x[1:] + x[:-1]) / 2
    return np.concatenate([[2 * x[0] - inner[0]], inner, [2 * x[-1] - inner[-1]]])


def resampled(one: Samples, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Flux, variance and mask on another grid: of the few pixels that each new one overlaps."""
    new, old = borders(x), borders(one["x"])
    at = np.searchsorted(old[1:], new[:-1])[:, None] + np.arange(5)
    at = np.minimum(at, one["x"].size - 1)
    share = np.minimum(new[1:, None], old[at + 1]) - np.maximum(new[:-1, None], old[at])
    share = np.where(share < 0.01 * np.minimum(np.diff(new)[:, None], old[at + 1] - old[at]), 0, share)
    share[:, 1:][at[:, 1:] == at[:, :-1]] = 0
    covered = share.sum(1)
    flux, variance = (np.where(share > 0, one[name][at], 0) for name in "yv")
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (share * flux).sum(1) / covered
        spread = (share**2 * variance).sum(1) / covered**2
    gone = covered < 0.975 * np.diff(new)
    bits = np.bitwise_or.reduce(np.where(share > 0, one["m"][at], 0), axis=1)
    return np.where(gone, np.nan, mean), np.where(gone, np.nan, spread), bits


def kept(browser: Browser, what: str) -> dict[str, Table]:
    """The curves that the page computes, as it saves them, by arm."""
    choose = "const s = document.querySelector('[data-plot=what]')"
    browser.evaluate(f"(() => {{ {choose}; s.value = '{what}'; s.dispatchEvent(new Event('change')) }})()")
    browser.evaluate(KEEP)
    browser.click("[data-plot=save]")
    browser.wait("handedOut.length === 1")
    text = base64.b64decode(browser.evaluate("handedOut[0]").partition(",")[2]).decode()
    table = ascii_tables.read(text, format="csv", comment="#", fill_values=[("", "nan")])
    return {str(arm): table[table["arm"] == arm] for arm in set(table["arm"])}


def same(column: Any, wanted: np.ndarray) -> None:
    found = np.ma.filled(np.ma.asarray(column, dtype=float), np.nan)
    assert np.isfinite(found).mean() > 0.5
    np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=1e-9, equal_nan=True)


def test_difference_ratio_and_sum_are_those_of_numpy(
    watched: Browser, spectral: Spectral, spectral_base: str, epochs: list[fits.Header]
) -> None:
    files = {str(fits.getheader(file, 0)["OBSID"]): file for file in spectral.files["mrs"]}
    ids = [str(h["OBSID"]) for h in epochs if h["NAXIS"] == 0 and "COADD_B" in names(files[str(h["OBSID"])])]
    watched.open(f"{spectral_base}object.html?obsid={ids[0]}&set=mrs")
    status(watched)
    watched.click('[data-plot="scaled"]')
    last, first = ids[-1], ids[0]
    for name, ident in (("first", last), ("second", first)):
        field = f"document.querySelector('[data-plot={name}]')"
        option = f"[...{field}.options].findIndex((one) => one.text.endsWith('{ident}'))"
        watched.evaluate(f"{field}.selectedIndex = {option}")
    for arm, table in kept(watched, "difference").items():
        a, b = samples(files[last], arm), samples(files[first], arm)
        x = np.asarray(table["wavelength"])
        (fa, va, ma), (fb, vb, mb) = resampled(a, x), resampled(b, x)
        same(table["difference"], fa - fb)
        same(table["error"], np.sqrt(va + vb))
        assert np.array_equal(np.asarray(table["or_mask"], np.int64), ma | mb)
    said = "document.querySelector('[data-plot=about]').textContent"
    if SHARED.is_dir():
        assert "On the coarser grid (" in watched.evaluate(said)
    for arm, table in kept(watched, "ratio").items():
        a, b = samples(files[last], arm), samples(files[first], arm)
        x = np.asarray(table["wavelength"])
        (fa, va, ma), (fb, vb, mb) = resampled(a, x), resampled(b, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = fa / fb
            spread = np.sqrt(va / fb**2 + fa**2 * vb / fb**4)
        known = np.isfinite(ratio)
        same(table["ratio"], np.where(known, ratio, np.nan))
        same(table["error"], np.where(known, spread, np.nan))
    for arm, table in kept(watched, "coadd").items():
        x = np.asarray(table["wavelength"])
        own = [resampled(samples(files[one], arm), x) for one in ids]
        fluxes, weights = np.array([f for f, _, _ in own]), np.array([1 / v for _, v, _ in own])
        total = np.nansum(np.where(np.isnan(fluxes), 0, weights), axis=0)
        with np.errstate(invalid="ignore"):
            same(table["flux"], np.where(total > 0, np.nansum(fluxes * weights, axis=0) / total, np.nan))
        same(table["ivar"], np.where(total > 0, total, np.nan))
    assert "weighted by inverse variances" in watched.evaluate(said)


def names(file: Path) -> list[str]:
    with fits.open(file) as hdus:
        return [hdu.name for hdu in hdus]


def test_asked_by_form_and_asked_wrongly(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    page = spectral_base + "object.html"
    watched.open(page)
    status(watched, "Give a name, a position")
    # Examples are real objects, those with several epochs first; their spectra are drawn.
    first = "document.querySelector('.object-example')"
    watched.wait(f"{first}.querySelector('canvas').width > 0")
    times = int(watched.evaluate(f"{first}.innerText.match(/observed (\\d+) times/)[1]"))
    link = watched.evaluate(f"{first}.getAttribute('href')")
    follow(watched, spectral_base + link)
    assert len(watched.evaluate(IDS)) >= times > 1
    # The box takes a number, a designation or a position without being told which.
    for text, column in ((watched.evaluate(f"{IDS}[0]"), "obsid"), ("J185438.33+100135.1", "designation")):
        watched.evaluate("document.querySelector('[name=by]').value = ''")
        watched.fill("[name=value]", text)
        watched.press("Enter")
        watched.wait(f"location.search.startsWith('?{column}={text}')")
    watched.goto(page)
    status(watched, "Give a name, a position")
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
        browser.wait(f"{LINES}.length")
        assert serious(browser) == []
        assert browser.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        assert browser.complaints == []
