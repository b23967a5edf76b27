"""Units and UCDs of a schema, checked against the standards."""

from __future__ import annotations

import warnings
from pathlib import Path

from astropy import units
from astropy.io.votable.ucd import check_ucd

from .model import Column, Schema
from .problems import Problem


def lint_schema(schema: Schema, file: Path) -> list[Problem]:
    """Problems with units (VOUnit) and UCDs (UCD1+) of every column of a schema."""
    found = []
    for table in schema.tables:
        for column in table.columns:
            place = f"tables[{table.name}].columns[{column.name}]"
            found += [Problem(str(file), place, what, mend) for what, mend in _lint(column)]
    return found


def _lint(column: Column) -> list[tuple[str, str]]:
    found = []
    if column.unit:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                units.Unit(column.unit, format="vounit")
            except (ValueError, units.UnitsWarning) as error:
                what = f"unit {column.unit!r} is not a VOUnit ({str(error).splitlines()[0]})"
                found.append(
                    (what, "write it as in deg, mag, km/s or Angstrom; leave it out for pure numbers")
                )
    if column.ucd and not check_ucd(column.ucd, check_controlled_vocabulary=True):
        mend = "use words of the UCD1+ list, e.g. pos.eq.ra;meta.main"
        found.append((f"UCD {column.ucd!r} is not in UCD1+", mend))
    return found
