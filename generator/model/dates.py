"""Dates of which a part may be unknown."""

from __future__ import annotations

import re
from datetime import date

PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def partial_date(value: object) -> object:
    """A date as release.toml gives it: 2020, 2020-05 or 2020-05-27."""
    if type(value) is date:  # TOML has dates of its own
        return value.isoformat()
    if isinstance(value, str):
        try:
            whole = PARTIAL_DATE.fullmatch(value) is not None
            date.fromisoformat(value + "0000-01-01"[len(value) :])  # 30 February is none
        except ValueError:
            whole = False
        if not whole:
            raise ValueError("is not a date; write it as 2020, 2020-05 or 2020-05-27")
    return value
