"""LAMOST low resolution up to DR7: the primary image, a row each for flux, inverse variance, wavelength and
masks.

In the pilot survey and in DR1 the third row is the flux with its continuum subtracted; there the wavelength
follows from the coefficients in the header. EXTEN0 may name the rows.
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
"""How EXTEN0 begins the name of a row, and what it is here."""
_KEPT = {"ivar", "subtracted", "sky", "and_mask", "or_mask"}


def _image(fits: Fits) -> Hdu:
    """The primary image, or the first extension where fpack has packed it."""
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
        # Such rows are never wavelengths, whatever a header says of them.
        planes.setdefault("subtracted", wavelength)
        wavelength = None
    if wavelength is None:
        wavelength, log = _coefficients(hdu.header, image.shape[1]), True
    part = Part(wavelength, planes.pop("flux"), log=log)
    for name in _KEPT & planes.keys():
        part.take(name, partial(planes.__getitem__, name))
    return Spectrum([part], lamost.facts(hdu.header))


def _named(header: Header, rows: int) -> list[str] | None:
    """What EXTEN0 calls the rows; None where it does not name each."""
    words = re.findall(r"[a-z]+", re.sub(r"\b(variance|mask)\b", "", header.text("EXTEN0").lower()))
    names = [next((name for start, name in _WORDS.items() if w.startswith(start)), w) for w in words]
    whole = len(names) == rows == len(set(names)) and "flux" in names
    return names if whole else None


def _ascending(values: Values) -> bool:
    with np.errstate(all="ignore"):
        return bool(values[0] > 0 and (np.diff(values) > 0).all())


def _coefficients(header: Header, pixels: int) -> Values:
    """Decimal logarithms of the wavelengths; IRAF's words for them where the pipeline's own are not there."""
    start, step = (header.number(key) for key in ("COEFF0", "COEFF1"))
    if (start is None or not step) and header.get("DC-FLAG") == 1 and header.number("CRPIX1") in (None, 1):
        start, step = header.number("CRVAL1"), header.number("CD1_1") or header.number("CDELT1")
    if start is None or not step:
        raise Unreadable("has neither a row of wavelengths nor COEFF0 and COEFF1")
    return start + step * np.arange(pixels)
