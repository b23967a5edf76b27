"""Rows as BINARY2 of VOTable, without a loop over them: a column is scattered into the bytes of all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ...standards.arrow_columns import Column

Bytes = NDArray[np.uint8]
Counts = NDArray[np.int64]
TYPES = {
    "unsignedByte": "u1", "short": ">i2", "int": ">i4", "long": ">i8", "float": ">f4", "double": ">f8",
}  # fmt: skip


@dataclass(frozen=True)
class _Cells:
    """The cells of a column: their bytes one after another, and the length of each."""

    data: Bytes
    lengths: Counts


def rows_as_bytes(batch: Sequence[pa.Array], columns: Sequence[Column], rows: int) -> bytes:
    """Return plain values of some rows as bytes of the stream."""
    if not rows:
        return b""
    cells = [_nulls(batch, rows), *(_cells(a, c) for a, c in zip(batch, columns, strict=True))]
    lengths = np.stack([c.lengths for c in cells])
    starts = np.concatenate(([0], np.cumsum(lengths.T.reshape(-1))))[:-1].reshape(rows, len(cells)).T
    out = np.empty(int(lengths.sum()), np.uint8)
    for cell, start in zip(cells, starts, strict=True):
        before = np.concatenate(([0], np.cumsum(cell.lengths)))[:-1]
        out[np.repeat(start - before, cell.lengths) + np.arange(len(cell.data))] = cell.data
    return out.tobytes()


def _nulls(batch: Sequence[pa.Array], rows: int) -> _Cells:
    """The flags of NULL before each row."""
    flags = np.zeros((rows, len(batch)), bool)
    for number, array in enumerate(batch):
        if array.null_count:
            flags[:, number] = array.is_null().to_numpy(zero_copy_only=False)
    packed = np.packbits(flags, axis=1)
    return _Cells(packed.reshape(-1), np.full(rows, packed.shape[1], np.int64))


def _cells(array: pa.Array, column: Column) -> _Cells:
    rows = len(array)
    if pa.types.is_boolean(array.type):
        values = np.where(pc.fill_null(array, False).to_numpy(zero_copy_only=False), ord("T"), ord("F"))
        values = np.where(array.is_null().to_numpy(zero_copy_only=False), ord(" "), values)
        return _Cells(values.astype(np.uint8), np.ones(rows, np.int64))
    if pa.types.is_string(array.type):
        return _texts(array, column.datatype)
    if pa.types.is_binary(array.type):
        return _variable(_buffer(array, np.uint8), _lengths(array), 1)
    if pa.types.is_list(array.type):
        kind = np.dtype(TYPES.get(column.datatype, "u1"))
        inner = array.flatten()
        if pa.types.is_boolean(inner.type):
            values = np.where(
                pc.fill_null(inner, False).to_numpy(zero_copy_only=False), ord("T"), ord("F")
            ).astype("u1")
        else:
            values = _numbers(inner, kind)
        if column.arraysize and column.arraysize.isdigit():
            return _fixed_lists(array, values, kind.itemsize, int(column.arraysize))
        return _variable(values.view(np.uint8), _lengths(array), kind.itemsize)
    kind = np.dtype(TYPES[column.datatype])
    return _Cells(_numbers(array, kind).view(np.uint8), np.full(rows, kind.itemsize, np.int64))


def _numbers(array: pa.Array, kind: np.dtype) -> NDArray[np.generic]:
    empty = float("nan") if kind.kind == "f" else 0
    return np.ascontiguousarray(pc.fill_null(array, empty).to_numpy(zero_copy_only=False).astype(kind))


def _texts(array: pa.Array, datatype: str) -> _Cells:
    if datatype == "char":
        array = pc.replace_substring_regex(array, r"[^\x00-\x7f]", "?")
        return _variable(_buffer(array, np.uint8), _lengths(array), 1)
    # UCS-2 has no characters beyond its plane: they are shown as the sign for that.
    array = pc.replace_substring_regex(array, "[\U00010000-\U0010ffff]", "\ufffd")
    lengths = pc.fill_null(pc.utf8_length(array), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    text = _buffer(array, np.uint8).tobytes().decode("utf-8")
    return _variable(np.frombuffer(text.encode("utf-16-be"), np.uint8), lengths, 2)


def _lengths(array: pa.Array) -> Counts:
    count = pc.list_value_length(array) if pa.types.is_list(array.type) else pc.binary_length(array)
    found: Counts = pc.fill_null(count, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _buffer(array: pa.Array, kind: type[np.uint8]) -> Bytes:
    """The bytes of texts one after another; a NULL has none."""
    array = pc.fill_null(array, "" if pa.types.is_string(array.type) else b"")
    _, offsets, data = array.buffers()
    if data is None:
        return np.zeros(0, kind)
    ends = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    return np.frombuffer(data, kind)[ends[0] : ends[-1]]


def _variable(values: Bytes, counts: Counts, size: int) -> _Cells:
    """Cells of variable length: each begins with the number of its elements."""
    heads = counts.astype(">i4").view(np.uint8).reshape(-1, 4)
    lengths = counts * size
    starts = np.concatenate(([0], np.cumsum(lengths + 4)))
    out = np.empty(int(starts[-1]), np.uint8)
    out[(starts[:-1, None] + np.arange(4)).reshape(-1)] = heads.reshape(-1)
    before = np.concatenate(([0], np.cumsum(lengths)))[:-1]
    out[np.repeat(starts[:-1] + 4 - before, lengths) + np.arange(len(values))] = values
    return _Cells(out, lengths + 4)


def _fixed_lists(array: pa.Array, values: NDArray[np.generic], size: int, count: int) -> _Cells:
    """Cells of as many elements each; those of a NULL are zeros."""
    out = np.zeros((len(array), count * size), np.uint8)
    there = ~array.is_null().to_numpy(zero_copy_only=False)
    out[there] = values.view(np.uint8).reshape(-1, count * size)
    return _Cells(out.reshape(-1), np.full(len(array), count * size, np.int64))
