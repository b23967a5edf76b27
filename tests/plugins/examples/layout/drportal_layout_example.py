"""A layout of spectra: an image with two rows, flux and its error, on a linear grid of wavelengths in nm."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from drportal.spectra.fits_file import Fits
from drportal.spectra.spectrum import Part, Spectrum, Unreadable


def matches(fits: Fits) -> bool:
    """Whether a file has this layout: its writer says so."""
    return fits.primary.header.get("ORIGIN") == "EXAMPLE-SPECTROGRAPH"


def identify(fits: Fits, _row: int) -> tuple[str, Any]:
    """Name and value of the id by which the catalogue knows the spectrum."""
    number = fits.primary.header.get("TARGET")
    if number is None:
        raise Unreadable("has no keyword TARGET")
    return "target", number


def read(fits: Fits, _row: int) -> Spectrum:
    """The spectrum of a file."""
    header = fits.primary.header
    flux, error = fits.primary.image()
    first, step = header.number("CRVAL1"), header.number("CDELT1")
    if first is None or step is None:
        raise Unreadable("has no wavelengths: CRVAL1 or CDELT1 is missing")
    part = Part(10 * (first + step * np.arange(len(flux))), flux)
    part.take("error", lambda: error)
    facts = {fact: header.number(key) for fact, key in (("ra", "RA"), ("dec", "DEC"))}
    return Spectrum([part], facts)


SPECTRUM_LAYOUT = SimpleNamespace(
    NAME="example-spectrograph",
    MASKS="",
    FLUX_UNIT="1e-17 erg / (s cm2 Angstrom)",
    VACUUM=False,
    KEYWORDS={"ra": ("RA",), "dec": ("DEC",)},
    matches=matches,
    rows=lambda _fits: 1,
    identify=identify,
    read=read,
)
