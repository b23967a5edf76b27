"""Arrow values as those that every format of a table can have."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from .arrow_columns import NUMBERS

MICROSECONDS = "us"


def plain(array: pa.Array) -> pa.Array:
    """Return values as booleans, integers, floats, texts, bytes, or lists of numbers.

    Decimals are doubles; times are texts of ISO 8601; unsigned 64-bit integers, which VOTable lacks, are
    texts.
    """
    kind = array.type
    if kind in NUMBERS or pa.types.is_string(kind):
        return array.cast(pa.int16()) if kind == pa.int8() else array
    if pa.types.is_timestamp(kind):
        return _times(array)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        if kind.value_type in NUMBERS:
            return array.cast(pa.list_(kind.value_type))
        return pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return array.cast(pa.binary())
    if pa.types.is_decimal(kind):
        return array.cast(pa.float64())
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.string())
    return array.cast(pa.string())


def _times(array: pa.Array) -> pa.Array:
    text = array.cast(pa.timestamp(array.type.unit)).cast(pa.string())  # without a zone: all are UTC
    return pc.replace_substring_regex(
        pc.replace_substring(text, " ", "T"), r"(\.[0-9]*[1-9])0+$|\.0+$", r"\1"
    )


def as_text(array: pa.Array) -> pa.Array:
    """Return plain values as texts, which read give the same values again."""
    kind = array.type
    if pa.types.is_string(kind):
        return array
    if pa.types.is_boolean(kind):
        return pc.if_else(array, "true", "false")
    if pa.types.is_floating(kind):
        text = array.cast(pa.string())
        text = pc.if_else(pc.is_nan(array), "NaN", text)
        return pc.if_else(pc.is_inf(array), pc.if_else(pc.greater(array, 0), "+Inf", "-Inf"), text)
    if pa.types.is_binary(kind):
        return pa.array(
            [None if v is None else " ".join(map(str, v)) for v in array.to_pylist()], pa.string()
        )
    if pa.types.is_list(kind):
        parts = as_text(array.flatten())
        parts = pc.fill_null(parts, "NaN")
        offsets = pa.compute.list_value_length(array)
        return _joined(parts, offsets)
    return array.cast(pa.string())


def _joined(parts: pa.Array, lengths: pa.Array) -> pa.Array:
    found: list[str | None] = []
    texts, at = parts.to_pylist(), 0
    for length in lengths.to_pylist():
        found.append(None if length is None else " ".join(texts[at : at + length]))
        at += length or 0
    return pa.array(found, pa.string())
