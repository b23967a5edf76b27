"""What the headers of all LAMOST spectra have in common."""

from __future__ import annotations

from typing import Any

from ..fits_file import Header
from ..model import Unreadable

MASKS = "lamost"
FLUX_UNIT = ""
VACUUM = True

_FACTS = {
    "designation": ("DESIG",),
    "ra": ("RA",),
    "dec": ("DEC",),
    "date": ("DATE-OBS",),
    "mjd": ("MJD",),
    "lmjd": ("LMJD",),
    "plan": ("PLANID",),
    "spectrograph": ("SPID",),
    "fibre": ("FIBERID",),
    "class": ("CLASS",),
    "subclass": ("SUBCLASS",),
    "z": ("Z",),
    "z_err": ("Z_ERR",),
    "exptime": ("EXPTIME",),
    "helio_rv": ("HELIO_RV",),
    "vacuum": ("VACUUM",),
    "release": ("DATA_V",),
    "simulated": ("SIMULATE",),
}
KEYWORDS = _FACTS
"""Fact of a spectrum -> the keywords or columns that tell it."""


def is_lamost(header: Header) -> bool:
    """Whether a primary header is LAMOST's; the oldest say so in one keyword only."""
    texts = " ".join(header.text(k) for k in ("TELESCOP", "DATA_V", "ORIGIN", "AUTHOR", "DESIG")).upper()
    return "LAMOST" in texts


def identify(header: Header) -> tuple[str, Any]:
    value = header.get("OBSID")
    if value is None:
        raise Unreadable("has no OBSID in its header")
    return "obsid", value


def facts(header: Header) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, keys in _FACTS.items():
        value = next((header.get(k) for k in keys if k in header), None)
        if value is not None and value != "":
            found[name] = value
    snr = {band: header.number(f"SNR{band.upper()}") for band in "ugriz"}
    if any(v is not None for v in snr.values()):
        found["snr"] = {band: value for band, value in snr.items() if value is not None}
    return found
