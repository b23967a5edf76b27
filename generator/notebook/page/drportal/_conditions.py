"""Conditions on columns, as texts in the small language of the search page's addresses."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._errors import Error


def condition_text(name: str, condition: Any) -> str:
    """Return the text for a value, a (low, high), a list of values, or such a text itself."""
    if isinstance(condition, str):
        return condition
    if condition is None:
        return "null"
    if isinstance(condition, tuple):
        if len(condition) != 2:
            raise Error(f"the condition on {name} must be (low, high), a list of values or a text")
        low, high = ("" if end is None else value_text(name, end) for end in condition)
        return f"{low}..{high}"
    if np.ndim(condition) == 1 or isinstance(condition, set | frozenset):
        if not len(condition):
            raise Error(f"the list of values for {name} is empty")
        return ",".join(value_text(name, one) for one in condition)
    return value_text(name, condition)


def value_text(name: str, value: Any) -> str:
    """Return a value as text: exact for numbers, in quotation marks for texts."""
    value = getattr(value, "value", value)  # a Quantity
    if value is None or value is np.ma.masked:
        return "null"
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return str(value) if np.isfinite(value) else {np.inf: "inf", -np.inf: "-inf"}.get(float(value), "nan")
    if isinstance(value, np.datetime64 | datetime.date):
        return str(value).replace(" ", "T")
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    raise Error(f"the condition on {name} has a value that is neither number, text nor date: {value!r}")


def order_text(sort: str | Sequence[str]) -> str:
    """Return columns to sort by as one text."""
    return sort if isinstance(sort, str) else ",".join(map(str, sort))
