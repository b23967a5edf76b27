"""Sizes in bytes, read and written with units."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

FORM = re.compile(r"(\d+(?:\.\d+)?) ?([kMGT]?)(i?)B")
POWERS = {"": 0, "k": 1, "M": 2, "G": 3, "T": 4}


def size(value: object) -> object:
    """The number of bytes of "25 MB" or "25 MiB"."""
    match = FORM.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f'{value!r} is not a size; write it as "25 MB"')
    number, letter, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** POWERS[letter])


Size = Annotated[
    int, BeforeValidator(size), WithJsonSchema({"type": "string", "pattern": f"^{FORM.pattern}$"})
]


def said(size: int, down: bool = False) -> str:
    """A size with a unit, rounded up, or down if `down` (for limits)."""
    for letter, unit in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if size >= unit:
            tenths = size * 10 // unit if down else -(-size * 10 // unit)
            return f"{tenths // 10}.{tenths % 10} {letter}B".replace(".0 ", " ")
    return f"{size} B"
