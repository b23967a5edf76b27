"""LAMOST low resolution since DR8: a table COADD with one row of arrays."""

from __future__ import annotations

from typing import Any

from ..fits_file import Fits, take_columns
from ..spectrum import Part, Spectrum
from . import lamost
from .lamost import FLUX_UNIT, KEYWORDS, MASKS, VACUUM

__all__ = ["FLUX_UNIT", "KEYWORDS", "MASKS", "NAME", "VACUUM", "identify", "matches", "read", "rows"]

NAME = "lamost-lrs"
COLUMNS = {
    "ivar": "IVAR",
    "normalized": "NORMALIZATION",
    "and_mask": "ANDMASK",
    "or_mask": "ORMASK",
    "pix_mask": "PIXMASK",
}
_WANTED = ("FLUX", "IVAR", "WAVELENGTH")


def matches(fits: Fits) -> bool:
    hdu = fits.hdu(1)
    named = hdu and hdu.name in ("COADD", "") and hdu.has(*_WANTED) and not hdu.has("LOGLAM")
    return bool(named and hdu and (hdu.has("ANDMASK") or lamost.is_lamost(fits.primary.header)))


def rows(_fits: Fits) -> int:
    return 1


def identify(fits: Fits, _row: int) -> tuple[str, Any]:
    return lamost.identify(fits.primary.header)


def read(fits: Fits, _row: int) -> Spectrum:
    hdu = fits.hdu(1)
    assert hdu is not None
    part = Part(hdu.vector("WAVELENGTH"), hdu.vector("FLUX"))
    take_columns(part, hdu, COLUMNS)
    return Spectrum([part], lamost.facts(fits.primary.header))
