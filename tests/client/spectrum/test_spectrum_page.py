"""The spectrum viewer in the browsers: display and saved files, compared with original files and numpy."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shutil
import urllib.parse
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as etree

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from PIL import Image

from ...browser import Browser
from ...spectral_portal import TEXT_IDS, Spectral
from ...ways import few
from ..pages.test_every_page import serious
from ..results.test_downloads import KEEP
from .test_spectrum_numbers import reference

pytestmark = pytest.mark.browser

STATUS = "document.getElementById('status').textContent"
SHOWN = f"/ in \\d+\\.\\d\\d s$/.test({STATUS}) && {STATUS}"
LEGEND = "document.getElementById('legend').textContent"
COLOURS = """globalThis.colours = () => { const c = document.querySelector('.spectrum-stage canvas');
  const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(c, 0, 0);
  const d = copy.getImageData(0, 0, c.width, c.height).data; const seen = new Set();
  for (let i = 0; i < d.length; i += 4)
    if (d[i + 3] === 255) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
  return seen; }; 0"""
SVG = "{http://www.w3.org/2000/svg}"


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
    """Positions of lines in a saved picture, in pixels."""
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
    # The values are also announced once the cross-hair rests.
    watched.wait("/^λ [\\d.]+ Å/.test(document.getElementById('announce').textContent)", 5)

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

    # Limits of flux are typed by keyboard, stay while wavelengths change, and are left again.
    fitted = [value(watched, f"flux-{end}") for end in ("low", "high")]
    for end, typed in (("high", "80"), ("low", "-5.5")):
        watched.evaluate(f"document.getElementById('flux-{end}').select()")
        watched.type(typed)
        watched.press("Enter")
    watched.wait("location.search.includes('y=-5.5..80')", 5)
    watched.press("Tab")
    watched.press("Tab")
    assert watched.evaluate("document.activeElement.id") == "flux-reset"
    enter(watched, "view-low", "5000")
    watched.wait("location.search.includes('x=5000..')", 5)
    assert "y=-5.5..80" in watched.address and value(watched, "flux-low") == "-5.5"
    enter(watched, "flux-high", "-6")
    assert "wrong way round" in text(watched, "#flux-error")
    assert value(watched, "flux-high") == "-6" and "y=-5.5..80" in watched.address
    watched.press("Enter")
    watched.wait("!location.search.includes('y=')", 5)
    assert watched.evaluate("document.getElementById('flux-error').hidden")
    watched.click("#view-reset")
    watched.wait("!location.search.includes('x=')", 5)
    assert [value(watched, f"flux-{end}") for end in ("low", "high")] == fitted and view(watched) == whole
    assert text(watched, "#flux-name").startswith("Flux (") and "Å" in text(watched, "#view-name")

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
    reported = [cell.replace("−", "-") for cell in text(watched, "#measured-table").split("\n")]
    width_told = next(line for line in reported if line.startswith("Equivalent width"))
    number, error = re.findall(r"-?[\d.]+(?:×10\S+)?", width_told.partition(")")[2])[:2]
    assert float(number) == pytest.approx(own["width"], abs=max(float(error) / 9, 1e-3))
    assert f"Pixels\t{own['pixels']}" in reported

    # The address contains all of it: opened again it shows the same.
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


@pytest.mark.slow
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
    reported = watched.wait(f"/no spectrum of obsid 1/.test({STATUS}) && {STATUS}", 20)
    assert str(len(spectral.files["dr10"])) in reported
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


@pytest.mark.slow
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
            # No class is known: the lines of stars are there all the same.
            lists = "[...document.querySelectorAll('#lists input:checked')].map((box) => box.value)"
            assert chromium.evaluate(lists) == ["stellar"]
            assert "Mg I" in text(chromium, "#plot-description")
            chromium.wait("!document.getElementById('load-singles').hidden", 10)
            chromium.evaluate("document.getElementById('load-singles').click()")
            chromium.wait("document.querySelectorAll('#parts input:checked').length > 2", 10)
            chromium.wait("location.search.includes('parts=')", 10)
            with fits.open(spectral.files[name][0]) as hdus:
                singles = [h.name for h in hdus[1:] if re.fullmatch(r"[BR]-\d+", h.name)]
            assert chromium.evaluate("document.querySelectorAll('#parts input').length") == len(singles) + 2
            # Each of them has a look of its own in its panel.
            chromium.wait(f"document.querySelectorAll('#legend li').length >= {len(singles) + 2}", 10)
            looks = chromium.evaluate(
                "[...document.querySelectorAll('#legend li')].filter((item) => item.innerText[0] === 'B')"
                ".map((item) => item.firstChild.className + getComputedStyle(item.firstChild).background)"
            )
            assert len(looks) == len(set(looks)) == 1 + sum(name[0] == "B" for name in singles)
            chromium.open(chromium.address)
            chromium.wait(SHOWN, 20)
            assert chromium.evaluate("document.querySelectorAll('#parts input:checked').length") > 2
        assert not chromium.complaints


LOOKS = [("zh/", 390, True), ("", 1280, False), ("", 390, False), ("zh/", 1280, True)]


@pytest.mark.parametrize("looks", few(range(4), 0))
def test_small_screens_and_languages(chromium: Browser, spectral: Spectral, looks: int) -> None:
    ident, _ = low_resolution(spectral)
    address = f"{spectral.release.as_uri()}/{{}}spectrum.html?obsid={ident}&set=dr10&measure=6540..6590"
    folder, width, dark = LOOKS[looks]
    chromium.open(address.format(folder), width=width, dark=dark)
    chromium.wait(f"{STATUS}.startsWith('{ident}: ') && document.querySelector('#facts details')", 20)
    chromium.wait("document.querySelectorAll('#facts .error-text').length === 0", 5)
    assert serious(chromium) == []
    assert chromium.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    if folder:
        assert "个像素" in chromium.evaluate(STATUS)
        assert chromium.evaluate("document.querySelector('h1').textContent") == f"光谱 {ident}"
        words = text(chromium, "#plot-description")
        assert "显示范围内谱线" in words or "红移" in words
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
    chromium.evaluate(COLOURS)
    dark, light = 0x7AA7E4, 0x23508E
    assert chromium.evaluate(f"colours().has({light}) && !colours().has({dark})")
    chromium.evaluate("document.documentElement.dataset.theme = 'dark'; 0")
    chromium.wait(f"colours().has({dark}) && !colours().has({light})", 5)


def packed(spectral: Spectral, name: str) -> list[dict[str, Any]]:
    """The rows of a set's packs, by another reader than the page's."""
    files = sorted((spectral.release / "data/spectra" / name / "packs").rglob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def vacuum_of(row: dict[str, Any], grids: list[dict[str, Any]]) -> np.ndarray:
    stored = row["wavelength"]
    if row["grid"] is not None:
        grid, first = grids[row["grid"]], row["grid_first"]
        stored = grid["wavelength"][first : first + len(row["flux"])]
    waves = np.array(stored, dtype="f8")
    return 10**waves if row["scale"] == "log10" else waves


def test_a_template_and_paper(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    folder = spectral.release / "data/spectra"
    grids = {
        name: pq.read_table(folder / name / "grids.parquet").to_pylist() for name in ("lrs", "templates")
    }
    stock = {row[next(iter(row))]: row for row in packed(spectral, "templates")}
    row, header = next(
        (row, facts)
        for row in packed(spectral, "lrs")
        if (facts := json.loads(row["header"] or "{}")).get("subclass") in stock and facts["z"]
    )
    ident, name = row["obsid"], header["subclass"]
    watched.open(f"{spectral_base}spectrum.html?obsid={ident}&set=lrs&lines=none&x=5100..5200&y=-50..300")
    watched.wait(f"{SHOWN} && !document.getElementById('template-place').hidden", 20)
    assert value(watched, "template") == name
    watched.click("#template-on")
    watched.wait(f"location.search.includes('template=') && {LEGEND}.includes('template {name}')", 10)
    assert watched.evaluate("document.getElementById('template-on').getAttribute('aria-pressed')") == "true"

    # At the redshift of the spectrum, and as high as least squares have it.
    waves, z = vacuum_of(row, grids["lrs"]), header["z"]
    flux, ivar = np.array(row["flux"], dtype="f8"), np.array(row["ivar"], dtype="f8")
    rest = np.array(stock[name]["flux"], dtype="f8")
    template = np.interp(
        waves / (1 + z), vacuum_of(stock[name], grids["templates"]), rest, left=np.nan, right=np.nan
    )
    good = np.isfinite(template) & (ivar > 0) & np.isfinite(flux)
    scale = np.sum((ivar * template * flux)[good]) / np.sum((ivar * template**2)[good])
    picture = etree.fromstring(saved(watched, "svg"))
    paths = [p.get("d", "") for p in picture.iter(f"{SVG}path") if p.get("stroke-dasharray") == "6 2"]
    places = np.array([point.split() for point in re.split("[ML]", max(paths, key=len))[1:]], dtype="f8")
    stage = watched.evaluate(
        "(({clientWidth, clientHeight}) => [clientWidth, clientHeight])"
        "(document.querySelector('.spectrum-stage'))"
    )
    wide, tall = stage[0] - 64 - 24, stage[1] - 14 - 46
    drawn = (waves >= 5100) & (waves <= 5200)
    expected = np.array(
        [
            64 + (waves[drawn] - 5100) / 100 * wide,
            40 + 14 + tall - (scale * template[drawn] + 50) / 350 * tall,
        ]
    ).T
    np.testing.assert_allclose(places[1 : 1 + len(expected)], expected, atol=0.02)

    # Another by its name, one that is not there, and none.
    other = next(one for one in stock if one != name)
    enter(watched, "template", other)
    watched.wait(f"{LEGEND}.includes('template {other}')", 10)
    enter(watched, "template", "<b>none</b>")
    watched.wait("!document.getElementById('template-error').hidden", 10)
    assert text(watched, "#template-error") == "There is no template “<b>none</b>” here."
    watched.wait(f"!location.search.includes('template=') && !{LEGEND}.includes('template')", 10)

    # The address brings it back; on paper the plot is there, in light colours, without what can be pressed.
    watched.open(f"{spectral_base}spectrum.html?obsid={ident}&set=lrs&template={name}", dark=True)
    watched.wait(f"{SHOWN} && {LEGEND}.includes('template {name}')", 20)
    assert watched.evaluate("document.getElementById('refused').hidden")
    if watched.name == "firefox":
        return  # its driver lays nothing out for paper
    watched.media("print")
    watched.evaluate(COLOURS)
    watched.wait(f"colours().has({0x23508E}) && !colours().has({0x7AA7E4})", 5)
    seen = (
        "[...document.querySelectorAll('main :is(button, input, select, textarea, summary), .spectrum-stage, "
        "#legend, #spectrum-title, #spectrum-badges')].filter((one) => one.checkVisibility())"
        ".map((one) => one.id || one.className)"
    )
    shown = watched.evaluate(seen)
    assert {"spectrum-stage", "legend", "spectrum-title", "spectrum-badges"} <= set(shown)
    assert not [one for one in shown if one.startswith(("open-", "view-", "list-", "button"))]
    assert watched.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


@pytest.mark.complains("ERR_FILE_NOT_FOUND")
@pytest.mark.slow
def test_data_from_a_folder(chromium: Browser, spectral: Spectral, tmp_path: Path) -> None:
    """A copy of the site without its data, opened from disk: the reader says where they are."""
    shutil.copytree(spectral.release, tmp_path / "site", ignore=shutil.ignore_patterns("data", "files"))
    column, ident = layout_id(spectral, "sdss")
    chromium.open((tmp_path / "site" / "spectrum.html").as_uri())
    chromium.wait("document.getElementById('data-folder')", 20)
    chromium.open(f"{(tmp_path / 'site' / 'spectrum.html').as_uri()}?{column}={ident}&x=5000..6000")
    reported = chromium.wait(f"/could not be read/.test({STATUS}) && {STATUS}", 20)
    assert "data/spectra/sdss/spectra.js: it is missing or damaged" in reported
    assert text(chromium, "#spectrum-folder label") == "Use the data folder"
    assert serious(chromium) == []
    chromium.upload("#data-folder", tmp_path / "site")
    chromium.wait(
        "/does not contain the data/.test(document.getElementById('data-folder-hint').textContent)", 20
    )
    chromium.upload("#data-folder", spectral.release)
    assert chromium.wait(SHOWN, 60).startswith(ident)
    assert chromium.evaluate("document.getElementById('spectrum-folder').hidden")
    assert "x=5000..6000" in chromium.address
    with fits.open(spectral.files["sdss"][0]) as hdus:
        own = np.array(hdus[1].data["flux"], dtype="f4")
    with fits.open(io.BytesIO(saved(chromium, "fits"))) as hdus:
        np.testing.assert_array_equal(hdus[1].data["flux"], own)
    chromium.open(f"{(tmp_path / 'site' / 'object.html').as_uri()}?{column}={ident}")
    chromium.wait(f"/could not be read/.test({STATUS})", 20)
    chromium.upload("#data-folder", spectral.release)
    chromium.wait(f"/^Spectra: 1 /.test({STATUS})", 60)
    assert chromium.evaluate("document.getElementById('object-folder').hidden")


def test_the_files_own_flux_without_its_continuum(watched: Browser, spectral_base: str) -> None:
    watched.open(f"{spectral_base}spectrum.html?set=dr10&obsid=7&scale=subtracted")
    watched.wait(SHOWN, 20)
    assert value(watched, "scale") == "subtracted" and watched.evaluate(
        "document.getElementById('refused').hidden"
    )
    option = "document.querySelector('#scale option[value=\"{}\"]').disabled"
    assert watched.evaluate(option.format("file")) and not watched.evaluate(option.format("subtracted"))
