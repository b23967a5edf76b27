"""Plots of the result: counts, marks and saved files, compared with the source tables."""

from __future__ import annotations

import base64
import io
import json
from typing import Any
from xml.etree import ElementTree as etree

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from numpy.typing import NDArray
from PIL import Image

from ...browser import Browser
from ...conftest import Made
from ..pages.test_every_page import serious
from ..search.test_search_pages import search
from .test_downloads import KEEP

pytestmark = pytest.mark.browser

STAGE = "document.querySelector('#plot-stage')"
QUIET = f"{STAGE}.dataset.shows && {STAGE}.ariaBusy !== 'true' && !{STAGE}.hasAttribute('aria-busy')"
MARKED = "document.getElementById('plot-marked').textContent"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def base(made: Made) -> str:
    return made.moved.as_uri() + "/"


@pytest.fixture(scope="module")
def sim(made: Made) -> Table:
    table = Table.read(made.portal / "releases" / "test" / "v1" / "sim.fits")
    table.convert_bytestring_to_unicode()
    return table


def good(table: Table, *names: str) -> NDArray[np.bool_]:
    """Rows with a value in all these columns."""
    found = np.ones(len(table), dtype=bool)
    for name in names:
        values: NDArray[Any] = np.ma.filled(np.ma.asarray(table[name], dtype=float), np.nan)
        found &= np.isfinite(values) & ~np.isin(values, [-9999, -999])
        if name.startswith("mag_"):
            found &= values != 99
    return found


def shown(browser: Browser) -> dict[str, str]:
    """The plot's status text, once it is idle."""
    browser.wait(QUIET, 30)
    return dict(json.loads(browser.evaluate(f"JSON.stringify({STAGE}.dataset)")))


def caption(browser: Browser) -> str:
    return str(browser.evaluate("document.getElementById('plot-caption').textContent"))


def choose(browser: Browser, selector: str, value: str = "") -> None:
    """Choose in a field of the plot, and wait for the plot."""
    browser.evaluate(
        f"""(() => {{ const field = document.querySelector({selector!r});
        if (field.type === "radio") field.click();
        else {{ field.value = {value!r}; field.dispatchEvent(new Event("change")); }} }})()"""
    )
    browser.wait(QUIET, 30)


def drag(browser: Browser, *places: tuple[float, float], shift: bool = False) -> None:
    """Over the plot, in shares of the box inside its axes; one place alone is a click."""
    path = json.dumps([*places, places[-1]])
    browser.evaluate(
        f"""(() => {{ const stage = {STAGE};
        stage.setPointerCapture = () => {{}};
        const {{ left, top }} = stage.getBoundingClientRect();
        const [x, y, w, h] = stage.dataset.box.split(",").map(Number);
        const path = {path};
        path.forEach(([a, b], i) => stage.dispatchEvent(new PointerEvent(
          i === 0 ? "pointerdown" : i === path.length - 1 ? "pointerup" : "pointermove",
          {{ clientX: left + x + a * w, clientY: top + y + b * h, button: 0, pointerId: 1, bubbles: true,
             shiftKey: {json.dumps(shift)} }}))); }})()"""
    )
    browser.wait(QUIET, 30)


def air(values: NDArray[Any]) -> tuple[float, float]:
    """Ends of an axis that shows all of these."""
    span = float(np.ptp(values))
    return float(values.min()) - 0.04 * span, float(values.max()) + 0.04 * span


def marked(browser: Browser) -> int:
    return (
        int(str(browser.evaluate(MARKED)).replace(",", "").split()[0] or 0) if browser.evaluate(MARKED) else 0
    )


def hover(browser: Browser, a: float, b: float) -> dict[str, str]:
    """The plot's text about a position."""
    browser.evaluate("document.querySelector('.plot-tip').replaceChildren()")
    browser.evaluate(
        f"""(() => {{ const stage = {STAGE}; const {{ left, top }} = stage.getBoundingClientRect();
        const [x, y, w, h] = stage.dataset.box.split(",").map(Number);
        stage.dispatchEvent(new PointerEvent("pointermove",
          {{ clientX: left + x + {a} * w, clientY: top + y + {b} * h, bubbles: true }})); }})()"""
    )
    lines = browser.wait(
        "JSON.stringify([...document.querySelectorAll('.plot-tip:not([hidden]) > div')]"
        ".map((line) => [...line.children].map((cell) => cell.textContent)))"
        ".replace(/^\\[\\]$/, '')",
        10,
    )
    return dict(json.loads(lines))


def saved(browser: Browser, kind: str) -> bytes:
    browser.evaluate(KEEP)
    browser.evaluate(f"document.querySelector('[data-plot={kind}]').click()")
    return base64.b64decode(browser.wait("handedOut[0]", 20).partition(",")[2])


def hammer(lon: Any, lat: Any) -> tuple[Any, Any]:
    """East to the left; longitudes in degrees from the middle."""
    lon, lat = np.radians((np.asarray(lon) + 180) % 360 - 180), np.radians(lat)
    w = np.sqrt(1 + np.cos(lat) * np.cos(lon / 2))
    return -2 * np.sqrt(2) * np.cos(lat) * np.sin(lon / 2) / w, np.sqrt(2) * np.sin(lat) / w


def test_scatter(watched: Browser, base: str, sim: Table) -> None:
    kept = sim[good(sim, "snrg")]
    kept = kept[np.asarray(kept["snrg"]) >= 20]
    columns = "obsid,snrg,mag_ps_g,class"
    query = {"catalogue": "sim", "snrg": "20..", "columns": columns, "sort": "obsid"}
    found = search(watched, base, **query, plot="scatter:log(snrg),-mag_ps_g,class")
    assert found == len(kept)
    has = good(kept, "snrg", "mag_ps_g")
    assert shown(watched)["shows"] == "points" and shown(watched)["drawn"] == str(has.sum())
    assert f"{(~has).sum():,} without a value" in caption(watched)
    rows = kept[has]
    x, y = np.log10(np.asarray(rows["snrg"])), np.asarray(rows["mag_ps_g"])
    assert f"correlation {np.corrcoef(x, y)[0, 1]:.3g}".replace("-", "−") in caption(watched)
    assert "log(snrg)" in watched.address and "-mag_ps_g" in watched.address
    assert serious(watched) == []

    # a box over the upper left quarter: magnitudes run downwards
    (x0, x1), (y0, y1) = air(x), air(y)
    inside = (x <= (x0 + x1) / 2) & (y <= (y0 + y1) / 2)
    drag(watched, (0, 0), (0.3, 0.2), (0.5, 0.5))
    assert marked(watched) == inside.sum() > 10
    corner = (x >= (x0 + x1) / 2) & (y <= (y0 + y1) / 2)
    drag(watched, (0.5, 0), (1, 0.5), shift=True)
    assert marked(watched) == inside.sum() + corner.sum()
    # a triangle with the lasso
    choose(watched, "[name=plot-tool][value=lasso]")
    drag(watched, (0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    across, down = (x - x0) / (x1 - x0), (y - y0) / (y1 - y0)
    assert marked(watched) == (across + down < 1).sum()
    # by numbers, without a pointer
    watched.evaluate("document.querySelector('.plot-ranges').open = true")
    for place, text in {"x] [data-end=low": "50", "y] [data-end=high": "12.5"}.items():
        watched.fill(f"[data-range={place}]", text)
    watched.click("#plot-ranges button")
    watched.wait(QUIET)
    snrg = np.asarray(rows["snrg"])
    assert marked(watched) == ((snrg >= 50) & (y <= 12.5)).sum() > 0
    watched.evaluate(f"{STAGE}.focus()")
    watched.press("Escape")
    assert marked(watched) == 0

    # a single point, its values, and the same rows after a filter of the table
    spot = int(np.argmax(y))
    a, b = (x[spot] - x0) / (x1 - x0), (y[spot] - y0) / (y1 - y0)
    values = hover(watched, a, b)
    assert values["obsid"] == str(rows["obsid"][spot]) and values["class"] == rows["class"][spot]
    # first what is plotted, in the digits of its precision
    assert list(values)[:3] == ["snrg", "mag_ps_g", "class"]
    for name in ("snrg", "mag_ps_g"):
        value = rows[name][spot]
        assert values[name].split()[0] == str(value).removesuffix(".0"), (name, value.dtype)
    choose(watched, "[name=plot-tool][value=box]")
    drag(watched, (a, b))
    assert marked(watched) == 1
    watched.press("Escape")
    watched.fill("#results input[data-filter=class]", "QSO,GALAXY")
    few = has & np.isin(kept["class"], ["QSO", "GALAXY"])
    watched.wait(f"{STAGE}.dataset.drawn === '{few.sum()}'", 20)


def test_density(watched: Browser, base: str, sim: Table) -> None:
    rows = sim[good(sim, "z", "snrg", "snrr")]
    # z and snrr were not read by the search: choosing them makes it search again
    search(watched, base, catalogue="sim", z="..", columns="obsid,snrg", plot="scatter:snrg,snrr")
    watched.wait(f"{STAGE}.dataset.drawn === '{len(rows)}' && {QUIET}", 30)
    assert "snrr" in watched.evaluate("location.search.match(/columns=[^&]*/)[0]")
    choose(watched, "#plot-detail", "density")
    state = shown(watched)
    assert (state["shows"], state["drawn"], state["all"]) == ("density", str(len(rows)), str(len(rows)))
    x, y = np.asarray(rows["snrg"]), np.asarray(rows["snrr"])
    width, height = (float(v) for v in state["box"].split(",")[2:])
    across, down = round(width / 3), round(height / 3)
    counts, _, _ = np.histogram2d(x, y, bins=[across, down], range=[air(x), air(y)])
    for i, j in [np.unravel_index(k, counts.shape) for k in np.argsort(counts, axis=None)[[-1, -20, -200]]]:
        said = hover(watched, (i + 0.5) / across, 1 - (j + 0.5) / down)
        assert abs(int(said["rows"].replace(",", "")) - counts[i, j]) <= 1
    drag(watched, (0, 0), (1, 1))
    assert marked(watched) == len(rows)
    watched.press("Escape")
    # closer, where few are left, they are points again
    choose(watched, "#plot-detail", "auto")
    watched.evaluate("document.querySelector('[data-plot=closer]').click()")
    assert shown(watched)["shows"] == "points"


def test_histogram(watched: Browser, base: str, sim: Table) -> None:
    rows = sim[good(sim, "z", "snrg")]
    search(watched, base, catalogue="sim", z="..", columns="snrg,class", plot="histogram:log(snrg),class")
    assert (shown(watched)["shows"], shown(watched)["drawn"]) == ("bars", str(len(rows)))
    snrg = np.asarray(rows["snrg"])
    for share in (0.3, 0.5, 0.6):
        said = hover(watched, share, 0.5)
        low, high = (float(v) for v in said["snrg"].split(" – "))
        # the ends are written to five digits
        nearly = [
            ((snrg >= low * a) & (snrg < high * b)).sum() for a, b in ((1.0001, 0.9999), (0.9999, 1.0001))
        ]
        assert nearly[0] <= int(said["rows"].replace(",", "")) <= nearly[1] and nearly[1] > 0
    drag(watched, (0, 0.5), (0.5, 0.5))
    some = marked(watched)
    assert 0 < some < len(rows)
    drag(watched, (0.5, 0.5), (1, 0.5), shift=True)
    assert marked(watched) == len(rows)
    bars = "[...document.querySelectorAll('[data-part=bars] rect')]"
    assert watched.evaluate(f"{bars}.length") > 30
    picture = etree.fromstring(saved(watched, "svg"))
    assert len(picture.findall(f".//{SVG}g[@data-part='bars']/{SVG}rect")) == watched.evaluate(
        f"{bars}.length"
    )


def test_sky(watched: Browser, base: str, sim: Table) -> None:
    rows = sim[good(sim, "snrg", "ra", "dec") & (np.asarray(sim["snrg"]) >= 20)]
    search(watched, base, catalogue="sim", snrg="20..", plot="sky:galactic,class")
    assert shown(watched)["drawn"] == str(len(rows))
    sky = SkyCoord(rows["ra"], rows["dec"], unit="deg").galactic
    across, up = hammer(sky.l.deg, sky.b.deg)
    # the left half contains what is east of the centre
    drag(watched, (0, 0), (0.5, 0.4))
    assert marked(watched) == ((across <= 0) & (up >= np.sqrt(2) * 0.2)).sum() > 0
    for part in ("graticule", "galactic-plane", "legend"):
        assert watched.evaluate(f"document.querySelector('[data-part={part}]') != null"), part
    assert serious(watched) == []
    # the catalogue's coverage is under the points: more colours than ground and rim alone
    choose(watched, "#plot-frame", "equatorial")
    choose(watched, "#plot-detail", "density")
    assert shown(watched)["drawn"] == str(len(rows))
    drag(watched, (0, 0), (1, 1))
    assert marked(watched) == len(rows)

    # a cone of an arcminute fills the map, and its two coordinates are marked by range through 0h
    centre = SkyCoord(rows["ra"], rows["dec"], unit="deg")[0]
    cone = f"{centre.ra.deg},{centre.dec.deg},60"
    near = SkyCoord(sim["ra"], sim["dec"], unit="deg").separation(centre) <= 60 * u.arcsec
    assert search(watched, base, catalogue="sim", cone=cone, plot="sky:equatorial") == near.sum()
    assert shown(watched)["drawn"] == str(near.sum())
    labels = json.loads(
        watched.evaluate(
            "JSON.stringify([...document.querySelectorAll('.plot-lines text')].map((e) => e.textContent))"
        )
    )
    assert any("″" in text or "′" in text for text in labels) and any(text.endswith("s") for text in labels)


@pytest.mark.slow
def test_odd_rows(watched: Browser, base: str) -> None:
    """Poles, ra 0, infinities, hostile words as categories."""
    search(watched, base, catalogue="odd", order="0..", columns="*", plot="sky:equatorial,Wörter")
    choose(watched, "#plot-detail", "auto")  # where another test has chosen otherwise
    assert shown(watched)["drawn"] == "12"
    watched.evaluate("document.querySelector('.plot-ranges').open = true")
    for place, text in {"x] [data-end=low": "359", "x] [data-end=high": "1"}.items():
        watched.fill(f"[data-range={place}]", text)
    watched.click("#plot-ranges button")
    watched.wait(QUIET)
    assert marked(watched) == 5
    choose(watched, "[name=plot-kind][value=scatter]")
    choose(watched, "#plot-x", "select")
    choose(watched, "#plot-y", "f32")
    assert "3 without a value" in caption(watched)
    choose(watched, "#plot-colour", "class")
    assert watched.evaluate("document.querySelectorAll('.plot-lines b').length") == 0
    watched.evaluate("document.querySelector('[data-axis=x] [data-flag=log]').click()")
    watched.wait("/not above 0/.test(document.getElementById('plot-caption').textContent)", 10)
    search(watched, base, "sql.html", sql="select * from odd where false", plot="scatter:f32,order")
    assert shown(watched)["drawn"] == "0"
    search(watched, base, "sql.html", sql="select 'x' as a", plot="scatter:a,b")
    watched.wait("/no column of numbers/.test(document.getElementById('plot-caption').textContent)", 10)
    # an address without a plot, as by "back", closes the plots, which stay out of the address
    search(watched, base, "sql.html", sql="select 2 as b")
    assert watched.evaluate("document.getElementById('plots').hidden")
    assert "plot=" not in watched.address


def test_pictures(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="sim", snrg="60..", columns="ra,dec,snrg,snrr", plot="scatter:snrg,snrr")
    choose(watched, "#plot-detail", "auto")  # where another test has chosen otherwise
    drawn = int(shown(watched)["drawn"])
    width, height = watched.evaluate(f"{STAGE}.clientWidth"), watched.evaluate(f"{STAGE}.clientHeight")
    with Image.open(io.BytesIO(saved(watched, "png"))) as picture:
        assert picture.format == "PNG" and picture.width == 2 * width and picture.height > 2 * height
        pixels = np.asarray(picture.convert("RGB"))
    assert tuple(pixels[0, 0]) == (255, 255, 255)
    # blue points, dark words: both halves of the picture are there
    assert ((pixels[..., 2] > 110) & (pixels[..., 0] < 110)).sum() > drawn
    assert (pixels.max(axis=2) < 60).sum() > 200
    figure = etree.fromstring(saved(watched, "svg"))
    assert len(figure.findall(f".//{SVG}circle")) == drawn
    texts = [text.text for text in figure.iter(f"{SVG}text")]
    assert texts[0] == "TEST v1 · sim" and "snrg" in texts and "snrr" in texts
    assert "snrg=60.." in (figure.findtext(f"{SVG}desc") or "")
    choose(watched, "#plot-detail", "density")
    figure = etree.fromstring(saved(watched, "svg"))
    (inner,) = figure.findall(f".//{SVG}image")
    with Image.open(io.BytesIO(base64.b64decode(inner.attrib["href"].partition(",")[2]))) as picture:
        assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) > 5


@pytest.mark.slow
def test_narrow_and_chinese(watched: Browser, base: str) -> None:
    watched.open(f"{base}zh/search.html?catalogue=sim&snrg=60..", width=390)
    watched.wait("document.querySelectorAll('#results tbody tr').length > 5")
    assert watched.evaluate("document.getElementById('plots').hidden")
    watched.evaluate("document.getElementById('plots-open').click()")
    shown(watched)
    assert watched.evaluate("document.getElementById('plots-open').getAttribute('aria-expanded')") == "true"
    assert "条记录" in caption(watched)
    ends = "[...document.querySelectorAll('#plots, #plots *')].map((e) => e.getBoundingClientRect().right)"
    assert watched.evaluate(f"Math.max(...{ends}) <= innerWidth")
    assert "plot=sky:equatorial" in watched.address
    assert serious(watched) == []
    watched.evaluate("document.getElementById('plots-open').click()")
    watched.wait("!location.search.includes('plot=')")
