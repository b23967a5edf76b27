"""The gallery of the spectra of a result."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ...browser import Browser
from ...spectral_portal import Spectral
from ...ways import few
from ..pages.test_every_page import serious
from ..search.test_search_pages import search

pytestmark = pytest.mark.browser
DRAWN = "document.querySelectorAll('.thumb[data-state=drawn]').length"
SCRIPTS = "performance.getEntriesByType('resource').filter(({ name }) => /data/.test(name)).length"
HOOK = """window.saved = []; const make = URL.createObjectURL;
URL.createObjectURL = (blob) => { saved.push(blob); return make.call(URL, blob); }; 0"""
READ = (
    """saved[0].arrayBuffer().then((b) => btoa(String.fromCharCode(...new Uint8Array(b).subarray(0, 32))))"""
)


def packed_ids(release: Path) -> list[str]:
    files = sorted((release / "data/spectra/lrs/index").iterdir())
    return [str(i) for file in files for i in pq.read_table(file).column("id").to_pylist()]


def test_rows_as_pictures(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    ids = packed_ids(spectral.release)[::8]
    watched.open(f"{spectral_base}search.html", keep=True)  # a page that has shown no gallery before
    search(watched, spectral_base, catalogue="lrs", obsid=",".join(ids), sort="obsid")
    loaded = "Object.keys(drportal.parts).some((part) => part.startsWith('thumbnails'))"
    assert not watched.evaluate(loaded)
    watched.click("#results-as [value=spectra]")
    watched.wait(f"{DRAWN} > 5")
    assert watched.evaluate(loaded)
    shown = watched.evaluate("[...document.querySelectorAll('.thumb')].map((thumb) => thumb.dataset.id)")
    assert shown == ids[: len(shown)] and len(shown) < len(ids)
    first = watched.evaluate("document.querySelector('.thumb-link').getAttribute('href')")
    assert f"spectrum.html?obsid={ids[0]}" in first
    inked = """[...document.querySelectorAll('.thumb[data-state=drawn] canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size; })"""
    assert all(colours > 2 for colours in watched.evaluate(inked))
    words = watched.evaluate("document.querySelector('.thumb-words').textContent")
    assert words and "\n" not in words
    # By keyboard: on to the next, mark it, save its picture.
    watched.evaluate("document.querySelector('.thumb-link').focus()")
    watched.press("ArrowRight")
    assert watched.evaluate("document.activeElement.closest('.thumb').dataset.id") == ids[1]
    watched.press(" ")
    watched.wait("document.querySelector('#marks span').textContent === 'Marked: 1'")
    assert watched.evaluate(f"document.querySelector('[data-id=\"{ids[1]}\"] .tick').checked")
    watched.evaluate(HOOK)
    watched.press("s")
    watched.wait("saved.length === 1 && saved[0].type === 'image/png'")
    head = base64.b64decode(watched.evaluate(READ))
    assert head[:4] == b"\x89PNG" and struct.unpack(">II", head[16:24]) == (1200, 600)
    watched.press("End")
    watched.wait(f"document.activeElement.closest('.thumb')?.dataset.id === '{ids[-1]}'")
    watched.wait(f"document.querySelector('[data-id=\"{ids[-1]}\"]').dataset.state === 'drawn'")
    assert watched.evaluate("document.getElementById('page-at').textContent").endswith(
        f"{len(ids)} of {len(ids)}"
    )
    # The same mark in the table.
    assert watched.address.endswith("&show=spectra")
    watched.click("#results-as [value=table]")
    watched.wait(
        "!document.getElementById('results-scroll').hidden && document.getElementById('gallery').hidden"
    )
    assert "show=" not in watched.address
    assert watched.wait("document.querySelectorAll('#results tbody .tick:checked').length === 1")


@pytest.mark.slow
def test_pictures_from_a_folder_that_was_picked(watched: Browser, spectral: Spectral) -> None:
    ids = packed_ids(spectral.release)[:3]
    search(watched, f"{spectral.release.as_uri()}/", catalogue="lrs", show="spectra", obsid=",".join(ids))
    watched.wait(f"{DRAWN} === 3")
    folder = spectral.release / "data"
    files = sorted(
        p for part in (folder / "lrs", folder / "spectra/lrs") for p in part.rglob("*") if p.is_file()
    )
    files = [p for p in files if "chunks" not in p.parts]
    watched.evaluate("document.getElementById('data-folder').webkitdirectory = false")
    watched.upload("#data-folder", *files)
    said = "document.getElementById('data-folder-hint').textContent"
    watched.wait(f"{said}.startsWith('This folder does not contain')")
    # What picking a folder adds; no driver picks one in Firefox.
    paths = json.dumps([f"data/{p.relative_to(folder).as_posix()}" for p in files])
    watched.evaluate(f"""(() => {{ const input = document.getElementById('data-folder');
      for (const [i, value] of {paths}.entries())
        Object.defineProperty(input.files[i], 'webkitRelativePath', {{ value }});
      input.dispatchEvent(new Event('change')); }})()""")
    watched.wait(f"{said} === 'Reading from the folder: lrs, spectra/lrs'")
    before = watched.evaluate(SCRIPTS)
    other = packed_ids(spectral.release)[-1]
    watched.evaluate(f"history.pushState(null, '', '?catalogue=lrs&obsid={other}&show=spectra'); 0")
    watched.evaluate("dispatchEvent(new PopStateEvent('popstate')); 0")
    watched.wait(f"document.querySelector('.thumb')?.dataset.id === '{other}' && {DRAWN} === 1")
    assert watched.evaluate(SCRIPTS) == before


@pytest.mark.slow
def test_thousands_of_rows_and_those_without_spectra(
    watched: Browser, spectral: Spectral, spectral_served: str
) -> None:
    search(watched, spectral_served, catalogue="lrs", sky="all", columns="ra,dec")
    watched.click("#results-as [value=spectra]")
    watched.wait("document.querySelectorAll('.thumb[data-state]').length > 5")
    watched.fill("#go-row", "5990")
    watched.press("Enter")
    watched.wait("document.activeElement.closest('.thumb')?.ariaPosInSet === '5990'")
    watched.wait("document.activeElement.closest('.thumb').dataset.state")
    assert watched.evaluate("document.querySelectorAll('.thumb').length") < 80
    assert watched.evaluate("document.activeElement.closest('.thumb').ariaSetSize") == "6000"
    # Another search shows its own rows, still as pictures.
    ids = packed_ids(spectral.release)[5:8]
    again = f"?catalogue=lrs&obsid={','.join(ids)}&sort=-obsid&show=spectra"
    watched.evaluate(f"history.pushState(null, '', '{again}'); 0")
    watched.evaluate("dispatchEvent(new PopStateEvent('popstate')); 0")
    watched.wait(f"{DRAWN} === 3")
    shown = "[...document.querySelectorAll('.thumb')].map((thumb) => thumb.dataset.id)"
    assert watched.evaluate(shown) == ids[::-1]
    assert search(watched, spectral_served, "sql.html", sql="SELECT ra, dec FROM lrs LIMIT 3") == 3
    assert watched.evaluate("document.getElementById('results-as').hidden")


@pytest.mark.parametrize(("language", "width", "dark"), few([("zh/", 390, True), ("", 1280, False)], "zh/"))
@pytest.mark.slow
def test_the_gallery_is_accessible_and_fits(
    chromium: Browser, spectral: Spectral, language: str, width: int, dark: bool
) -> None:
    browser = chromium
    ids = ",".join(packed_ids(spectral.release)[:9])
    address = f"{spectral.release.as_uri()}/{language}search.html?catalogue=lrs&obsid={ids}"
    browser.open(address, width=width, dark=dark)
    browser.wait("!document.getElementById('results-as').hidden")
    browser.click("#results-as [value=spectra]")
    browser.wait(f"{DRAWN} > 1")
    assert serious(browser) == []
    assert browser.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert browser.complaints == []
