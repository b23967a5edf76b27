"""Which column plays which part: by release.toml, else by UCD, else by usual names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..model import Roles
from ..problems import InputError, Problem
from .fields import Field, is_array, is_number, is_text


@dataclass(frozen=True)
class Parts:
    """The columns found for each role; None where no column plays it."""

    ra: str | None = None
    dec: str | None = None
    id: str | None = None
    designation: str | None = None
    class_: str | None = None
    subclass: str | None = None
    redshift: str | None = None
    snr: list[str] = field(default_factory=list)
    night: str | None = None
    plate: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {k.rstrip("_"): v for k, v in asdict(self).items()}


_UCDS = {
    "ra": [r"pos\.eq\.ra;meta\.main", r"pos\.eq\.ra"],
    "dec": [r"pos\.eq\.dec;meta\.main", r"pos\.eq\.dec"],
    "id": [r"meta\.id;meta\.main"],
    "designation": [r"meta\.id;src"],
    "class_": [r"src\.class", r"meta\.code\.class(;.*)?"],
    "subclass": [r"src\.sptype"],
    "redshift": [r"src\.redshift(;meta\.main|;em\..*)?"],
    "night": [],
    "plate": [],
}
_NAMES = {
    "ra": [
        "ra",
        "raj2000",
        "ra_j2000",
        "_raj2000",
        "ra_icrs",
        "radeg",
        "ra_deg",
        "alpha_j2000",
        "ra_obs",
        "plug_ra",
        "target_ra",
        "rightascension",
        "right_ascension",
    ],
    "dec": [
        "dec",
        "dej2000",
        "decj2000",
        "dec_j2000",
        "_dej2000",
        "de_icrs",
        "dec_icrs",
        "dedeg",
        "decdeg",
        "dec_deg",
        "delta_j2000",
        "dec_obs",
        "plug_dec",
        "target_dec",
        "declination",
    ],
    "id": [
        "obsid",
        "mobsid",
        "obs_id",
        "specobjid",
        "source_id",
        "sobject_id",
        "sourceid",
        "targetid",
        "objid",
        "object_id",
        "objectid",
        "specid",
        "spec_id",
        "id",
    ],
    "designation": ["designation", "desig", "name", "objname", "obj_name", "target_name", "target"],
    "class_": ["class", "spectype", "objtype", "obj_class", "type"],
    "subclass": ["subclass", "subtype", "sptype", "sp_type", "spectral_type"],
    "redshift": ["redshift", "z", "zbest", "z_best", "zspec", "z_spec"],
    "night": ["lmjd", "mjd", "night", "obsdate", "obs_date", "date_obs", "dateobs"],
    "plate": [
        "planid",
        "plan_id",
        "plate",
        "plateid",
        "plate_id",
        "tileid",
        "tile_id",
        "fieldid",
        "field_id",
    ],
}
_SNR = re.compile(r"(snr|sn|s2n)(_?median(_all)?|_?[ugrizbvjhky])?", re.I)
_OTHERS = {"ra": "dec", "dec": "ra"}


def usual_snr(names: Sequence[str]) -> str | None:
    """The signal-to-noise ratio most readers mean: of the g band, else the first."""
    return next((name for name in names if name.lower().endswith("g")), names[0] if names else None)


def find_roles(fields: list[Field], named: Roles, file: Path, place: str) -> Parts:
    """Roles of the columns of a catalogue.

    Raises InputError for a named column that does not exist (with near names) or cannot play its part.
    """
    by_name = {f.name: f for f in fields}
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for role in _UCDS:
        name = getattr(named, role)
        if name is not None:
            problems += _check(role.rstrip("_"), name, by_name, file, place)
            found[role] = name
        else:
            found[role] = _by_ucd(role, fields) or _by_name(role, fields)
    if named.snr is not None:
        for name in named.snr:
            problems += _check("snr", name, by_name, file, place)
        found["snr"] = named.snr
    else:
        found["snr"] = [
            f.name for f in fields if _fits("snr", f) and (_SNR.fullmatch(f.name) or f.ucd == "stat.snr")
        ][:8]
    if problems:
        raise InputError(problems)
    # One half of a position is none; and both must come from the same pair (ra with dec, not with dec_obs).
    for role, other in _OTHERS.items():
        if found[role] and getattr(named, role) and not getattr(named, other):
            twin = _twin(found[role], role, by_name)
            found[other] = twin or found[other]
    if not (found["ra"] and found["dec"]):
        found["ra"] = found["dec"] = None
    return Parts(**found)


def rivals(fields: list[Field], parts: Parts) -> dict[str, list[str]]:
    """For each role that a column plays by its name alone, the others whose names would do as well."""
    result = {}
    for role, usual in _NAMES.items():
        chosen = getattr(parts, role)
        others = [f.name for f in fields if f.name.lower() in usual and f.name != chosen and _fits(role, f)]
        if chosen and others and _by_ucd(role, fields) != chosen:
            result[role.rstrip("_")] = others
    return result


def position_names(fields: list[Field], named: Roles) -> list[str]:
    """Columns that by their names are right ascensions or declinations."""
    usual = {*_NAMES["ra"], *_NAMES["dec"]}
    return [f.name for f in fields if f.name.lower() in usual or f.name in (named.ra, named.dec)]


def is_degrees(field: Field) -> bool:
    """Whether a column's values can be degrees, by its type and unit."""
    return is_number(field.type) and not (field.unit or "deg").startswith(_OTHER_ANGLES)


_OTHER_ANGLES = ("h", "m", "u", "rad", "arc", "'", '"')
"""How units of hours, minutes, radians, arcsec and their parts begin."""


def _check(role: str, name: str, columns: dict[str, Field], file: Path, place: str) -> list[Problem]:
    place = f"{place}.roles.{role}"
    if name not in columns:
        near = difflib.get_close_matches(name.lower(), [c.lower() for c in columns], n=3, cutoff=0.5)
        near = [c for c in columns if c.lower() in near]
        mend = (
            f"did you mean {' or '.join(near)}?" if near else f"columns are: {', '.join(list(columns)[:20])}"
        )
        return [Problem(str(file), place, f"no column {name!r}", mend)]
    if not _fits(role, columns[name]):
        return [
            Problem(
                str(file),
                place,
                f"{name!r} is of type {columns[name].type}",
                _WANTS.get(role, "name another column"),
            )
        ]
    return []


_WANTS = {
    "ra": "name a column of numbers, in degrees",
    "dec": "name a column of numbers, in degrees",
    "snr": "name columns of numbers",
    "redshift": "name a column of numbers",
    "id": "name a column of whole numbers or text",
}


def _fits(role: str, field: Field) -> bool:
    if is_array(field.type):
        return False
    if role in ("ra", "dec"):
        return is_degrees(field)
    if role in ("snr", "redshift"):
        return is_number(field.type)
    if role.startswith("id"):
        return is_text(field.type) or str(field.type).startswith(("int", "uint"))
    if role in ("designation", "class", "class_", "subclass"):
        return is_text(field.type)
    return True


def _by_ucd(role: str, fields: list[Field]) -> str | None:
    for pattern in _UCDS[role]:
        hits = [
            f.name for f in fields if f.ucd and re.fullmatch(pattern, f.ucd.strip(), re.I) and _fits(role, f)
        ]
        # Without meta.main a UCD singles a column out only when no other bears it.
        if hits and ("main" in pattern or len(hits) == 1):
            return hits[0]
    return None


def _by_name(role: str, fields: list[Field]) -> str | None:
    lower = {f.name.lower(): f for f in fields}
    return next((lower[n].name for n in _NAMES[role] if n in lower and _fits(role, lower[n])), None)


def _twin(name: str, role: str, columns: dict[str, Field]) -> str | None:
    """The dec that belongs to an ra, or the other way round, by its name: ra_obs and dec_obs."""
    pairs = [
        ("ra", "dec"),
        ("RA", "DEC"),
        ("Ra", "Dec"),
        ("RA", "DE"),
        ("alpha", "delta"),
        ("ALPHA", "DELTA"),
    ]
    for ra, dec in pairs:
        old, new = (ra, dec) if role == "ra" else (dec, ra)
        twin = name.replace(old, new, 1)
        if old in name and twin in columns:
            return twin
    return None
