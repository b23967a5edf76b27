"""Wavelengths from the header of an image or table: FITS world coordinates and IRAF's variants."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..fits_file import Header
from ..spectrum import Unreadable, Values

_NAMES = {1e-10: "Angstrom", 1e-9: "nm", 1e-6: "um", 1.0: "m"}
"""Wavelength units that pages know, by their size in metres."""
_OTHERS = ("FREQ", "ENER", "WAVN", "VRAD", "VOPT", "ZOPT", "BETA", "VELO", "MULT")
"""Axes other than wavelengths: FITS Paper III, and IRAF's MULTISPE, which has its dispersion elsewhere."""


def wavelengths(header: Header, pixels: int) -> tuple[Values, bool]:
    """Return the coordinate of each pixel, and whether it is a decimal logarithm. Raises Unreadable."""
    kind = header.text("CTYPE1").upper()
    if kind.startswith(_OTHERS):
        raise Unreadable(f"has an axis of {kind} and no wavelengths; name a column of wavelengths")
    start, step = header.number("CRVAL1"), header.number("CD1_1")
    if step is None and (step := header.number("CDELT1")) is not None:
        step *= header.number("PC1_1") or 1
    if start is None or not step:
        raise Unreadable("has no wavelengths: neither a column nor CRVAL1 with CDELT1")
    # Without CRPIX1 the reference is pixel 0, the one before the first.
    shift = step * (np.arange(pixels) + 1 - float(header.number("CRPIX1") or 0))
    if kind[4:] == "-LOG" and start:
        return start * np.exp(shift / start), False
    if kind[4:5] == "-" and kind[:4] in ("WAVE", "AWAV"):
        raise Unreadable(f"has wavelengths of CTYPE1 = {kind!r}, which are not read; name a column of them")
    return start + shift, header.get("DC-FLAG") == 1


def vacuum(header: Header) -> bool | None:
    """Return whether a header declares vacuum wavelengths; None if it does not say."""
    declared = header.get("VACUUM")
    if isinstance(declared, bool):
        return declared
    return {"WAVE": True, "AWAV": False}.get(header.text("CTYPE1").upper()[:4])


def check_unit(text: str) -> None:
    """Raise Unreadable if wavelengths are not in Angstrom and release.toml does not give their unit."""
    metres = _metres(text)
    if metres is None:
        return
    name = next((n for m, n in _NAMES.items() if abs(metres / m - 1) < 1e-9), None)
    if name is None:
        known = ", ".join(_NAMES.values())
        raise Unreadable(f"has wavelengths in {text!r}; pages know {known}: see wavelength_unit")
    if name != "Angstrom":
        raise Unreadable(f'has wavelengths in {text!r}; add wavelength_unit = "{name}" to the set')


@lru_cache(maxsize=64)
def _metres(text: str) -> float | None:
    """Return a unit in metres: None if it is unknown, 0 if it is not a length."""
    from astropy import units

    if not text or text == "A" or text.lower().startswith("log"):
        return None  # most files mean Angstrom by A
    for spelling in (text, text.lower(), text.lower().rstrip("s")):
        unit = units.Unit(spelling, parse_strict="silent")
        if not isinstance(unit, units.UnrecognizedUnit):
            return float(unit.to(units.m)) if unit.is_equivalent(units.m) else 0.0
    return None
