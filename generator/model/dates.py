"""Dates that may be incomplete."""

from __future__ import annotations

import re
from datetime import date

PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def partial_date(value: object) -> object:
    """Check a date of release.toml: 2020, 2020-05 or 2020-05-27."""
    if type(value) is date:  # TOML has a date type
        return value.isoformat()
    if isinstance(value, str):
        try:
            whole = PARTIAL_DATE.fullmatch(value) is not None
            date.fromisoformat(value + "0000-01-01"[len(value) :])  # rejects 30 February
        except ValueError:
            whole = False
        if not whole:
            raise ValueError("is not a date; write it as 2020, 2020-05 or 2020-05-27")
    return value
