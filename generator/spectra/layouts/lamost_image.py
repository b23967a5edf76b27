"""LAMOST low resolution up to DR7: the primary image, a row each for flux, inverse variance, wavelength and
masks.

The pilot survey's third row is not the wavelength; there it follows from the coefficients in the header.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..fits_file import Fits, Hdu, Header
from ..model import Part, Spectrum, Unreadable, Values
from . import lamost
from .lamost import FLUX_UNIT, KEYWORDS, MASKS, VACUUM

__all__ = ["FLUX_UNIT", "KEYWORDS", "MASKS", "NAME", "VACUUM", "identify", "matches", "read", "rows"]

NAME = "lamost-lrs-image"


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
    wavelength, log = image[2], False
    with np.errstate(all="ignore"):
        ascending = wavelength[0] > 0 and (np.diff(wavelength) > 0).all()
    if not ascending:
        wavelength, log = _coefficients(hdu.header, image.shape[1]), True
    masks = {name: image[row] for row, name in ((3, "and_mask"), (4, "or_mask")) if row < len(image)}
    part = Part(wavelength, image[0], log=log, values={"ivar": image[1]}, masks=masks)
    return Spectrum([part], lamost.facts(hdu.header))


def _coefficients(header: Header, pixels: int) -> Values:
    """Decimal logarithms of the wavelengths; IRAF's words for them where the pipeline's own are not there."""
    start, step = (header.number(key) for key in ("COEFF0", "COEFF1"))
    if (start is None or not step) and header.get("DC-FLAG") == 1 and header.number("CRPIX1") in (None, 1):
        start, step = header.number("CRVAL1"), header.number("CD1_1") or header.number("CDELT1")
    if start is None or not step:
        raise Unreadable("has neither a row of wavelengths nor COEFF0 and COEFF1")
    return start + step * np.arange(pixels)
