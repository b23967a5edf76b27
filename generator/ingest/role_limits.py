"""Reasons why a column cannot have a role: its type, unit, UCD or neighbouring columns."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping
from typing import Any

from ..standards.vounits import ALIASES, PURE
from .role_table import ROLES
from .values.fields import Field, is_array, is_number

_OTHER_ANGLES = ("h", "m", "u", "rad", "arc", "'", '"')
"""Prefixes of units of hours, minutes, radians and arcsec, in any spelling."""
_KNOWN = re.compile(
    r"(arith|em|instr|meta|obs|phot|phys|pos|spect|src|stat|time)(\.|;|$)|"
    r"(class|data|error|fit|id|inst|morph|obs|orbit|phot|phys|pos|redshift|remarks|spect|stat|time|veloc)_",
    re.I,
)
_UNCERTAIN = re.compile(r"(^|;)stat\.(error|variance|stdev|uncalib|max|min|covariance)|^error", re.I)


def is_degrees(field: Field) -> bool:
    """Return whether a column's type and unit allow degrees."""
    return is_number(field.type) and unit_against("ra", field.unit) is None


def against(role: str, field: Field, by_name: bool = True) -> str | None:
    """Return why a column cannot have a role; None if it can. `by_name` = False ignores its UCD."""
    if is_array(field.type) or not ROLES[role].fits(field.type):
        return f"is of type {field.type}"
    return unit_against(role, field.unit) or (ucd_against(role, field.ucd) if by_name else None)


def beside(role: str, field: Field, columns: Collection[str]) -> str | None:
    """Return why neighbouring columns exclude a role, e.g. that z is a magnitude; None if they do not."""
    if role != "redshift" or field.name.lower() != "z":
        return None
    own = {name for name in columns if name.isupper() == field.name.isupper()}
    lower = {name.lower() for name in own}
    if lower & {"z_err", "zerr", "e_z", "err_z", "z_warning", "zwarning", "z_flag", "zerror", "z_error"}:
        return None
    for others, what in (({"g", "r", "i"}, "a magnitude is"), ({"x", "y"}, "a coordinate is")):
        if others <= lower:
            return f"is next to {', '.join(sorted(others))}, as {what}"
    return None


def unit_against(role: str, unit: str | None) -> str | None:
    """Return why a unit excludes a role; None if it does not."""
    if not unit or not unit.strip():
        return None
    known = _known(unit)
    if role in ("ra", "dec"):
        fits = known["deg"] if known else not unit.strip().lower().startswith(_OTHER_ANGLES)
        return None if fits else f"is in {unit!r}, where degrees are needed"
    if (
        not known
        or known["pure"]
        or (role == "snr" and known["per_pixel"])
        or (role == "night" and known["day"])
    ):
        return None
    wanted = "days are" if role == "night" else "no unit is"
    return f"is in {unit!r}, where {wanted} expected"


@functools.cache
def _known(text: str) -> Mapping[str, bool] | None:
    """Return the physical kinds a unit can have; None for an unknown unit, which excludes nothing."""
    from astropy import units

    if text.strip().lower() in PURE:
        return {"deg": False, "pure": True, "per_pixel": False, "day": False}
    plain = text.strip().strip("[]()")
    unit: Any = None
    usual = re.sub(r"[A-Za-z]+", lambda word: ALIASES.get(word[0].lower(), word[0]), plain)
    for spelling in (plain, usual, plain.lower()):
        unit = units.Unit(spelling, parse_strict="silent")
        if not isinstance(unit, units.UnrecognizedUnit):
            break
    if unit is None or isinstance(unit, units.UnrecognizedUnit):
        return None
    inverse = unit**-1
    return {
        "deg": unit == units.deg,
        "pure": unit == units.dimensionless_unscaled,
        "per_pixel": any(
            inverse**power == one for power in (1, 2) for one in (units.pix, units.Angstrom, units.nm)
        ),
        "day": unit == units.day,
    }


def ucd_against(role: str, ucd: str | None) -> str | None:
    """Return why a UCD excludes a role; None if it does not."""
    text = (ucd or "").strip().lower()
    if not _KNOWN.match(text):
        return None
    if _UNCERTAIN.search(text) or not re.match(ROLES[role].begins, text):
        return f"has the UCD {ucd}"
    return None
