"""Dates of observing nights."""

from __future__ import annotations

import datetime
import re

MJD_0 = datetime.date(1858, 11, 17)


def morning(column: str | None) -> int:
    """Days by which a column is ahead of the evening date: 1 for a local day (lmjd), the next morning."""
    return int((column or "").lower().startswith("lmjd"))


def evening(value: object, column: str | None) -> datetime.date | None:
    """The date of a night's evening, from a date or a modified Julian day."""
    text = str(value) if value is not None else ""
    if re.fullmatch(r"[4-9]\d{4}(\.0)?", text):
        return MJD_0 + datetime.timedelta(days=int(float(text)) - morning(column))
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return None


def night_date(value: object, column: str | None) -> str | None:
    """The date of a night's evening as text; values that are not dates are returned unchanged."""
    date = evening(value, column)
    return date.isoformat() if date else (str(value) if value not in (None, "") else None)
