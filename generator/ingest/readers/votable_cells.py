"""Values of a VOTable: convert the texts of TABLEDATA and the bytes of BINARY and BINARY2 to Arrow arrays."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ...problems import several
from ..values.fields import is_array, numpy_type
from .votable_fields import ELEMENTS, Column

BOOLEANS = {"t": True, "1": True, "true": True, "f": False, "0": False, "false": False, "?": None, "": None}
_BYTES = np.full(256, 3, np.uint8)
_BYTES[list(b"Ff0")] = 0
_BYTES[list(b"Tt1")] = 1
_BYTES[list(b"?\0 ")] = 2
NUMPY = {
    "unsignedByte": "u1",
    "short": ">i2",
    "int": ">i4",
    "long": ">i8",
    "float": ">f4",
    "double": ">f8",
    "floatComplex": ">f4",
    "doubleComplex": ">f8",
}
SIZES = {n: np.dtype(d).itemsize for n, d in NUMPY.items()} | {"boolean": 1, "char": 1, "unicodeChar": 2}
Note = Callable[[str, str, int], None]
"""Reports what is odd, what was done about it, and the row within the current block."""


class BadCell(Exception):
    """An invalid value: its row within the current block, and what is wrong."""

    def __init__(self, row: int, what: str) -> None:
        self.row, self.what = row, what
        super().__init__(what)


def from_texts(column: Column, cells: Sequence[str | None], note: Note) -> pa.Array:
    """Return the values of TD elements, None for absent ones. Empty ones are NULL except for texts."""
    if column.is_text:
        return _texts(column, cells, note)
    if not is_array(column.type):
        return _finite(_leaves(column, cells, lambda i: i))
    size = None if column.count is None else column.count * column.parts
    step = column.parts * math.prod(n or 1 for n in column.cells)
    tokens: list[str | None] = []
    lengths = np.zeros(len(cells), np.int64)
    absent = np.zeros(len(cells), bool)
    filler = "NaN" if pa.types.is_floating(ELEMENTS[column.datatype]) else None
    for row, cell in enumerate(cells):
        own: list[str | None] = list(_bits(cell) if column.datatype == "bit" else (cell or "").split())
        absent[row] = not own
        wanted = size or -(-len(own) // step) * step
        if size and len(own) > size:
            raise BadCell(
                row, f"contains {several(len(own), 'value')}, its arraysize is {column.arraysize or 1}"
            )
        if own and len(own) < wanted:
            note(f"contains {several(len(own), 'value')} of {wanted}", "the rest is read as undefined", row)
        if size or own:
            own += [filler if own else None] * (wanted - len(own))
        lengths[row] = len(own)
        tokens += own
    ends = np.cumsum(lengths)
    values = _leaves(column, tokens, lambda i: int(np.searchsorted(ends, i, "right")))
    return _lists(column, values, lengths, absent)


def from_bytes(
    column: Column, data: NDArray[np.uint8], lengths: NDArray[np.int64], nulls: NDArray[np.bool_] | None
) -> pa.Array:
    """Return the values of a stream: `data` contains the column's bytes of all rows, `lengths` the number of
    values of each row (characters for texts). `nulls` are the flags of BINARY2; without them an empty array
    is NULL.
    """
    rows = len(lengths)
    absent = np.zeros(rows, bool) if nulls is None else nulls
    if column.is_text:
        return _decoded(column, data, lengths, absent)
    owner = np.repeat(np.arange(rows), lengths)
    declared = _number(column.null, column) if column.null else None
    if column.datatype == "boolean":
        codes = _BYTES[data]
        if len(wrong := np.flatnonzero(codes == 3)):
            raise BadCell(int(owner[wrong[0]]), f"contains the byte 0x{data[wrong[0]]:02x}, not a boolean")
        values = pa.array(codes == 1, mask=codes == 2)
    elif column.datatype == "bit":
        sizes = (lengths + 7) // 8
        starts = np.repeat(8 * (np.cumsum(sizes) - sizes), lengths)
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        bits = np.unpackbits(data)[starts + within]
        if column.type == pa.bool_():  # some writers store a single one as the lowest bit of its byte
            bits = data != 0
        values = pa.array(bits.astype(bool))
    else:
        stored = data.view(NUMPY[column.datatype])
        plain = stored.astype(stored.dtype.newbyteorder("="))
        values = pa.array(plain, mask=None if declared is None else plain == declared)
    if not is_array(column.type):
        return pc.if_else(pa.array(absent), pa.scalar(None, values.type), _finite(values))
    if nulls is None:
        absent = lengths == 0
    return _lists(column, values, lengths * column.parts, absent)


def _finite(values: pa.Array) -> pa.Array:
    """Replace NaN of a single number, which means missing, by NULL; inside an array NaN is kept."""
    if not pa.types.is_floating(values.type):
        return values
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)


def _lists(
    column: Column, values: pa.Array, lengths: NDArray[np.int64], absent: NDArray[np.bool_]
) -> pa.Array:
    if pa.types.is_fixed_size_list(column.type):
        return pa.FixedSizeListArray.from_arrays(values, column.type.list_size, mask=pa.array(absent))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(absent))


def _bits(cell: str | None) -> str:
    return "".join((cell or "").split())


def _leaves(column: Column, tokens: Sequence[str | None], row: Callable[[int], int]) -> pa.Array:
    """Return single values from their texts, NULL for empty ones and those that VALUES declares missing."""
    kind = ELEMENTS[column.datatype]
    if kind == pa.bool_():
        allowed = BOOLEANS if column.datatype == "boolean" else {"0": False, "1": True, "": None}
        try:
            return pa.array([allowed[(t or "").strip().lower()] for t in tokens], kind)
        except KeyError as error:
            at = next(i for i, t in enumerate(tokens) if (t or "").strip().lower() not in allowed)
            raise BadCell(row(at), f"contains {tokens[at]!r}, not a valid {column.datatype}") from error
    texts = pc.utf8_trim_whitespace(pa.array(tokens, pa.string()))
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    try:
        if pc.any(pc.match_substring_regex(texts, "[xX]")).as_py():
            raise pa.ArrowInvalid
        values = pc.cast(texts, kind)
    except pa.ArrowInvalid:
        found: list[Any] = []
        for i, text in enumerate(texts.to_pylist()):
            number = None if text is None else _number(text, column)
            if text is not None and number is None:
                raise BadCell(row(i), f"contains {text!r}, not a valid {column.datatype}") from None
            found.append(number)
        values = pa.array(found, kind)
    if column.null and (declared := _number(column.null, column)) is not None:
        same = pc.fill_null(pc.equal(values, pa.scalar(declared, kind)), False)
        values = pc.if_else(same, pa.scalar(None, kind), values)
    return values


def _number(text: str, column: Column) -> int | float | None:
    """Return a number as written in VOTable, whole ones also in hexadecimal; None if it is invalid."""
    kind = ELEMENTS[column.datatype]
    if pa.types.is_floating(kind):
        text = re.sub(r"(?i)^([+-]?)(inf|nan)[a-z]*$", r"\1\2", text)
        try:
            return None if "_" in text else float(text)
        except ValueError:
            return None
    if not pa.types.is_integer(kind):
        return None
    match = re.fullmatch(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|([0-9]+))", text, re.ASCII)
    if not match or len(text) > 40:
        return None
    number = int(f"{match[1]}{match[2]}", 16) if match[2] else int(f"{match[1]}{match[3]}")
    limits = np.iinfo(numpy_type(kind))
    return number if limits.min <= number <= limits.max else None


def _texts(column: Column, cells: Sequence[str | None], note: Note) -> pa.Array:
    """Return texts exactly as in the XML, including blanks."""
    width = column.width
    if not column.cells:
        if width is not None:
            for row, cell in enumerate(cells):
                if cell and len(cell) > width:
                    what = f"contains {len(cell)} characters, its arraysize is {column.arraysize or 1}"
                    note(what, "they are kept", row)
                    break
        return pa.array(cells, pa.string())
    if column.type == pa.string():  # an array of one
        return pa.array([None if c is None else c.rstrip() for c in cells], pa.string())
    step = width or 1
    count = column.count
    rows: list[list[str | None] | None] = []
    for row, cell in enumerate(cells):
        if not cell:
            rows.append(None)
            continue
        own: list[str | None] = [cell[i : i + step].rstrip() for i in range(0, len(cell), step)]
        if count is not None and len(own) > count:
            if cell[count * step :].strip():
                raise BadCell(row, f"contains {len(cell)} characters, its arraysize is {column.arraysize}")
            own = own[:count]
        rows.append(own + [None] * ((count or 0) - len(own)))
    return pa.array(rows, column.type)


def _decoded(
    column: Column, data: NDArray[np.uint8], lengths: NDArray[np.int64], absent: NDArray[np.bool_]
) -> pa.Array:
    size = SIZES[column.datatype]
    ends = np.cumsum(lengths) * size
    whole = data.tobytes()
    step = (column.width or 1) * size
    single = column.type == pa.string()
    rows: list[Any] = []
    for end, length, gone in zip(ends.tolist(), lengths.tolist(), absent.tolist(), strict=True):
        cell = whole[end - length * size : end]
        if gone or (not single and not cell):
            rows.append(None)
        elif single:
            rows.append(_text(cell, size))
        else:
            parts = [_text(cell[i : i + step], size).rstrip() for i in range(0, len(cell), step)]
            rows.append(parts)
    return pa.array(rows, column.type)


def _text(cell: bytes, size: int) -> str:
    """Return characters up to the first NUL."""
    if size == 2:
        return cell.decode("utf-16-be", "replace").split("\0", 1)[0]
    cell = cell.split(b"\0", 1)[0]
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return cell.decode("latin-1")
