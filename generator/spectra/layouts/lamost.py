"""Code shared by the LAMOST layouts: recognizing files, ids and facts of the header."""

from __future__ import annotations

from typing import Any

from ..fits_file import Header
from ..spectrum import NAME_ID, Unreadable

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
"""Fact of a spectrum -> the keywords or columns that contain it."""


def is_lamost(header: Header) -> bool:
    """Return whether a primary header is LAMOST's; the oldest ones show it in one keyword only."""
    texts = " ".join(header.text(k) for k in ("TELESCOP", "DATA_V", "ORIGIN", "AUTHOR", "DESIG")).upper()
    return "LAMOST" in texts


def identify(header: Header) -> tuple[str, Any]:
    value = header.get("OBSID")
    if value is None:
        raise Unreadable("has no OBSID in its header", NAME_ID)
    return "obsid", value


def facts(header: Header) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, keys in _FACTS.items():
        value = next((header.get(k) for k in keys if k in header), None)
        if value is not None and value != "":
            found[name] = value
    snr: dict[str, float] = {}
    for band in "ugriz":
        for word in ("SN_", "SNR"):  # in DR1, and since DR2
            if (value := header.number(f"{word}{band.upper()}")) is not None:
                snr[band] = value
    return found | ({"snr": snr} if snr else {})
