"""Columns of FITS binary tables: convert the bytes of rows to Arrow arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..values.fields import numpy_type
from .fits_logical import FALSE, TRUE

_NUMPY = {
    "L": "u1",
    "X": "u1",
    "B": "u1",
    "I": ">i2",
    "J": ">i4",
    "K": ">i8",
    "A": "S",
    "E": ">f4",
    "D": ">f8",
    "C": ">f4",
    "M": ">f8",
}
_SIZE = {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "A": 1, "E": 4, "D": 8, "C": 8, "M": 16}
_UNSIGNED = {("B", -(2**7)): "i1", ("I", 2**15): "u2", ("J", 2**31): "u4", ("K", 2**63): "u8"}


@dataclass(frozen=True)
class Layout:
    """Position of a column's bytes in a row, and how to convert them."""

    code: str
    repeat: int
    width: int
    """Characters of one text."""
    heap: str
    """Empty, or "P" or "Q" for arrays of varying length, which are stored in the heap."""
    start: int
    scale: float
    zero: float | int
    null: int | None
    numbers: bool = False
    """Whether logical values are stored as 1 and 0."""

    @property
    def bytes(self) -> int:
        if self.heap:
            return 8 if self.heap == "P" else 16
        return (self.repeat + 7) // 8 if self.code == "X" else self.repeat * _SIZE[self.code]

    @property
    def element(self) -> pa.DataType:
        if self.code in "LX":
            return pa.bool_()
        if self.code == "A":
            return pa.string()
        plain = {"B": "u1", "I": "i2", "J": "i4", "K": "i8"}.get(self.code)
        if plain is None:
            scaled = (self.scale, self.zero) != (1, 0)
            return pa.float64() if scaled or self.code in "DM" else pa.float32()
        if (self.scale, self.zero) == (1, 0):
            return pa.from_numpy_dtype(np.dtype(plain))
        if self.scale == 1 and (self.code, self.zero) in _UNSIGNED:
            return pa.from_numpy_dtype(np.dtype(_UNSIGNED[self.code, int(self.zero)]))
        return pa.float64()

    @property
    def undefined(self) -> str | None:
        """How the header or the standard marks a missing value; for logical values see `Bytes`."""
        if self.null is not None and self.code in "BIJK":
            return f"TNULL {self.null}"
        return "NaN" if self.code in "EDCM" else None

    @property
    def type(self) -> pa.DataType:
        if self.heap:
            return pa.string() if self.code == "A" else pa.list_(self.element)
        if self.code == "A":
            count = self.repeat // self.width if self.width else 1
            return pa.string() if count <= 1 else pa.list_(pa.string(), count)
        count = self.repeat * (2 if self.code in "CM" else 1)
        return (
            self.element if count == 1 else pa.list_(self.element, count) if count else pa.list_(self.element)
        )


def column(raw: NDArray[np.uint8], layout: Layout, heap: NDArray[np.uint8] | None) -> pa.Array:
    """Return the values of one column of a slice. raw: bytes, rows x NAXIS1."""
    rows = len(raw)
    cell = _cells(raw, layout)
    if layout.heap:
        return _from_heap(cell, layout, heap)
    if layout.code == "A":
        if layout.width == 0:
            return pa.array([""] * rows, pa.string())
        count = layout.repeat // layout.width
        words = _strings(cell[:, : count * layout.width].reshape(rows * count, layout.width))
        return words if count == 1 else pa.FixedSizeListArray.from_arrays(words, count)
    values = _values(cell.reshape(-1), layout) if layout.code != "X" else _bits(cell, layout.repeat)
    kind = layout.type
    if pa.types.is_fixed_size_list(kind):
        return pa.FixedSizeListArray.from_arrays(values, kind.list_size)
    if pa.types.is_list(kind):
        return pa.ListArray.from_arrays(pa.array(np.zeros(rows + 1, np.int32)), values)
    # FITS marks a missing number with NaN; inside an array NaN is kept.
    return (
        values
        if not pa.types.is_floating(kind)
        else pa.array(values.to_numpy(zero_copy_only=False), from_pandas=True)
    )


def _bits(cell: NDArray[np.uint8], repeat: int) -> pa.Array:
    return pa.array(np.unpackbits(cell, axis=1)[:, :repeat].reshape(-1).astype(bool))


def _cells(raw: NDArray[np.uint8], layout: Layout) -> NDArray[np.uint8]:
    """Copy the bytes of a column: rows x its width."""
    cells, width = raw[:, layout.start : layout.start + layout.bytes], layout.bytes
    if not cells.size:
        return np.ascontiguousarray(cells)
    # As items of their width, NumPy copies them several times faster than byte by byte.
    return np.ascontiguousarray(cells.view(f"V{width}")).view(np.uint8).reshape(len(raw), width)


def _values(data: NDArray[np.uint8], layout: Layout) -> pa.Array:
    """Return numbers and booleans from their bytes; TNULL and undefined booleans become null."""
    if layout.code == "L":
        if layout.numbers:
            return pa.array(data == 1)
        return pa.array(data == TRUE, mask=(data != TRUE) & (data != FALSE))
    if layout.code == "X":
        return pa.array(data.astype(bool))
    stored = data.view(_NUMPY[layout.code])
    null = None if layout.null is None or layout.code not in "BIJK" else stored == layout.null
    kind = numpy_type(layout.element)
    if (layout.scale, layout.zero) == (1, 0):
        values = stored.astype(kind)
    elif pa.types.is_integer(layout.element):
        # Unsigned integers are stored minus half their range; adding it modulo the range restores them.
        values = (
            stored.astype(stored.dtype.newbyteorder("=")).view(f"u{stored.itemsize}")
            + np.array(layout.zero % 2 ** (8 * stored.itemsize), f"u{stored.itemsize}")
        ).view(kind)
    else:
        values = stored.astype(np.float64) * layout.scale + layout.zero
    return pa.array(values, mask=null)


def _strings(chars: NDArray[np.uint8]) -> pa.Array:
    """Return texts from bytes (texts x width), each up to its first NUL and without trailing blanks."""
    count, width = chars.shape
    lengths, inside = np.zeros(count, np.int32), np.ones(count, bool)
    for place in range(width):
        here = chars[:, place]
        inside &= here != 0
        lengths[inside & (here != 32)] = place + 1
    data = chars[np.arange(width) < lengths[:, None]]
    offsets = np.zeros(count + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    words = pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))
    if len(data) and data.max() > 127:
        try:
            words.validate(full=True)
        except pa.ArrowInvalid:
            # FITS allows only ASCII; anything else that is not UTF-8 is usually Latin-1.
            raw = pa.BinaryArray.from_buffers(
                pa.binary(), count, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
            )
            return pa.array([b.decode("latin-1") for b in raw.to_pylist()], pa.string())
    return words


def _gathered(
    cell: NDArray[np.uint8], layout: Layout, heap: NDArray[np.uint8] | None
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Return the bytes of arrays of varying length, the number of values of each, and the number of bytes.

    Each cell contains the number of values and their offset in the heap.
    """
    assert heap is not None
    pointers = cell.view(">i4" if layout.heap == "P" else ">i8").reshape(len(cell), 2).astype(np.int64)
    counts, starts = pointers[:, 0], pointers[:, 1]
    sizes = (counts + 7) // 8 if layout.code == "X" else counts * _SIZE[layout.code]
    if len(counts) and (counts.min() < 0 or starts.min() < 0 or (starts + sizes).max() > len(heap)):
        raise ValueError("an array points outside the file")
    total = int(sizes.sum())
    before = np.cumsum(sizes) - sizes
    return heap[np.repeat(starts - before, sizes) + np.arange(total)], counts, sizes


def logical_bytes(
    raw: NDArray[np.uint8], layout: Layout, heap: NDArray[np.uint8] | None
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of a column of logical values, and their number in each row."""
    cell = _cells(raw, layout)
    if layout.heap:
        data, counts, _ = _gathered(cell, layout, heap)
        return data, counts
    return cell.reshape(-1), np.full(len(raw), layout.repeat, np.int64)


def _from_heap(cell: NDArray[np.uint8], layout: Layout, heap: NDArray[np.uint8] | None) -> pa.Array:
    data, counts, sizes = _gathered(cell, layout, heap)
    before = np.cumsum(sizes) - sizes
    if layout.code == "A":
        texts = [
            bytes(data[a : a + n]).split(b"\0", 1)[0].rstrip(b" ") for a, n in zip(before, sizes, strict=True)
        ]
        return pa.array([t.decode("utf-8", "replace") for t in texts], pa.string())
    if layout.code == "X":
        bits = [np.unpackbits(data[a : a + n])[:c] for a, n, c in zip(before, sizes, counts, strict=True)]
        values = pa.array(np.concatenate([*bits, np.empty(0, np.uint8)]).astype(bool))
    else:
        values = _values(data, layout)
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts * (2 if layout.code in "CM" else 1), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values)
