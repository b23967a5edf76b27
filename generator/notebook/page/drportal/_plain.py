"""Values of columns as files can have them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def as_text(text: str) -> str:
    """Return a text in printable ASCII, the characters of FITS headers: others as \\uXXXX."""
    return "".join(one if " " <= one <= "~" else one.encode("unicode_escape").decode() for one in text)


def is_ragged(column: Any) -> bool:
    """Whether the rows are lists of different length."""
    return column.dtype.kind == "O" and any(isinstance(one, np.ndarray) for one in column.data)


def plain(column: Any, ascii_only: bool = False) -> Array:
    """Return values as numbers, or as texts (numpy's S): times as ISO 8601, "" for NULL, BLOBs as
    hexadecimal.

    Texts are in UTF-8, or printable ASCII with escapes (`as_text`).
    """
    values, mask = np.asarray(column.data), np.ma.getmaskarray(column)
    if values.dtype.kind in "iufb":
        if values.dtype.kind == "f" and values.dtype.itemsize not in (4, 8):
            values = values.astype(np.float64 if values.dtype.itemsize > 8 else np.float32)
        return values.astype(values.dtype.newbyteorder("=")) if not values.dtype.isnative else values
    if values.dtype.kind == "S":
        return np.where(mask, b"", values) if mask.any() else values
    if is_ragged(column):
        return values
    encode = ascii_bytes if ascii_only else text_bytes
    flat = [
        b"" if hidden else encode(value) for value, hidden in zip(values.ravel(), np.ravel(mask), strict=True)
    ]
    made = np.array(flat, "S") if flat else np.zeros(0, "S1")
    return (made if made.dtype.itemsize else made.astype("S1")).reshape(values.shape)


def text_bytes(value: Any) -> bytes:
    """Return a value as text in UTF-8."""
    if isinstance(value, bytes):
        return value.hex().encode()
    if isinstance(value, np.datetime64):
        return b"" if np.isnat(value) else str(value).encode()
    return str(value).encode("utf-8", "replace")


def ascii_bytes(value: Any) -> bytes:
    """Return a value as text in printable ASCII, others as escapes."""
    found = text_bytes(value)
    return found if found.isascii() and found.decode().isprintable() else as_text(found.decode()).encode()
