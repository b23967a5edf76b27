"""FITS files of the reader's on the spectrum page: as astropy reads them, and nothing leaves the page."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from ...browser import Browser
from ...spectral_portal import Spectral
from .own_files import Own, every
from .test_spectrum_page import SHOWN, STATUS, low_resolution, saved

pytestmark = pytest.mark.browser


def choose(browser: Browser, own: Own) -> None:
    """Open a file, and in it the spectrum of a row."""
    browser.evaluate("document.getElementById('status').textContent = ''")
    browser.upload("#own-file", own.file)
    browser.wait(f"{STATUS}.includes({json.dumps(own.file.name)})", 30)
    if own.row:
        browser.evaluate(f"""(() => {{ const field = document.getElementById("own-row");
            field.value = {own.row + 1};
            field.dispatchEvent(new Event("change", {{ bubbles: true }})); }})()""")
        browser.wait(f"/ {own.row + 1} /.test({STATUS})", 30)


def same(found: fits.BinTableHDU, wanted: dict[str, np.ndarray], where: str) -> None:
    for name, values in wanted.items():
        values, mine = np.asarray(values), found.data[name]
        if name == "wavelength":
            assert np.allclose(mine, values, rtol=1e-12), (where, name)
        else:
            assert np.array_equal(mine, values.astype(mine.dtype), equal_nan=True), (where, name)


def lrs_and_mrs(spectral: Spectral) -> tuple[Path, Path]:
    ident, _ = low_resolution(spectral)
    lrs = next(f for f in spectral.files["dr10"] if str(fits.getheader(f).get("OBSID")) == ident)
    return lrs, spectral.files["mrs"][0]


def test_files_of_many_surveys(
    watched: Browser, spectral: Spectral, spectral_base: str, tmp_path: Path
) -> None:
    watched.open(f"{spectral_base}spectrum.html")
    watched.wait("!document.getElementById('spectrum-start').hidden", 20)
    files = every(tmp_path, *lrs_and_mrs(spectral))
    before = len(watched.requests)
    for own in files:
        choose(watched, own)
        content = saved(watched, "fits")
        with fits.open(io.BytesIO(content)) as hdus:
            assert len(hdus) == len(own.parts) + 1, own.file.name
            for part, hdu in zip(own.parts, hdus[1:], strict=True):
                same(hdu, part, own.file.name)
                assert hdu.columns["wavelength"].unit == own.unit
            header = hdus[0].header
            assert "RELEASE" not in header
        shown = watched.evaluate("document.getElementById('facts').innerText")
        title = watched.evaluate("document.getElementById('spectrum-title').textContent")
        for name, value in own.facts.items():
            if name in ("ra", "dec", "designation", "class", "fibre"):
                assert str(value) in shown, (own.file.name, name)
            elif name != "vacuum":
                assert str(value) in title, (own.file.name, name, title)
            else:
                assert header["VACUUM"] is value
        assert watched.evaluate("location.search") == ""
    later = [url for url in watched.requests[before:] if not url.startswith(("blob:", "data:"))]
    assert all("/assets/" in url for url in later), later
    assert not any("engine/" in url for url in watched.requests)


def test_a_dropped_file_and_the_way_back(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    ident, arrays = low_resolution(spectral)
    watched.open(f"{spectral_base}spectrum.html?obsid={ident}&set=dr10&smooth=boxcar:5px")
    watched.wait(SHOWN, 20)
    watched.evaluate("""(() => {
      const card = (text) => text.padEnd(80);
      const bytes = new Uint8Array(2880 * 2);
      const head = ["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 1", "NAXIS1  = 100", "CRVAL1  = 5000",
        "CDELT1  = 2", "CRPIX1  = 1", "END"].map(card).join("").padEnd(2880);
      for (let i = 0; i < 2880; i++) bytes[i] = head.charCodeAt(i);
      for (let i = 0; i < 100; i++) bytes[2880 + i] = i;
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], "drop <b>.fits"));
      for (const kind of ["dragenter", "drop"])
        document.getElementById("panels").dispatchEvent(
          new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    })()""")
    watched.wait(f"{STATUS}.includes('drop <b>.fits')", 20)
    assert "pixels: 100" in watched.evaluate(STATUS)
    assert watched.evaluate("document.getElementById('copy-link').hidden")
    assert (
        watched.evaluate("document.getElementById('smooth-width').value") == "5"
    )  # the same tools, as they were
    watched.evaluate("document.getElementById('spectrum-open').requestSubmit()")
    status = watched.wait(SHOWN, 20)
    assert f"{len(arrays['flux']):,} pixels" in status
    assert watched.evaluate("document.getElementById('own-place').hidden")


def test_what_is_no_spectrum(watched: Browser, spectral_base: str, tmp_path: Path) -> None:
    watched.open(f"{spectral_base}spectrum.html")
    watched.wait("!document.getElementById('spectrum-start').hidden", 20)
    catalogue, whole = tmp_path / "catalogue.fits", tmp_path / "whole.fits"
    fits.BinTableHDU.from_columns([fits.Column("RA", "D", array=[1.0])], name="STARS").writeto(catalogue)
    fits.PrimaryHDU(np.ones(5000, "f4")).writeto(whole)
    texts = {
        "text.fits": (b"hello", "This is not a FITS file."),
        "catalogue.fits": (catalogue.read_bytes(), "It has: STARS (RA)."),
        "cut.fits": (whole.read_bytes()[:9000], "This FITS file is cut short."),
        "plain.fits": (whole.read_bytes(), "has no wavelengths"),
        "torn.fits.gz": (b"\x1f\x8bnothing", "This FITS file is damaged."),
    }
    for name, (content, said) in texts.items():
        (tmp_path / name).write_bytes(content)
        watched.upload("#own-file", tmp_path / name)
        watched.wait(f"{STATUS}.includes({json.dumps(said)})", 20)


def test_tools_are_in_reach(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    ident, _ = low_resolution(spectral)
    address = f"{spectral_base}spectrum.html?obsid={ident}&set=dr10"
    watched.open(address)
    watched.wait(SHOWN, 20)
    panel = "document.getElementById('spectrum-controls')"
    for scrolled in (0, 10_000):
        watched.evaluate(f"{panel}.scrollTo(0, {scrolled})")
        edge = "above" if scrolled else "below"
        watched.wait(f"({panel}.dataset.more ?? '').split(' ').includes('{edge}')", 10)
        assert watched.evaluate(f"{panel}.getBoundingClientRect().bottom <= innerHeight + 1")
    watched.open(address, width=390)
    watched.wait(SHOWN, 20)
    tools = "document.getElementById('spectrum-tools')"
    place = "document.getElementById('panels').getBoundingClientRect()"
    assert watched.evaluate(f"{tools}.checkVisibility()") is False
    assert watched.evaluate(f"{place}.top < innerHeight / 2 + 200")
    watched.click("#tools-toggle")
    assert watched.evaluate(
        f"{tools}.checkVisibility() && {tools}.getBoundingClientRect().top > {place}.bottom"
    )
    assert watched.evaluate("document.getElementById('tools-toggle').getAttribute('aria-expanded')") == "true"
    assert watched.evaluate("document.documentElement.scrollWidth <= innerWidth")
