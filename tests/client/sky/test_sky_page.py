"""Sky coverage of catalogues: statistics, the map that searches, and checks of lists."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cdshealpix
import numpy as np
import pytest
from astropy import units
from astropy.coordinates import Latitude, Longitude, SkyCoord
from astropy.table import Table
from astropy.time import Time
from astropy.wcs import WCS
from numpy.typing import NDArray

from drportal.simulate import write

from ...browser import Browser
from ...conftest import SHARED, Made
from ...ingest_fixtures import ingest, measured
from ...ways import few
from ..results.test_downloads import KEEP

SIM = "#sky-of-sim"
PICK = f"document.querySelector('{SIM} .sky-pick')"
CHECK = f"document.querySelector('{SIM} [data-part=check]')"
STATUS = f"{CHECK}.querySelector('[role=status]').textContent"


def pixels(ra: Any, dec: Any, order: int) -> NDArray[np.int64]:
    lon, lat = (np.asarray(a, "f8") * units.deg for a in (ra, dec))
    found: NDArray[np.int64] = cdshealpix.lonlat_to_healpix(Longitude(lon), Latitude(lat), order).astype("i8")
    return found


def counted(found: NDArray[np.int64]) -> dict[str, int]:
    return {str(p): n for p, n in Counter(found.tolist()).items()}


@pytest.mark.parametrize("source", ["simulated", "real"])
def test_density_is_that_of_the_source(tmp_path: Path, source: str) -> None:
    file = SHARED / "data" / "lamost-dr10" / "lrs_catalogue.fits"
    if source == "simulated":
        file = tmp_path / "s.fits"
        write("lrs", 3000, 7, file)
    elif not file.exists():
        pytest.skip("the real data are not here")
    table = Table.read(file)
    statistics = measured(ingest(tmp_path, file, missing={"*": [-9999, -999]}))
    by_snr, by_year = statistics["sky_by_snr"], statistics["sky_by_year"]
    where = pixels(table["ra"], table["dec"], by_snr["order"])
    ratio = np.ma.filled(np.ma.asarray(table["snrg"]).astype("f8"), np.nan)
    assert by_snr["column"] == "snrg" and [m["from"] for m in by_snr["maps"]] == [10, 50]
    for one in by_snr["maps"]:
        assert one["counts"] == counted(where[ratio >= one["from"]])
    # A local day is counted from the noon before it: lmjd is that of the morning after.
    evenings = Time(np.asarray(table["lmjd"], "f8") - 1, format="mjd").to_value("datetime")
    years = np.array([e.year for e in evenings])
    assert by_year["column"] == "lmjd"
    assert {m["year"]: m["counts"] for m in by_year["maps"]} == {
        year: counted(where[years == year]) for year in sorted(set(years.tolist()))
    }


def ready(browser: Browser, address: str) -> None:
    browser.open(address)
    browser.wait(f"{PICK}?.tabIndex === 0 && document.readyState === 'complete'")


def searched(browser: Browser) -> tuple[str, list[float]]:
    """Catalogue and cone of the search that the page went to."""
    address = browser.wait("location.pathname.endsWith('/search.html') && location.href")
    query = parse_qs(urlsplit(str(address)).query)
    return query["catalogue"][0], [float(part) for part in query["cone"][0].split(",")]


@pytest.mark.browser
@pytest.mark.parametrize(("ra", "dec"), few([(150.0, 30.0), (355.0, -60.0)], 355.0))
def test_a_press_on_the_map_searches_there(watched: Browser, base: str, ra: float, dec: float) -> None:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval = ["RA---MOL", "DEC--MOL"], [180, 0]
    wcs.wcs.cdelt = [-720 / (np.degrees(1) * 2 * np.sqrt(2)), 360 / (np.degrees(1) * np.sqrt(2))]
    wcs.wcs.cdelt = 1 / wcs.wcs.cdelt  # degrees of the projection's plane for a unit of the picture
    x, y = wcs.wcs_world2pix([[ra, dec]], 0)[0] + 1
    ready(watched, base + "sky.html?catalogue=sim")
    watched.evaluate(
        f"""(() => {{ const svg = {PICK}.querySelector("svg");
        const at = new DOMPoint({720 + x}, {360 - y}).matrixTransform(svg.getScreenCTM());
        const place = {{ clientX: at.x, clientY: at.y, bubbles: true }};
        svg.dispatchEvent(new MouseEvent("click", place)); }})()"""
    )
    catalogue, cone = searched(watched)
    assert catalogue == "sim" and cone[2] == 1800
    away = SkyCoord(ra, dec, unit="deg").separation(SkyCoord(*cone[:2], unit="deg"))
    assert away.deg < 0.8  # a pixel of the screen is half a degree


@pytest.mark.browser
def test_keys_move_the_mark(watched: Browser, base: str) -> None:
    ready(watched, base + "sky.html?catalogue=sim")
    start = watched.evaluate(f"document.querySelector('{SIM} [name=cone]').value").split(",")
    watched.evaluate(f"{PICK}.focus()")
    for key in ("ArrowUp", "ArrowLeft", "Shift+ArrowLeft"):
        watched.press(key)
    said = watched.evaluate(f"document.querySelector('{SIM} [data-part=readout]').textContent")
    ra, dec = (float(re.sub("−", "-", n)) for n in re.findall(r"[+−]?\d+\.\d+", said))
    assert (ra, dec) == pytest.approx(((float(start[0]) + 11) % 360, float(start[1]) + 1))
    watched.press("Enter")
    assert searched(watched) == ("sim", [ra, dec, 1800])


@pytest.mark.browser
def test_a_list_is_compared_with_the_coverage(
    watched: Browser, base: str, made: Made, tmp_path: Path
) -> None:
    sim = Table.read(made.portal / "releases/test/v1/sim.fits")
    random = np.random.default_rng(4)
    near = random.choice(len(sim), 300, replace=False)
    ra = [*(np.asarray(sim["ra"])[near] + random.normal(0, 0.4, 300)) % 360, *random.uniform(0, 360, 300)]
    dec = [*np.asarray(sim["dec"])[near], *np.degrees(np.arcsin(random.uniform(-1, 1, 298))), 90.0, -90.0]
    truth = np.isin(pixels(ra, dec, 7), pixels(sim["ra"], sim["dec"], 7))
    assert 100 < truth.sum() < 500
    rows = [
        f"=x{i},{a!r},{d!r}" for i, (a, d) in enumerate(zip(map(float, ra), map(float, dec), strict=True))
    ]
    (tmp_path / "list.csv").write_text("\n".join(["name,ra,dec", *rows, "bad,12,north"]))
    ready(watched, base + "sky.html?catalogue=sim")
    watched.upload("#check-file-sim", tmp_path / "list.csv")
    said = watched.wait(f"{STATUS}.includes('inside') && {STATUS}")
    assert said == f"{truth.sum()} of 600 positions inside · lines that could not be read: 1"
    shown = watched.evaluate(
        f"[...{CHECK}.querySelectorAll('tbody tr td:first-child')].map((td) => Number(td.textContent))"
    )
    assert shown == [*(np.flatnonzero(~truth) + 2).tolist(), 602]
    watched.evaluate(KEEP)
    watched.click(f"{SIM} [data-part=save]")
    written = base64.b64decode(watched.wait("handedOut[0]").partition(",")[2]).decode()
    found = list(csv.DictReader(io.StringIO(written)))
    assert [row["inside"] for row in found] == [*(str(one).lower() for one in truth), ""]
    assert found[0]["name"] == "'=x0" and found[0]["ra"] == repr(float(ra[0]))
    assert watched.evaluate(f"{CHECK}.querySelector('[data-part=list]').hidden")

    first = int(near[0])
    place = f"{float(sim['ra'][first])!r} {float(sim['dec'][first])!r}"
    watched.fill("#check-sim", f"{place}\n0 -89\n")
    watched.click(f"{SIM} [data-part=check] [type=submit]")
    watched.wait(f"{STATUS} === '1 of 2 positions inside'")
    watched.evaluate(f"{CHECK}.querySelector('[data-part=list]').click()")
    watched.wait("/with a match: 1 of 2/.test(document.body.textContent)")


def test_the_page_is_linked_and_counts(made: Made) -> None:
    site = made.site / "test/v1"
    assert 'href="sky.html"' in (site / "index.html").read_text()
    assert 'href="sky.html"' in (site / "data.html").read_text()
    page = (site / "sky.html").read_text()
    sim = Table.read(made.portal / "releases/test/v1/sim.fits")
    area = len(set(pixels(sim["ra"], sim["dec"], 7).tolist())) * 4 * np.pi * np.degrees(1) ** 2 / (12 * 4**7)
    assert re.search(rf">{area:,.0f} square degrees", page)
    years = sum(np.asarray(sim["lmjd"]) - 1 < 55927)  # 2012 January 1
    assert f'<strong>2011</strong> <span class="num">{years} rows' in page
    assert "sky-of-plain" not in page
    assert "天区覆盖" in (site / "zh/sky.html").read_text()
