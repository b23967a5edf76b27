"""Any FITS table whose columns release.toml names: one row per pixel, or one array per spectrum.

A table of arrays with several rows contains several spectra. Without a table, one-dimensional images are
read, and the names are those of extensions. Without wavelengths, they are computed from the header.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..fits_file import Fits, Hdu
from ..spectrum import NAME_ID, Part, Spectrum, Unreadable, Values
from .coordinate import check_unit, vacuum, wavelengths

NAME = "columns"
MASKS = ""
FLUX_UNIT = ""
VACUUM = True

VALUES = ("ivar", "error", "sky", "model", "normalized")


def matches(_fits: Fits) -> bool:
    return False  # only by name


def _is_line(hdu: Hdu | None) -> bool:
    """Return whether an image has one dimension, not counting those of one pixel."""
    return bool(hdu and hdu.is_image and hdu.shape and max(hdu.shape) == np.prod(hdu.shape))


def table(fits: Fits, options: dict[str, Any]) -> Hdu:
    """Return the table or image that contains the flux."""
    wanted, flux = options.get("hdu"), options["columns"]["flux"]
    if wanted is not None:
        hdu = fits.hdu(wanted) if isinstance(wanted, int) else fits.named(wanted)
        if hdu is None:
            raise Unreadable(f"has no extension {wanted!r}")
    else:
        hdus = list(fits)
        tables = [h for h in hdus if h.is_table and h.columns]
        lines = [h for h in hdus if _is_line(h)]
        found = [h for h in tables if h.has(flux)] or [h for h in lines if h.name == flux.upper()] or lines
        images = [h for h in hdus if h.is_image]
        hdu = next(iter(found or tables or images), None)
        if hdu is None:
            raise Unreadable("has no table")
    if not hdu.is_table and not _is_line(hdu):
        size = " x ".join(map(str, hdu.shape)) or "nothing"
        raise Unreadable(f"contains an image of {size}, where a table or one line of pixels was expected")
    return hdu


def rows(fits: Fits, options: dict[str, Any]) -> int:
    hdu = table(fits, options)
    if not hdu.is_table:
        return 1
    return hdu.rows if _of_arrays(hdu, options["columns"]["flux"]) else min(hdu.rows, 1)


def _of_arrays(hdu: Hdu, name: str) -> bool:
    """Return whether each row is a spectrum, so that the table may contain several."""
    if not hdu.is_table:
        return False
    flux = hdu.columns.get(name.upper())
    if flux is None:
        raise Unreadable(f"has no column {name!r}")
    return flux[3] > 1 or flux[2] in "PQ"


def identify(_fits: Fits, _row: int) -> tuple[str, Any]:
    raise Unreadable("defines no id of its own", NAME_ID)


def read(fits: Fits, row: int, options: dict[str, Any]) -> Spectrum:
    hdu = table(fits, options)
    columns: dict[str, str] = options["columns"]
    several = rows(fits, options) > 1

    def values(key: str) -> Values:
        name = columns[key]
        if not hdu.is_table:
            own = hdu if key == "flux" else fits.named(name)
            if own is None or not _is_line(own):
                raise Unreadable(f"has no extension {name!r} of one line of pixels")
            return np.ravel(own.image())
        found = np.ravel(hdu.column(name, row)) if several else np.ravel(hdu.vector(name))
        missing = hdu.described(name, "TNULL")
        if key != "mask" and found.dtype.kind in "iu" and isinstance(missing, int):
            return np.where(found == missing, np.nan, found)
        return found

    flux = values("flux")
    log = bool(options.get("log"))
    if "wavelength" in columns:
        wavelength = values("wavelength")
        name = columns["wavelength"]
        image = None if hdu.is_table else fits.named(name)
        unit = image.header.get("BUNIT") if image else hdu.described(name, "TUNIT")
        log |= name.lower().startswith("log") or str(unit).lower().startswith("log")
    else:
        wavelength, logarithmic = wavelengths(hdu.header, len(flux))
        unit = hdu.header.get("CUNIT1")
        log |= logarithmic
    if options.get("unit") is None and unit:
        check_unit(str(unit))
    part = Part(wavelength, flux, log=log)
    for key in (*VALUES, "mask"):
        if key in columns:
            part.take(key, partial(values, key))
    declared = vacuum(hdu.header) if vacuum(hdu.header) is not None else vacuum(fits.primary.header)
    return Spectrum(
        [part], {} if declared is None else {"vacuum": declared}, several=_of_arrays(hdu, columns["flux"])
    )
