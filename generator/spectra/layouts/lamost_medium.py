"""LAMOST medium resolution: a table for each arm's coadd (COADD_B) and each exposure (B-84420148)."""

from __future__ import annotations

import re
from typing import Any

from ..fits_file import Fits, Hdu, take_columns
from ..spectrum import Part, Spectrum, Unreadable
from . import lamost
from .lamost import FLUX_UNIT, MASKS, VACUUM
from .lamost_table import COLUMNS

__all__ = ["FLUX_UNIT", "KEYWORDS", "MASKS", "NAME", "VACUUM", "identify", "matches", "read", "rows"]

NAME = "lamost-mrs"
_PART = {"snr": ("SNR",), "exptime": ("EXPTIME",), "exposures": ("LMJMLIST",), "lmjm": ("LMJM",)}
KEYWORDS = lamost.KEYWORDS | _PART | {"exposure": ("LMJM",)}
_COADD = re.compile(r"COADD_([A-Z])")
_SINGLE = re.compile(r"([A-Z])-(\d.*)")


def _is_part(hdu: Hdu | None) -> bool:
    named = hdu and (_COADD.fullmatch(hdu.name) or _SINGLE.fullmatch(hdu.name))
    return bool(named and hdu and hdu.has("FLUX") and (hdu.has("LOGLAM") or hdu.has("WAVELENGTH")))


def matches(fits: Fits) -> bool:
    return _is_part(fits.hdu(1)) or (lamost.is_lamost(fits.primary.header) and any(map(_is_part, fits)))


def rows(_fits: Fits) -> int:
    return 1


def identify(fits: Fits, _row: int) -> tuple[str, Any]:
    return lamost.identify(fits.primary.header)


def read(fits: Fits, _row: int) -> Spectrum:
    parts = [_part(hdu) for hdu in fits if _is_part(hdu) and hdu.rows]  # an arm that failed has no rows
    if not parts:
        raise Unreadable("contains no spectrum")
    # Coadds first, as readers look at them first; exposures sorted by time.
    parts.sort(key=lambda p: (p.kind, p.arm if p.kind == "coadd" else p.exposure, p.arm))
    return Spectrum(parts, lamost.facts(fits.primary.header))


def _part(hdu: Hdu) -> Part:
    log = not hdu.has("WAVELENGTH")
    part = Part(hdu.vector("LOGLAM" if log else "WAVELENGTH"), hdu.vector("FLUX"), log=log)
    take_columns(part, hdu, COLUMNS)
    single = _SINGLE.fullmatch(hdu.name)
    if single:
        part.arm, part.kind, part.exposure = single[1], "single", single[2]
    else:
        part.arm = hdu.name.removeprefix("COADD_")
    for key, (keyword,) in _PART.items():
        value = hdu.header.get(keyword)
        if value is not None:
            part.facts[key] = value
    return part
