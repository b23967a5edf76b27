"""DESI coadds: many spectra in a file; for each arm images of flux, ivar and mask, one row per spectrum.

Files called `spectra` have the same layout with a row for each exposure (EXPID); all exposures of a target
are one spectrum here.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..fits_file import Fits, Hdu
from ..spectrum import NAME_ID, Part, Spectrum, Unreadable

NAME = "desi-coadd"
MASKS = "desi"
FLUX_UNIT = "1e-17 erg / (s cm2 Angstrom)"
VACUUM = True

_ARMS = ("B", "R", "Z", "BRZ")
_FACTS = {
    "ra": "TARGET_RA",
    "dec": "TARGET_DEC",
    "designation": "DESINAME",
    "target": "OBJTYPE",
    "exptime": "COADD_EXPTIME",
    "exposures": "COADD_NUMEXP",
    "mjd": "MEAN_MJD",
    "fibre_status": "COADD_FIBERSTATUS",
}
KEYWORDS = {fact: (column,) for fact, column in _FACTS.items()} | {"exposure": ("EXPID",)}
"""Fact of a spectrum -> the columns that contain it."""


def matches(fits: Fits) -> bool:
    names = {hdu.name for hdu in fits}
    return "FIBERMAP" in names and any(f"{a}_WAVELENGTH" in names and f"{a}_FLUX" in names for a in _ARMS)


def _fibermap(fits: Fits) -> Hdu:
    hdu = fits.named("FIBERMAP")
    if hdu is None or not hdu.has("TARGETID"):
        raise Unreadable("has no TARGETID in FIBERMAP", NAME_ID)
    return hdu


def _rows_of(fits: Fits, number: int) -> list[int]:
    """Return the rows of the file that belong to the spectrum with this number."""
    fibermap = _fibermap(fits)
    if not fibermap.has("EXPID"):
        return [number]
    targets = fibermap.column("TARGETID")
    return [int(row) for row in np.flatnonzero(targets == np.unique(targets)[number])]


def rows(fits: Fits) -> int:
    fibermap = _fibermap(fits)
    return len(np.unique(fibermap.column("TARGETID"))) if fibermap.has("EXPID") else fibermap.rows


def identify(fits: Fits, row: int) -> tuple[str, Any]:
    return "targetid", _fibermap(fits).cell("TARGETID", _rows_of(fits, row)[0])


def read(fits: Fits, row: int) -> Spectrum:
    own = _rows_of(fits, row)
    fibermap = _fibermap(fits)
    parts = [part for one in own for part in _parts(fits, one)]
    facts = {name: v for name, c in _FACTS.items() if (v := fibermap.cell(c, own[0])) not in (None, "")}
    return Spectrum(parts, facts, several=True)


def _parts(fits: Fits, row: int) -> list[Part]:
    """Return the arms of a row."""
    hdus = {hdu.name: hdu for hdu in fits}
    exposure = _fibermap(fits).cell("EXPID", row)
    parts = []
    for arm in _ARMS:
        if f"{arm}_WAVELENGTH" not in hdus or f"{arm}_FLUX" not in hdus:
            continue
        part = Part(
            hdus[f"{arm}_WAVELENGTH"].image(),
            hdus[f"{arm}_FLUX"].image(row),
            arm=arm,
            kind="coadd" if exposure is None else "single",
            exposure="" if exposure is None else str(exposure),
        )
        for name in ("ivar", "model", "mask"):
            if hdu := hdus.get(f"{arm}_{name.upper()}"):
                part.take(name, partial(hdu.image, row))
        parts.append(part)
    return parts
