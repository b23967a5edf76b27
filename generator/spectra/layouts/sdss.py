"""SDSS, BOSS, eBOSS and SDSS-V `spec` files: a table COADD with one row per pixel, then a table about
the object.

Full files contain every exposure in an extension, for each camera up to eBOSS (B1-00142550-…), for both
cameras together in SDSS-V (MJD_EXP_60000-00); `spec-lite` files do not.
"""

from __future__ import annotations

import re
from typing import Any

from ..fits_file import Fits, Hdu, take_columns
from ..spectrum import NAME_ID, Part, Spectrum, Unreadable

NAME = "sdss-spec"
MASKS = "sdss"
FLUX_UNIT = "1e-17 erg / (s cm2 Angstrom)"
VACUUM = True

_COLUMNS = {name: name.upper() for name in ("ivar", "sky", "model", "wdisp", "and_mask", "or_mask", "mask")}
_CAMERA = re.compile(r"([BR])\d?-?(\d{8}).*")
_FACTS = {
    "ra": ("PLUG_RA", "RACAT", "RA"),
    "dec": ("PLUG_DEC", "DECCAT", "DEC"),
    "plate": ("PLATE", "FIELD"),
    "mjd": ("MJD",),
    "fibre": ("FIBERID", "FIBER_ID"),
    "catalogid": ("CATALOGID",),
    "sdss_id": ("SDSS_ID",),
    "class": ("CLASS",),
    "subclass": ("SUBCLASS",),
    "z": ("Z",),
    "z_err": ("Z_ERR",),
    "zwarning": ("ZWARNING",),
    "snr": ("SN_MEDIAN_ALL",),
    "survey": ("SURVEY",),
    "target": ("TARGETTYPE", "OBJTYPE"),
}
KEYWORDS = _FACTS | {"exposure": ("EXPOSURE", "MJD")}
"""Fact of a spectrum -> the keywords or columns that contain it."""


def matches(fits: Fits) -> bool:
    hdu = fits.hdu(1)
    return bool(hdu and hdu.has("FLUX", "LOGLAM", "IVAR") and hdu.name in ("COADD", "") and hdu.rows > 1)


def rows(_fits: Fits) -> int:
    return 1


def _object(fits: Fits) -> Hdu | None:
    """Return the row that describes the object: SPECOBJ, SPALL or, unnamed, the second extension."""
    hdu = fits.hdu(2)
    return hdu if hdu and hdu.is_table and hdu.rows >= 1 else None


def identify(fits: Fits, _row: int) -> tuple[str, Any]:
    about = _object(fits)
    value = about.cell("SPECOBJID", 0) if about else None
    if value not in (None, "", 0, "0"):
        return "specobjid", value
    header = fits.primary.header
    numbers = [
        (about.cell(column, 0) if about else None) or header.get(key)
        for column, key in (("PLATE", "PLATEID"), ("MJD", "MJD"), ("FIBERID", "FIBERID"))
    ]
    if all(isinstance(n, int) for n in numbers):
        return "spec", "{:04d}-{:05d}-{:04d}".format(*numbers)
    numbers = [about.cell(c, 0) if about else None for c in ("FIELD", "MJD", "CATALOGID")]
    if all(isinstance(n, int) for n in numbers):
        return "spec", "{:06d}-{:05d}-{:011d}".format(*numbers)
    raise Unreadable("has neither a SPECOBJID nor plate (field), MJD and fibre (CATALOGID)", NAME_ID)


def read(fits: Fits, _row: int) -> Spectrum:
    parts, facts = [], {}
    about = _object(fits)
    for name, columns in _FACTS.items():
        value = next((v for c in columns if about and (v := about.cell(c, 0)) not in (None, "")), None)
        if value is not None:
            facts[name] = value
    for hdu in fits:
        if hdu.number == 1:
            parts.append(_part(hdu))
        elif hdu.number > 2 and hdu.has("FLUX", "LOGLAM") and hdu.rows:
            part = _part(hdu)
            camera = _CAMERA.match(hdu.name)
            part.kind, part.arm = "single", camera[1] if camera else ""
            part.exposure = camera[2] if camera else hdu.name.removeprefix("MJD_EXP_")
            parts.append(part)
    return Spectrum(parts, facts)


def _part(hdu: Hdu) -> Part:
    part = Part(hdu.vector("LOGLAM"), hdu.vector("FLUX"), log=True)
    take_columns(part, hdu, _COLUMNS)
    return part
