"""FITS binary tables, read as slices of a memory map."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from astropy.io import fits
from numpy.typing import NDArray

from ..problems import InputError, Problem
from .fields import Field
from .source import BATCH, Source, check_names

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
    """Where a column's bytes are in a row and how they become values."""

    code: str
    repeat: int
    width: int
    """Characters of one text."""
    heap: str
    """"", or "P" or "Q" for arrays of varying length kept in the heap."""
    start: int
    scale: float
    zero: float | int
    null: int | None

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


def open_fits(file: Path, plain: Path, hdu: int | str | None) -> Source:
    """Open a binary table of a FITS file; `plain` is the file unpacked.

    Raises InputError where there is no such table, it is cut short, or of a kind that is not read.
    """
    damaged = (ValueError, KeyError, TypeError, AttributeError, OverflowError, MemoryError, fits.VerifyError)
    try:
        return _open(file, plain, hdu)
    except OSError as error:
        what, mend = f"is not readable as FITS: {error}", "fetch or write it again"
        raise InputError(Problem(str(file), "", what, mend)) from None
    except damaged as error:
        what, mend = f"is not valid FITS: {error}", "write it again"
        raise InputError(Problem(str(file), "header", what, mend)) from None


def _open(file: Path, plain: Path, hdu: int | str | None) -> Source:
    with (
        warnings.catch_warnings(action="ignore"),
        fits.open(plain, memmap=True, lazy_load_hdus=True, do_not_scale_image_data=True) as hdus,
    ):
        table = _find(file, hdus, hdu)
        header, start = table.header.copy(), table.fileinfo()["datLoc"]
    place = f"extension {header.get('EXTNAME') or hdu or 1}"
    if header.get("ZTABLE"):
        raise InputError(
            Problem(str(file), place, "is a tile-compressed table", "unpack it with funpack first")
        )
    rows, width, heap_size = header["NAXIS2"], header["NAXIS1"], header.get("PCOUNT", 0)
    told = (rows, width, heap_size, header.get("THEAP", 0))
    if not all(isinstance(n, int) and n >= 0 for n in told):
        what = "has a size that cannot be (NAXIS1, NAXIS2, PCOUNT or THEAP)"
        raise InputError(Problem(str(file), place, what, "write it again, with astropy for example"))
    there = plain.stat().st_size - start
    if there < rows * width + heap_size:
        what = f"is cut short: {rows} rows of {width} bytes announced, {max(there, 0) // max(width, 1)} there"
        raise InputError(
            Problem(
                str(file), place, what, "fetch it again and compare its size or checksum with the original"
            )
        )
    layouts = _layouts(file, header, place)
    fields = [
        Field(
            header[f"TTYPE{i}"].strip(),
            layout.type,
            unit=_text(header, f"TUNIT{i}"),
            ucd=_text(header, f"TUCD{i}") or _text(header, f"TBUCD{i}"),
            description=_text(header, f"TCOMM{i}")
            or _text(header, f"TDESC{i}")
            or _comment(header, f"TTYPE{i}"),
            length=layout.width if layout.code == "A" and not layout.heap else None,
        )
        for i, layout in enumerate(layouts, 1)
    ]
    check_names(file, [f.name for f in fields])
    heap_start = start + header.get("THEAP", rows * width)

    def batches() -> Iterator[pa.RecordBatch]:
        schema = pa.schema([(f.name, f.type) for f in fields])
        if rows == 0:
            return
        for first in range(0, rows, BATCH):
            count = min(BATCH, rows - first)
            # A new map per slice: pages read stay counted as ours only as long as a map of them lives.
            raw = np.memmap(plain, np.uint8, "r", start + first * width, (count, width))
            heap = np.memmap(plain, np.uint8, "r", heap_start) if any(x.heap for x in layouts) else None
            try:
                columns = [_column(raw, layout, heap) for layout in layouts]
            except (
                ValueError,
                IndexError,
                TypeError,
                OverflowError,
                MemoryError,
                pa.ArrowException,
            ) as error:
                where = f"{place}, rows {first + 1} to {first + count}"
                raise InputError(
                    Problem(str(file), where, f"is damaged: {error}", "fetch or write it again")
                ) from None
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return Source(file, fields, rows, batches)


def _find(file: Path, hdus: fits.HDUList, hdu: int | str | None) -> Any:
    """The binary table asked for, or the first."""
    names = []
    for index, found in enumerate(hdus):
        if isinstance(found, fits.BinTableHDU | fits.TableHDU):
            names.append(f"{index} ({found.name})" if found.name else str(index))
            wanted = hdu is None or (
                index == hdu if isinstance(hdu, int) else found.name.upper() == hdu.upper()
            )
            if wanted and isinstance(found, fits.TableHDU):
                mend = "convert it to a binary table, e.g. with astropy or STILTS"
                raise InputError(Problem(str(file), f"extension {index}", "is an ASCII table", mend))
            if wanted:
                return found
    if not names:
        raise InputError(
            Problem(str(file), "", "holds no table", "use a FITS file with a binary table extension")
        )
    mend = f"`hdu` may be one of: {', '.join(names)}"
    raise InputError(Problem(str(file), "", f"has no table extension {hdu!r}", mend))


def _layouts(file: Path, header: fits.Header, place: str) -> list[Layout]:
    layouts: list[Layout] = []
    start = 0
    for i in range(1, header["TFIELDS"] + 1):
        form = str(header.get(f"TFORM{i}", "")).strip()
        match = re.match(r"(\d*)([LXBIJKAEDCM]|([PQ])([LXBIJKAEDCM]))", form)
        if not match or f"TTYPE{i}" not in header:
            what = f"has TFORM {form!r}" if not match else "has no name (TTYPE)"
            raise InputError(
                Problem(str(file), f"{place}, column {i}", what, "write the table again with valid columns")
            )
        repeat, heap = int(match[1] or 1), match[3] or ""
        code = match[4] if heap else match[2]
        width = repeat
        shape = re.match(r"\(\s*(\d+)", str(header.get(f"TDIM{i}", "")))
        if code == "A" and not heap:
            sub = re.match(r"\d*A(\d+)", form)
            width = min(int(shape[1]) if shape else int(sub[1]) if sub else repeat, repeat)
        layout = Layout(
            code,
            repeat,
            width,
            heap,
            start,
            header.get(f"TSCAL{i}", 1),
            header.get(f"TZERO{i}", 0),
            header.get(f"TNULL{i}"),
        )
        layouts.append(layout)
        start += layout.bytes * (min(repeat, 1) if heap else 1)
    if start != header["NAXIS1"]:
        what = f"columns take {start} bytes a row, NAXIS1 says {header['NAXIS1']}"
        raise InputError(Problem(str(file), place, what, "write the table again"))
    return layouts


def _text(header: fits.Header, key: str) -> str | None:
    return str(header.get(key, "")).strip() or None


def _comment(header: fits.Header, key: str) -> str | None:
    """The comment beside a column's name, unless it is a writer's stock phrase."""
    text = header.comments[key].strip()
    stock = re.fullmatch(
        r"(label for (field|column)|name (of|for) (field|column)|column name|field name)\s*\d*", text, re.I
    )
    return text if text and not stock else None


def _column(raw: NDArray[np.uint8], layout: Layout, heap: NDArray[np.uint8] | None) -> pa.Array:
    """The values of one column of a slice. raw: bytes, rows x NAXIS1."""
    rows = len(raw)
    cell = np.ascontiguousarray(raw[:, layout.start : layout.start + layout.bytes])
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
    # NaN is how FITS says there is no value; inside an array it keeps its place.
    return (
        values
        if not pa.types.is_floating(kind)
        else pa.array(values.to_numpy(zero_copy_only=False), from_pandas=True)
    )


def _bits(cell: NDArray[np.uint8], repeat: int) -> pa.Array:
    return pa.array(np.unpackbits(cell, axis=1)[:, :repeat].reshape(-1).astype(bool))


def _values(data: NDArray[np.uint8], layout: Layout) -> pa.Array:
    """Numbers and booleans from their bytes; TNULL and undefined booleans become null."""
    if layout.code == "L":
        return pa.array(data == ord("T"), mask=(data != ord("T")) & (data != ord("F")))
    if layout.code == "X":
        return pa.array(data.astype(bool))
    stored = data.view(_NUMPY[layout.code])
    null = None if layout.null is None or layout.code not in "BIJK" else stored == layout.null
    kind = layout.element.to_pandas_dtype()
    if (layout.scale, layout.zero) == (1, 0):
        values = stored.astype(kind)
    elif pa.types.is_integer(layout.element):
        # Unsigned integers are stored less half their range: undone by adding it modulo the range.
        values = (
            stored.astype(stored.dtype.newbyteorder("=")).view(f"u{stored.itemsize}")
            + np.array(layout.zero % 2 ** (8 * stored.itemsize), f"u{stored.itemsize}")
        ).view(kind)
    else:
        values = stored.astype(np.float64) * layout.scale + layout.zero
    return pa.array(values, mask=null)


def _strings(chars: NDArray[np.uint8]) -> pa.Array:
    """Texts from bytes (texts x width), each up to its first NUL and without trailing blanks."""
    count, width = chars.shape
    nul = chars == 0
    ends = np.where(nul.any(axis=1), nul.argmax(axis=1), width)
    place = np.arange(width)
    inside = place < ends[:, None]
    lengths = ((inside & (chars != 32)) * (place + 1)).max(axis=1, initial=0)
    data = chars[place < lengths[:, None]]
    offsets = np.zeros(count + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    words = pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))
    if len(data) and data.max() > 127:
        try:
            words.validate(full=True)
        except pa.ArrowInvalid:
            # FITS allows ASCII only; what breaks that rule and is no UTF-8 is old Latin-1.
            raw = pa.BinaryArray.from_buffers(
                pa.binary(), count, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
            )
            return pa.array([b.decode("latin-1") for b in raw.to_pylist()], pa.string())
    return words


def _from_heap(cell: NDArray[np.uint8], layout: Layout, heap: NDArray[np.uint8] | None) -> pa.Array:
    """Arrays of varying length: each cell holds their count and where in the heap they start."""
    assert heap is not None
    pointers = cell.view(">i4" if layout.heap == "P" else ">i8").reshape(len(cell), 2).astype(np.int64)
    counts, starts = pointers[:, 0], pointers[:, 1]
    sizes = (counts + 7) // 8 if layout.code == "X" else counts * _SIZE[layout.code]
    if len(counts) and (counts.min() < 0 or starts.min() < 0 or (starts + sizes).max() > len(heap)):
        raise ValueError("an array points outside the file")
    total = int(sizes.sum())
    before = np.cumsum(sizes) - sizes
    data = heap[np.repeat(starts - before, sizes) + np.arange(total)]
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
