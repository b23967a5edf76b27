"""Any FITS table whose columns release.toml names: a row for each pixel, or an array for each spectrum.

A table of arrays with several rows holds several spectra. Without a column of wavelengths they follow
from the linear coordinate in the header (CRVAL1, CDELT1 or CD1_1), as in images of one dimension.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..fits_file import Fits, Hdu
from ..model import Part, Spectrum, Unreadable, Values

NAME = "columns"
MASKS = ""
FLUX_UNIT = ""
VACUUM = True

VALUES = ("ivar", "error", "sky", "model", "normalized")


def matches(_fits: Fits) -> bool:
    return False  # only by name


def table(fits: Fits, options: dict[str, Any]) -> Hdu:
    """The table or image that holds the spectrum."""
    wanted = options.get("hdu")
    if isinstance(wanted, int):
        hdu = fits.hdu(wanted)
    elif wanted:
        hdu = fits.named(wanted)
    else:
        hdu = next(
            (h for h in fits if (h.is_table and h.columns) or (h.is_image and len(h.shape) == 1)), None
        )
    if hdu is None:
        raise Unreadable(f"has no extension {wanted!r}" if wanted is not None else "has no table")
    return hdu


def rows(fits: Fits, options: dict[str, Any]) -> int:
    hdu = table(fits, options)
    if not hdu.is_table:
        return 1
    flux = hdu.columns.get(str(options["columns"].get("flux", "")).upper())
    if flux is None:
        raise Unreadable(f"has no column {options['columns'].get('flux')!r}")
    return hdu.rows if flux[3] > 1 or flux[2] in "PQ" else 1


def identify(_fits: Fits, _row: int) -> tuple[str, Any]:
    raise Unreadable("tells no id by itself")


def read(fits: Fits, row: int, options: dict[str, Any]) -> Spectrum:
    hdu = table(fits, options)
    columns: dict[str, str] = options["columns"]
    if not hdu.is_table:
        flux = hdu.image()
        wavelength, log = _coordinate(hdu, len(flux)), False
        return Spectrum([Part(wavelength, flux, log=log or bool(options.get("log")))])
    several = rows(fits, options) > 1

    def values(name: str) -> Values:
        return np.ravel(hdu.column(name, row)) if several else np.ravel(hdu.vector(name))

    flux = values(columns["flux"])
    wavelength = values(columns["wavelength"]) if "wavelength" in columns else _coordinate(hdu, len(flux))
    part = Part(wavelength, flux, log=bool(options.get("log")))
    part.values = {key: values(columns[key]) for key in VALUES if key in columns}
    if "mask" in columns:
        part.masks["mask"] = values(columns["mask"])
    return Spectrum([part])


def _coordinate(hdu: Hdu, pixels: int) -> Values:
    header = hdu.header
    start, step = header.number("CRVAL1"), header.number("CDELT1") or header.number("CD1_1")
    if start is None or not step:
        raise Unreadable("has no wavelengths: neither a column nor CRVAL1 with CDELT1")
    return start + step * (np.arange(pixels) + 1 - float(header.number("CRPIX1") or 1))
