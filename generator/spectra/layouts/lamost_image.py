"""LAMOST low resolution up to DR7: the primary image, with one row each for flux, inverse variance,
wavelength and masks.

In the pilot survey and in DR1 the third row is the flux minus its continuum, and wavelengths follow from
coefficients in the header. EXTEN0 may name the rows.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import numpy as np

from ..fits_file import Fits, Hdu, Header
from ..spectrum import Part, Spectrum, Unreadable, Values
from . import lamost
from .lamost import FLUX_UNIT, KEYWORDS, MASKS, VACUUM

__all__ = ["FLUX_UNIT", "KEYWORDS", "MASKS", "NAME", "VACUUM", "identify", "matches", "read", "rows"]

NAME = "lamost-lrs-image"
_USUAL = ("flux", "ivar", "wavelength", "and_mask", "or_mask")
_WORDS = {
    "flux": "flux",
    "inv": "ivar",
    "subcont": "subtracted",
    "contsub": "subtracted",
    "wave": "wavelength",
    "and": "and_mask",
    "or": "or_mask",
    "sky": "sky",
}
"""Prefixes of row names in EXTEN0, and the array each denotes."""
_KEPT = {"ivar", "subtracted", "sky", "and_mask", "or_mask"}


def _image(fits: Fits) -> Hdu:
    """Return the primary image, or the first extension of a file compressed by fpack."""
    packed = fits.hdu(1) if not fits.primary.shape else None
    return packed if packed and packed.is_image else fits.primary


def matches(fits: Fits) -> bool:
    hdu = _image(fits)
    return (
        len(hdu.shape) == 2 and 3 <= hdu.shape[0] <= 9 and hdu.shape[1] > 9 and lamost.is_lamost(hdu.header)
    )


def rows(_fits: Fits) -> int:
    return 1


def identify(fits: Fits, _row: int) -> tuple[str, Any]:
    return lamost.identify(_image(fits).header)


def read(fits: Fits, _row: int) -> Spectrum:
    hdu = _image(fits)
    image = hdu.image()
    planes = dict(zip(_named(hdu.header, len(image)) or _USUAL, image, strict=False))
    wavelength, log = planes.pop("wavelength", None), False
    if wavelength is not None and not _ascending(wavelength):
        # These rows are never wavelengths, whatever the header says.
        planes.setdefault("subtracted", wavelength)
        wavelength = None
    if wavelength is None:
        wavelength, log = _coefficients(hdu.header, image.shape[1]), True
    part = Part(wavelength, planes.pop("flux"), log=log)
    for name in _KEPT & planes.keys():
        part.take(name, partial(planes.__getitem__, name))
    return Spectrum([part], lamost.facts(hdu.header))


def _named(header: Header, rows: int) -> list[str] | None:
    """Return the names of the rows in EXTEN0; None if it does not name each."""
    words = re.findall(r"[a-z]+", re.sub(r"\b(variance|mask)\b", "", header.text("EXTEN0").lower()))
    names = [next((name for start, name in _WORDS.items() if w.startswith(start)), w) for w in words]
    whole = len(names) == rows == len(set(names)) and "flux" in names
    return names if whole else None


def _ascending(values: Values) -> bool:
    with np.errstate(all="ignore"):
        return bool(values[0] > 0 and (np.diff(values) > 0).all())


def _coefficients(header: Header, pixels: int) -> Values:
    """Return decimal logarithms of the wavelengths, from IRAF's keywords if the pipeline's are missing."""
    start, step = (header.number(key) for key in ("COEFF0", "COEFF1"))
    if (start is None or not step) and header.get("DC-FLAG") == 1 and header.number("CRPIX1") in (None, 1):
        start, step = header.number("CRVAL1"), header.number("CD1_1") or header.number("CDELT1")
    if start is None or not step:
        raise Unreadable("has neither a row of wavelengths nor COEFF0 and COEFF1")
    return start + step * np.arange(pixels)
