"""The systems of coordinates and of time to which columns of answers refer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from ...standards.arrow_columns import Column

ICRS = "ICRS"
MJD_UTC = "mjd_utc"
"""Days of an observatory, as ObsCore has them."""
SYSTEMS = {
    ICRS: {"system": "ICRS"},
    MJD_UTC: {"timeorigin": "MJD-origin", "timescale": "UTC", "refposition": "TOPOCENTER"},
    # Catalogues do not say which clock their days are of.
    "mjd": {"timeorigin": "MJD-origin", "timescale": "UNKNOWN", "refposition": "UNKNOWN"},
    "jd": {"timeorigin": "JD-origin", "timescale": "UNKNOWN", "refposition": "UNKNOWN"},
}
"""Attributes of COOSYS or TIMESYS by ID."""
_TIMES = re.compile(r"time\.(epoch|start|end)\b")
_DAYS = re.compile(r"(?:^|_)[a-z]?(mjd|jd)(?:$|[_\d])")


def time_system(name: str, unit: str | None, ucd: str | None) -> str | None:
    """The system of a column of a catalogue that has times, known by its name, its unit or its UCD."""
    if unit != "d":
        return None
    found = _DAYS.search(name.lower())
    if found:
        return found[1]
    return "mjd" if ucd and _TIMES.match(ucd) else None


def systems_of(columns: Sequence[Column]) -> str:
    """The elements to which the fields refer."""
    used = {column.ref for column in columns}
    made = []
    for ident, attributes in SYSTEMS.items():
        if ident in used:
            element = "COOSYS" if ident == ICRS else "TIMESYS"
            given = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
            made.append(f'<{element} ID="{ident}"{given}/>\n')
    return "".join(made)
