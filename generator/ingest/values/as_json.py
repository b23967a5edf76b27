"""Convert values to JSON and to the form shown on pages."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pyarrow as pa

EXACT = 2**53
"""Largest whole number that JavaScript represents exactly."""


def plain(value: Any, kind: pa.DataType | None = None) -> Any:
    """Return a value for JSON: text if it is infinite or a number that JavaScript would round.

    If `kind` is single precision, a number is written with the fewest digits that reproduce it.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if kind is not None and pa.types.is_float32(kind) and isinstance(value, float | int):
        value = float(str(np.float32(value)))
        value = int(value) if value.is_integer() and abs(value) <= EXACT else value
    if isinstance(value, int):
        return value if abs(value) <= EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value).replace("inf", "Infinity").replace("nan", "NaN")
    if isinstance(value, bytes):
        return value.hex()
    return float(value) if type(value).__name__ == "Decimal" else str(value)


def shown_value(value: Any) -> str:
    """Return an array as shown in table cells: JSON, with text for numbers that JSON cannot represent."""
    if isinstance(value, str):
        return value
    return json.dumps([_element(v) for v in value], ensure_ascii=False, separators=(",", ":"))


def _element(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int) and abs(value) > EXACT:
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value).replace("inf", "Infinity").replace("nan", "NaN")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)  # as JavaScript writes it
    return value
