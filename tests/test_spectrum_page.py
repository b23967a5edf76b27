"""The spectrum viewer in the browsers: what it shows and saves against the original files and numpy."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as etree

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from .browser import Browser
from .spectral_portal import TEXT_IDS, Spectral
from .test_downloads import KEEP
from .test_every_page import serious
from .test_spectrum_numbers import reference

pytestmark = pytest.mark.browser

STATUS = "document.getElementById('status').textContent"
SHOWN = f"/ in \\d+\\.\\d\\d s$/.test({STATUS}) && {STATUS}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chromium(outside: tuple[int, list[str]]) -> Iterator[Browser]:
    running = Browser("chrome", outside[0])
    yield running
    running.quit()


def value(browser: Browser, field: str) -> str:
    return str(browser.evaluate(f"document.getElementById({field!r}).value"))


def text(browser: Browser, selector: str) -> str:
    return str(browser.evaluate(f"document.querySelector({selector!r}).innerText"))


def enter(browser: Browser, field: str, typed: str) -> None:
    """Type into a field and leave it."""
    browser.evaluate(
        f"""(() => {{ const field = document.getElementById({field!r}); field.value = {json.dumps(typed)};
        field.dispatchEvent(new Event("change", {{ bubbles: true }})); }})()"""
    )


def saved(browser: Browser, kind: str) -> bytes:
    browser.evaluate(KEEP)
    browser.evaluate(f"document.querySelector('[data-save={kind}]').click()")
    return base64.b64decode(browser.wait("handedOut[0]", 20).partition(",")[2])


def view(browser: Browser) -> tuple[float, float]:
    return float(value(browser, "view-low")), float(value(browser, "view-high"))


def drag(browser: Browser, start: float, end: float, high: float = 0.5, low: float = 0.5) -> None:
    """Over the inside of the first plot, in shares of its width and height."""
    browser.evaluate(
        f"""(() => {{ const over = document.querySelector('.spectrum-stage .u-over');
        over.setPointerCapture = () => {{}};
        const {{ left, top, width, height }} = over.getBoundingClientRect();
        [["down", {start}, {high}], ["move", {end}, {low}], ["up", {end}, {low}]].forEach(([kind, x, y]) =>
          over.dispatchEvent(new PointerEvent("pointer" + kind, {{ clientX: left + x * width,
            clientY: top + y * height, pointerId: 1, pointerType: "mouse", bubbles: true }}))); }})()"""
    )


def marks(svg: bytes) -> list[float]:
    """Where lines stand in a saved picture, in its pixels."""
    paths = etree.fromstring(svg).iter(f"{SVG}path")
    return [float(p.get("d", "")[1:].split()[0]) for p in paths if p.get("stroke-dasharray") == "2 3"]


def original(file: Path) -> tuple[str, dict[str, np.ndarray]]:
    """Id and arrays of a low-resolution file of the layout since DR8."""
    with fits.open(file) as hdus:
        row = hdus[1].data[0]
        arrays = {name.lower(): np.array(row[name]) for name in hdus[1].data.names}
        return str(hdus[0].header["OBSID"]), arrays


def low_resolution(spectral: Spectral) -> tuple[str, dict[str, np.ndarray]]:
    for file in spectral.files["dr10"]:
        with fits.open(file) as hdus:
            if len(hdus) > 1 and "WAVELENGTH" in hdus[1].data.names:
                return original(file)
    raise AssertionError("no such file")


def test_a_spectrum(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    ident, arrays = low_resolution(spectral)
    query = {"obsid": ident, "set": "dr10", "lines": "none", "own": "mark 6564.61", "z": "0"}
    watched.open(f"{spectral_base}spectrum.html?{urllib.parse.urlencode(query)}")
    status = watched.wait(SHOWN, 20)
    assert status.startswith(f"{ident}: ") and f"{len(arrays['flux']):,} pixels" in status
    assert not any("engine/" in url for url in watched.requests)

    # What is saved is the file's own numbers, to the last bit.
    content = saved(watched, "csv").decode()
    lines = list(csv.DictReader(line for line in io.StringIO(content, newline="") if line[0] != "#"))
    for name, own in (("wavelength", "wavelength"), ("flux", "flux"), ("ivar", "ivar")):
        got = np.array([row[name] for row in lines], dtype="f4")
        np.testing.assert_array_equal(got, arrays[own].astype("f4"))
    with fits.open(io.BytesIO(saved(watched, "fits"))) as hdus:
        np.testing.assert_array_equal(hdus[1].data["flux"], arrays["flux"])

    # Keys: closer, along, back, and a box between two places of the cross-hair.
    watched.evaluate("document.querySelector('.spectrum-stage').focus()")
    whole = view(watched)
    waves = arrays["wavelength"].astype("f8")
    assert whole == pytest.approx((waves.min(), waves.max()), abs=0.02)
    watched.press("+")
    watched.wait(f"Number(document.getElementById('view-low').value) > {whole[0] + 100}", 5)
    closer = view(watched)
    assert closer[1] - closer[0] == pytest.approx(0.8 * (whole[1] - whole[0]), rel=1e-3)
    watched.press("ArrowRight")
    watched.wait(f"Number(document.getElementById('view-low').value) > {closer[0] + 100}", 5)
    for key in ["b", *[">"] * 4, "b"]:
        watched.press(key)
    watched.wait(
        "document.getElementById('view-high').value - document.getElementById('view-low').value < 1500", 5
    )
    watched.press("0")
    watched.wait(f"Math.abs(document.getElementById('view-low').value - {whole[0]}) < 0.02", 5)
    watched.press(".")
    assert re.search(r"λ [\d.]+ Å\s+\S+ ", text(watched, "#readout"))

    # The pointer: a box, the wheel around a place, and all of it again.
    span = whole[1] - whole[0]
    drag(watched, 0.25, 0.5, 0.2, 0.8)
    watched.wait("/[&]x=/.test(location.search) && /[&]y=/.test(location.search)", 5)
    assert view(watched) == pytest.approx((whole[0] + span / 4, whole[0] + span / 2), rel=2e-3)
    watched.evaluate(
        """(() => { const over = document.querySelector('.spectrum-stage .u-over');
        const { left, top } = over.getBoundingClientRect(); over.dispatchEvent(new WheelEvent("wheel",
          { deltaY: 600, clientX: left, clientY: top, bubbles: true, cancelable: true })); })()"""
    )
    watched.wait(f"document.getElementById('view-high').value > {whole[0] + span * (0.25 + 0.25 * 2)}", 5)
    assert view(watched)[0] == pytest.approx(whole[0] + span / 4, rel=2e-3)
    watched.evaluate(
        "document.querySelector('.spectrum-stage .u-over').dispatchEvent(new MouseEvent('dblclick')); 0"
    )
    watched.wait("!/[&][xy]=/.test(location.search)", 5)
    assert view(watched) == whole
    watched.evaluate("document.querySelector('input[name=drag][value=measure]').click()")
    drag(watched, 0.4, 0.6)
    watched.wait("location.search.includes('measure=')", 5)
    low, high = (float(x) for x in re.findall(r"[\d.]+", text(watched, "#measured-table").split("\n")[0])[:2])
    assert (low, high) == pytest.approx((whole[0] + 0.4 * span, whole[0] + 0.6 * span), rel=2e-3)
    watched.evaluate("document.getElementById('measured-clear').click()")
    watched.wait("document.getElementById('measured').hidden", 5)

    # Lines follow the redshift that is typed: by as many pixels of the picture as wavelengths say.
    enter(watched, "view-low", "6500")
    enter(watched, "view-high", "6700")
    watched.wait("location.search.includes('x=6500..6700')", 5)
    (before,) = marks(saved(watched, "svg"))
    enter(watched, "z", "0.01")
    watched.wait("location.search.includes('z=0.01')", 5)
    picture = saved(watched, "svg")
    (after,) = marks(picture)
    width = float(etree.fromstring(picture).get("width", "0")) - 64 - 24
    assert after - before == pytest.approx(65.6461 * width / 200, abs=0.2)
    with Image.open(io.BytesIO(saved(watched, "png"))) as image:
        assert image.width > 900 and len(image.convert("RGB").getcolors(1 << 24) or []) > 20

    # A measured equivalent width is numpy's.
    good = np.where(arrays["ivar"] > 0, arrays["ivar"].astype("f8"), np.nan)
    pixels = {"wavelength": waves, "flux": arrays["flux"].astype("f8"), "error": 1 / np.sqrt(good)}
    own = reference(pixels, 6540.0, 6590.0)
    enter(watched, "measure-low", "6540")
    enter(watched, "measure-high", "6590")
    watched.evaluate("document.getElementById('measure-add').click()")
    watched.wait("!document.getElementById('measured').hidden && location.search.includes('measure=')", 5)
    told = [cell.replace("−", "-") for cell in text(watched, "#measured-table").split("\n")]
    width_told = next(line for line in told if line.startswith("Equivalent width"))
    number, error = re.findall(r"-?[\d.]+(?:×10\S+)?", width_told.partition(")")[2])[:2]
    assert float(number) == pytest.approx(own["width"], abs=max(float(error) / 9, 1e-3))
    assert f"Pixels\t{own['pixels']}" in told

    # The address holds all of it: opened anew it shows the same.
    for field, typed in (("smooth-kind", "gaussian"), ("unit", "nm"), ("medium", "air"), ("scale", "median")):
        enter(watched, field, typed)
    watched.wait("location.search.includes('scale=median') && location.search.includes('unit=nm')", 5)
    address, state = watched.address, (view(watched), text(watched, "#measured-table"))
    assert "z=0.01" in address and "smooth=gaussian:2px" in address
    watched.open(address)
    watched.wait(SHOWN, 20)
    assert (view(watched), text(watched, "#measured-table")) == state
    assert value(watched, "own").startswith("mark 656.2") and value(watched, "smooth-kind") == "gaussian"
    assert watched.evaluate("document.getElementById('refused').hidden")


def test_what_is_asked_wrongly(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    ident, _ = low_resolution(spectral)
    page = f"{spectral_base}spectrum.html"
    hostile = "<img src=x onerror=document.title='pwned'>"
    query = {"obsid": ident, "set": "dr10", "z": hostile, "x": "7..6", "lines": hostile, hostile: "1"}
    watched.open(f"{page}?{urllib.parse.urlencode(query)}&own={urllib.parse.quote(hostile + ' 6500')}")
    assert watched.wait(SHOWN, 20).startswith(ident)
    refused = watched.evaluate(
        "[...document.querySelectorAll('#refused[role=status] li')].map((line) => line.textContent)"
    )
    assert len(refused) == 4 or len(refused) == 5
    assert any(line.startswith("z: “<img") for line in refused)
    assert not watched.evaluate("document.querySelector('main img')")
    assert "pwned" not in watched.evaluate("document.title")

    watched.open(f"{page}?obsid=1&set=dr10")
    told = watched.wait(f"/no spectrum of obsid 1/.test({STATUS}) && {STATUS}", 20)
    assert str(len(spectral.files["dr10"])) in told
    watched.open(f"{page}?obsid=1&set=gone")
    assert "lrs, mrs, dr10" in watched.wait(f"/gone/.test({STATUS}) && {STATUS}", 20)
    watched.open(page)
    watched.wait("!document.getElementById('spectrum-start').hidden", 20)
    first = watched.evaluate("document.querySelector('.example-list a').textContent.split(' ')[0].trim()")
    enter(watched, "open-id", first)
    watched.evaluate("document.getElementById('spectrum-open').requestSubmit()")
    assert watched.wait(SHOWN, 20).startswith(first)
    assert f"obsid={first}" in watched.address


def test_along_a_list_by_keyboard(chromium: Browser, spectral: Spectral) -> None:
    ids = [i for i, _ in (original(f) for f in spectral.files["dr10"] if "pilot" not in f.name)][:3]
    address = f"{spectral.release.as_uri()}/spectrum.html?obsid={ids[1]}&set=dr10&unit=nm"
    chromium.open(f"{address}&list=dr10:{','.join(ids)}&back=search.html%3Fcatalogue%3Dlrs")
    chromium.wait(SHOWN, 20)
    assert text(chromium, "#list-at") == "2 of 3"
    assert chromium.evaluate("document.getElementById('list-back').href").endswith(
        "search.html?catalogue=lrs"
    )
    chromium.press("n")
    chromium.wait(f"{STATUS}.startsWith('{ids[2]}: ')", 20)
    assert text(chromium, "#list-at") == "3 of 3" and value(chromium, "unit") == "nm"
    assert chromium.evaluate("document.getElementById('list-next').href") == ""
    for ident in (ids[1], ids[0]):
        chromium.press("p")
        chromium.wait(f"{STATUS}.startsWith('{ident}: ')", 20)
    chromium.evaluate("history.back()")
    chromium.wait(f"{STATUS}.startsWith('{ids[1]}: ')", 20)
    assert chromium.complaints == []


LAYOUTS: list[tuple[str, int, list[str]]] = [
    ("mrs", 2, ["B", "R"]),
    ("sdss", 1, []),
    ("desi", 3, ["B", "R", "Z"]),
    ("plain", 1, []),
]


def layout_id(spectral: Spectral, name: str) -> tuple[str, str]:
    if name == "plain":
        return "specname", TEXT_IDS[3]
    with fits.open(spectral.files[name][0]) as hdus:
        if name == "mrs":
            return "obsid", str(hdus[0].header["OBSID"])
        if name == "sdss":
            return "specobjid", str(hdus[2].data["SPECOBJID"][0])
        return "targetid", str(hdus["FIBERMAP"].data["TARGETID"][0])


def test_every_layout(chromium: Browser, spectral: Spectral) -> None:
    for name, panels, arms in LAYOUTS:
        column, ident = layout_id(spectral, name)
        query = urllib.parse.urlencode({column: ident, "set": name})
        chromium.open(f"{spectral.release.as_uri()}/spectrum.html?{query}")
        assert chromium.wait(SHOWN, 20).startswith(ident)
        assert chromium.evaluate("document.querySelectorAll('.spectrum-stage canvas').length") == panels
        shown = chromium.evaluate("[...document.querySelectorAll('.spectrum-arm')].map((a) => a.textContent)")
        assert [arm for arm in shown if arm] == arms
        if name == "mrs":
            chromium.wait("!document.getElementById('load-singles').hidden", 10)
            chromium.evaluate("document.getElementById('load-singles').click()")
            chromium.wait("document.querySelectorAll('#parts input:checked').length > 2", 10)
            chromium.wait("location.search.includes('parts=')", 10)
            with fits.open(spectral.files[name][0]) as hdus:
                singles = [h.name for h in hdus[1:] if re.fullmatch(r"[BR]-\d+", h.name)]
            assert chromium.evaluate("document.querySelectorAll('#parts input').length") == len(singles) + 2
            chromium.open(chromium.address)
            chromium.wait(SHOWN, 20)
            assert chromium.evaluate("document.querySelectorAll('#parts input:checked').length") > 2
        assert not chromium.complaints


def test_small_screens_and_languages(chromium: Browser, spectral: Spectral) -> None:
    ident, _ = low_resolution(spectral)
    address = f"{spectral.release.as_uri()}/{{}}spectrum.html?obsid={ident}&set=dr10&measure=6540..6590"
    for folder, width, dark in (("", 390, False), ("zh/", 1280, True), ("zh/", 390, True), ("", 1280, False)):
        chromium.open(address.format(folder), width=width, dark=dark)
        chromium.wait(f"{STATUS}.startsWith('{ident}: ') && document.querySelector('#facts details')", 20)
        chromium.wait("document.querySelectorAll('#facts .error-text').length === 0", 5)
        assert serious(chromium) == []
        assert chromium.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        if folder:
            assert "个像素" in chromium.evaluate(STATUS)
            assert chromium.evaluate("document.querySelector('h1').textContent") == f"光谱 {ident}"
            words = text(chromium, "#plot-description")
            assert "视野内谱线" in words or "红移" in words
        assert chromium.complaints == []
    # Two fingers pinch, one moves along.
    chromium.evaluate(
        """(() => { const over = document.querySelector('.spectrum-stage .u-over');
        over.setPointerCapture = () => {};
        const { left, top, width } = over.getBoundingClientRect();
        const touch = (kind, id, share) => over.dispatchEvent(new PointerEvent("pointer" + kind,
          { clientX: left + share * width, clientY: top + 50, pointerId: id, pointerType: "touch",
            bubbles: true }));
        touch("down", 1, 0.4); touch("down", 2, 0.6); touch("move", 1, 0.2); touch("move", 2, 0.8);
        touch("up", 1, 0.2); touch("up", 2, 0.8); })()"""
    )
    chromium.wait("/[&]x=/.test(location.search)", 5)
    pinched = view(chromium)
    assert 1500 < pinched[1] - pinched[0] < 2500


def test_the_plot_follows_the_theme(chromium: Browser, spectral: Spectral) -> None:
    ident, _ = low_resolution(spectral)
    chromium.open(f"{spectral.release.as_uri()}/spectrum.html?obsid={ident}&set=dr10")
    chromium.wait(SHOWN, 20)
    chromium.evaluate(
        """globalThis.colours = () => { const c = document.querySelector('.spectrum-stage canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; const seen = new Set();
        for (let i = 0; i < d.length; i += 4)
          if (d[i + 3] === 255) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
        return seen; }; 0"""
    )
    dark, light = 0x7AA7E4, 0x23508E
    assert chromium.evaluate(f"colours().has({light}) && !colours().has({dark})")
    chromium.evaluate("document.documentElement.dataset.theme = 'dark'; 0")
    chromium.wait(f"colours().has({dark}) && !colours().has({light})", 5)
