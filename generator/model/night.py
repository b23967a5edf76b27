"""Nights as dates."""

from __future__ import annotations

import datetime
import re

MJD_0 = datetime.date(1858, 11, 17)


def morning(column: str | None) -> int:
    """Days by which a column counts ahead: a local day (lmjd) is that of the morning after."""
    return int((column or "").lower().startswith("lmjd"))


def evening(value: object, column: str | None) -> datetime.date | None:
    """The date of a night's evening: surveys give a date, or a modified Julian day."""
    text = str(value) if value is not None else ""
    if re.fullmatch(r"[4-9]\d{4}(\.0)?", text):
        return MJD_0 + datetime.timedelta(days=int(float(text)) - morning(column))
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return None


def night_date(value: object, column: str | None) -> str | None:
    """The same as text; what is no date stays as it is."""
    date = evening(value, column)
    return date.isoformat() if date else (str(value) if value not in (None, "") else None)
