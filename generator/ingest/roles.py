"""Find the column of each role: by release.toml, else by UCD, else by usual names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..formats import FoundRoles
from ..model import Roles
from ..problems import InputError, Problem
from .role_limits import against, beside, ucd_against, unit_against
from .role_table import ROLES, SINGLE
from .values.fields import Field

_SNR = re.compile(r"(snr|sn|s2n)(_?median(_all)?|_?[ugrizbvjhky])?", re.I)
_OTHERS = {"ra": "dec", "dec": "ra"}


@dataclass(frozen=True)
class Reason:
    """Why a column has a role, or does not have it although its name or UCD suggests it."""

    role: str
    column: str
    why: str
    taken: bool = True


def find_roles(fields: list[Field], named: Roles, file: Path, place: str) -> FoundRoles:
    """Return the roles of a catalogue's columns.

    Raises InputError for a named column that does not exist (with similar names) or cannot have the role.
    """
    return explained_roles(fields, named, file, place)[0]


def explained_roles(
    fields: list[Field], named: Roles, file: Path, place: str
) -> tuple[FoundRoles, list[Reason]]:
    """Return the roles of the columns and the reason for each; columns of a cross-match have none.

    Raises InputError.
    """
    fields = [field for field in fields if not field.match]
    by_name = {f.name: f for f in fields}
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    reasons: list[Reason] = []
    for role in SINGLE:
        plain = role.rstrip("_")
        name = getattr(named, role)
        if name is not None:
            problems += _check(role, name, by_name, file, place)
            found[role] = name
            reasons.append(Reason(plain, name, "named in roles"))
            continue
        taken, refused = _chosen(role, fields)
        found[role] = taken and taken.column
        reasons += [*([taken] if taken else []), *refused]
    if named.snr is not None:
        for name in named.snr:
            problems += _check("snr", name, by_name, file, place)
        found["snr"] = named.snr
        reasons += [Reason("snr", name, "named in roles") for name in named.snr]
    else:
        usual = [f for f in fields if _SNR.fullmatch(f.name) or any(_bears(f, u) for u in ROLES["snr"].ucds)]
        fit = [f.name for f in usual if against("snr", f) is None][:8]
        found["snr"] = fit
        reasons += [Reason("snr", name, "name") for name in fit]
        reasons += [Reason("snr", f.name, why, False) for f in usual if (why := against("snr", f))]
    if problems:
        raise InputError(problems)
    _pair(found, named, by_name, reasons)
    return FoundRoles(**found), reasons


def _pair(found: dict[str, Any], named: Roles, by_name: dict[str, Field], reasons: list[Reason]) -> None:
    """Keep positions only as pairs of matching columns (ra with dec, not with dec_obs)."""

    def put(role: str, name: str, why: str) -> None:
        reasons[:] = [r for r in reasons if not (r.role == role and r.taken)]
        reasons.append(Reason(role, name, why))
        found[role] = name

    for role, other in _OTHERS.items():
        if not found[role] or getattr(named, other):
            continue
        by_ucd = any(r.role == other and r.taken and r.why.startswith("UCD") for r in reasons)
        # Where neither is named, the right ascension decides.
        leads = getattr(named, role) or (role == "ra" and not by_ucd)
        twin = _twin(found[role], role, by_name) if leads else None
        if twin and twin != found[other] and against(other, by_name[twin]) is None:
            put(other, twin, f"belongs to {found[role]}")
    if not (found["ra"] and found["dec"]):
        found["ra"] = found["dec"] = None
        reasons[:] = [r for r in reasons if not (r.role in _OTHERS and r.taken)]


def role_profile(unit: str | None, ucd: str | None, roles: Sequence[str]) -> list[Any]:
    """Return everything about a schema's unit and UCD that can affect roles, as input of a piece.

    Where the schema has none, those of the source decide; that is a different input.
    """
    units = [unit_against(role, unit) is None for role in roles] if unit else None
    if not ucd:
        return [units, None]
    borne = [[bool(re.fullmatch(p, ucd.strip(), re.I)) for p in ROLES[role].ucds] for role in roles]
    return [units, borne, [ucd_against(role, ucd) is None for role in roles]]


def roles_line(reasons: list[Reason]) -> str:
    """Return one line that says which column has each role and why, and which columns do not."""
    taken: dict[tuple[str, str], list[str]] = {}
    for one in reasons:
        if one.taken:
            taken.setdefault((one.role, one.why), []).append(one.column)
    words = [f"{role} is {', '.join(columns)} ({why})" for (role, why), columns in taken.items()]
    words += [f"{one.column} is not {one.role} ({one.why})" for one in reasons if not one.taken]
    return "; ".join(words) or "no column has a role"


def rivals(fields: list[Field], found: FoundRoles) -> dict[str, list[str]]:
    """For each role found by name alone, return the other columns whose names fit as well."""
    result = {}
    names = [f.name for f in fields]
    for role in SINGLE:
        plain, chosen = role.rstrip("_"), getattr(found, role)
        alike = [f for f in fields if f.name.lower() in ROLES[role].names and f.name != chosen]
        others = [f.name for f in alike if not (against(role, f) or beside(role, f, names))]
        best, _ = _chosen(role, fields)
        if chosen and others and not (best and best.column == chosen and best.why.startswith("UCD")):
            result[plain] = others
    return result


def position_names(fields: list[Field], named: Roles) -> list[str]:
    """Return the columns whose names are those of right ascensions or declinations."""
    usual = {*ROLES["ra"].names, *ROLES["dec"].names}
    return [f.name for f in fields if f.name.lower() in usual or f.name in (named.ra, named.dec)]


def _check(role: str, name: str, columns: dict[str, Field], file: Path, place: str) -> list[Problem]:
    place = f"{place}.roles.{role.rstrip('_')}"
    if name not in columns:
        near = difflib.get_close_matches(name.lower(), [c.lower() for c in columns], n=3, cutoff=0.5)
        near = [c for c in columns if c.lower() in near]
        fix = (
            f"did you mean {' or '.join(near)}?" if near else f"columns are: {', '.join(list(columns)[:20])}"
        )
        return [Problem(str(file), place, f"no column {name!r}", fix)]
    if why := against(role, columns[name], by_name=False):
        return [Problem(str(file), place, f"{name!r} {why}", ROLES[role].wants)]
    return []


def _chosen(role: str, fields: list[Field]) -> tuple[Reason | None, list[Reason]]:
    """Return the column for a role by UCD, else by name, and the candidates that were rejected."""
    plain = role.rstrip("_")
    refused: dict[str, Reason] = {}

    def fit(some: Sequence[Field]) -> list[Field]:
        for one in some:
            if why := against(role, one) or beside(role, one, names):
                refused[one.name] = Reason(plain, one.name, why, taken=False)
        return [one for one in some if one.name not in refused]

    names = [f.name for f in fields]
    for pattern in ROLES[role].ucds:
        hits = fit([f for f in fields if _bears(f, pattern)])
        # Without meta.main a UCD identifies a column only if no other column has it.
        if hits and ("main" in pattern or len(hits) == 1):
            return Reason(plain, hits[0].name, f"UCD {(hits[0].ucd or '').strip()}"), list(refused.values())
    for usual in ROLES[role].names:
        # `z` before `Z`: the case decides where both exist.
        same = sorted((f for f in fields if f.name.lower() == usual), key=lambda f: f.name != usual)
        if hits := fit(same):
            return Reason(plain, hits[0].name, "name"), list(refused.values())
    return None, list(refused.values())


def _bears(field: Field, pattern: str) -> bool:
    """Return whether a column's UCD matches a pattern."""
    return bool(re.fullmatch(pattern, (field.ucd or "").strip(), re.I))


def _twin(name: str, role: str, columns: dict[str, Field]) -> str | None:
    """Return the dec that belongs to an ra, or the reverse, by name: ra_obs and dec_obs."""
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
