"""Nights as dates."""

from __future__ import annotations

import datetime
import re

MJD_0 = datetime.date(1858, 11, 17)


def night_date(value: object, column: str | None) -> str | None:
    """A night as the date of its evening: surveys give a date, or a modified Julian day."""
    text = str(value) if value is not None else ""
    if not re.fullmatch(r"[4-9]\d{4}(\.0)?", text):
        return text or None
    # A local modified Julian day (lmjd) is that of the morning after.
    day = int(float(text)) - (column or "").lower().startswith("lmjd")
    return (MJD_0 + datetime.timedelta(days=day)).isoformat()
