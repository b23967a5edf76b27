"""A table as FITS: a binary table that keeps types, units, descriptions and NULL (FITS standard 4.0, section
7.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._column import Column
from ._errors import Error
from ._plain import as_text, is_ragged, plain

Array = NDArray[Any]

BLOCK = 2880
FORMS = {"i2": "I", "i4": "J", "i8": "K", "u1": "B", "f4": "E", "f8": "D", "b1": "L"}
SHIFTED = {"i1": ("u1", -(2**7)), "u2": ("i2", 2**15), "u4": ("i4", 2**31), "u8": ("i8", 2**63)}
"""Types that FITS has only with an offset: the stored type, and TZERO."""
WIDER = {"i1": "i2", "u2": "i4", "u4": "i8"}
"""Types instead of these where there is NULL: programs differ in how an offset and TNULL go together."""


@dataclass
class Field:
    """A column as it is stored: `cells` has a row of bytes for each row."""

    form: str
    cells: Array
    cards: list[tuple[str, Any]]


def fits(columns: Sequence[Column], name: str = "") -> bytes:
    """Return a FITS file of a primary header and one table."""
    rows = len(columns[0]) if columns else 0
    if len(columns) > 999:
        raise Error(f"a FITS table has at most 999 columns, not {len(columns):,}")
    heap: list[bytes] = []
    fields = [_field(column, heap) for column in columns]
    width = sum(one.cells.shape[1] for one in fields)
    store = b"".join(heap)
    cards: list[tuple[str, Any]] = [
        ("XTENSION", "BINTABLE"),
        ("BITPIX", 8),
        ("NAXIS", 2),
        ("NAXIS1", width),
        ("NAXIS2", rows),
        ("PCOUNT", len(store)),
        ("GCOUNT", 1),
        ("TFIELDS", len(fields)),
        *([("EXTNAME", name)] if name else []),
    ]
    for at, (column, one) in enumerate(zip(columns, fields, strict=True), 1):
        cards += [(f"TTYPE{at}", column.name), (f"TFORM{at}", one.form)]
        cards += [(f"{key}{at}", value) for key, value in one.cards]
        cards += [(f"TUNIT{at}", column.unit)] if column.unit else []
        cards += [(f"TUCD{at}", column.ucd)] if column.ucd else []
        cards += [(f"TCOMM{at}", column.description)] if column.description else []
    data = np.hstack([one.cells for one in fields]).tobytes() if fields else b""
    primary = _header([("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", True)])
    return primary + _header(cards) + _padded(data + store, b"\0")


def _field(column: Column, heap: list[bytes]) -> Field:
    values, mask = plain(column, ascii_only=True), np.ma.getmaskarray(column)
    if is_ragged(column):
        return _ragged(column, heap)
    rows, shape = len(values), values.shape[1:]
    cards: list[tuple[str, Any]] = []
    if len(shape) > 1:
        cards.append(("TDIM", "(" + ",".join(map(str, reversed(shape))) + ")"))
    if values.dtype.kind == "S":
        size = max(1, values.dtype.itemsize)
        count = int(np.prod(shape, dtype=int)) * size
        if shape:
            cards = [("TDIM", "(" + ",".join(map(str, [size, *reversed(shape)])) + ")")]
        cells = np.ascontiguousarray(values).view(np.uint8).reshape(rows, count)
        return Field(f"{count}A", cells, cards)
    if values.dtype == np.uint64 and mask.any():
        if values.size and int(values[~mask].max(initial=0)) >= 2**63:
            column = Column(values.astype("U20"), mask, column)
            return _field(column, heap)
        values = values.astype(np.int64)
    stored, more = _stored(values, mask, column.name)
    count = int(np.prod(shape, dtype=int))
    form = FORMS[stored.dtype.str[1:]] if stored.dtype != np.uint8 or values.dtype != bool else "L"
    cells = np.ascontiguousarray(stored).view(np.uint8).reshape(rows, count * stored.dtype.itemsize)
    return Field(form if count == 1 and not shape else f"{count}{form}", cells, cards + more)


def _stored(values: Array, mask: Array, name: str) -> tuple[Array, list[tuple[str, Any]]]:
    """Values in the byte order of FITS, NULL as NaN, TNULL or the byte 0, and the cards that say so."""
    kind = values.dtype.str[1:]
    if values.dtype == bool:
        return np.where(mask, 0, np.where(values, ord("T"), ord("F"))).astype(np.uint8), []
    if values.dtype.kind == "f":
        wide = values.astype(">f8" if kind == "f8" else ">f4")
        if mask.any():
            wide[mask] = np.nan
        return wide, []
    if kind in WIDER and mask.any():
        values, kind = values.astype(WIDER[kind]), WIDER[kind]
    cards: list[tuple[str, Any]] = []
    if kind in SHIFTED:
        inner, zero = SHIFTED[kind]
        # exact for all 64 bits: the highest bit is the sign of the stored number
        values = (
            values.view(inner) ^ np.array(-(2**63) if inner == "i8" else _sign(inner)).astype(inner)
        ).view(inner)
        cards = [("TZERO", zero), ("TSCAL", 1)]
    stored = values.astype(values.dtype.newbyteorder(">"))
    if mask.any():
        null = _unused(values[~mask], name)
        stored[mask] = null
        cards.append(("TNULL", null))
    return stored, cards


def _sign(kind: str) -> int:
    return 128 if kind == "u1" else -(2 ** (8 * np.dtype(kind).itemsize - 1))


def _unused(values: Array, name: str) -> int:
    """A number that no value has, for TNULL: the lowest or the highest, else any."""
    info = np.iinfo(values.dtype)
    ends = [int(info.min), int(info.max)]
    if values.dtype.kind == "u":
        ends.reverse()
    for end in ends:
        if not (values == end).any():
            return end
    found = np.unique(values)
    gaps = np.flatnonzero(np.diff(found.astype(object)) > 1)
    if len(gaps):
        return int(found[gaps[0]]) + 1
    raise Error(f"{name} has all values of its type, so that none is left for NULL in FITS")


def _ragged(column: Column, heap: list[bytes]) -> Field:
    """Lists of different length: in the heap, with a descriptor in each row (1QX)."""
    mask = np.ma.getmaskarray(column)
    lists: list[Any] = [np.ma.asarray([] if mask[row] else column.data[row]) for row in range(len(column))]
    kinds = {one.dtype for one in lists if one.size}
    kind = np.result_type(*kinds) if kinds else np.dtype("f8")
    if kind.kind not in "iufb":
        raise Error(f"{column.name} has lists of {kind}, which FITS cannot have")
    joined: Any = (
        np.ma.concatenate(  # type: ignore[no-untyped-call]
            [one.astype(kind) for one in lists]
        )
        if lists
        else np.ma.zeros(0, kind)
    )
    stored, cards = _stored(plain(joined), np.ma.getmaskarray(joined), column.name)
    letter = "L" if kind.kind == "b" else FORMS[stored.dtype.str[1:]]
    lengths = np.array([one.size for one in lists], np.int64)
    start = sum(map(len, heap)) + np.concatenate([[0], np.cumsum(lengths)[:-1]]) * stored.dtype.itemsize
    heap.append(stored.tobytes())
    places = np.stack([lengths, start[: len(lengths)]], axis=1).astype(">i8")
    longest = int(lengths.max(initial=0))
    return Field(f"1Q{letter}({longest})", places.view(np.uint8).reshape(len(lists), 16), cards)


def _header(cards: list[tuple[str, Any]]) -> bytes:
    lines = [line for key, value in cards for line in _cards(key, value)]
    return _padded("".join([*lines, f"{'END':80}"]).encode("ascii"), b" ")


def _cards(key: str, value: Any) -> list[str]:
    """A keyword as one card, or a long text as several (CONTINUE, section 4.2.1.2)."""
    if isinstance(value, bool):
        return [f"{key:8}= {'T' if value else 'F':>20}".ljust(80)]
    if isinstance(value, int):
        return [f"{key:8}= {value:>20}".ljust(80)]
    text = as_text(str(value)).replace("'", "''")
    if len(text) <= 68:
        return [f"{key:8}= '{text:8}'".ljust(80)]
    lines, head = [], f"{key:8}= "
    while text:
        size = 67 if len(text) > 68 else 68
        while size > 1 and text[:size].count("'") % 2:  # a doubled quotation mark stays in one card
            size -= 1
        part, text = text[:size], text[size:]
        lines.append(f"{head}'{part}{'&' if text else ''}'".ljust(80))
        head = "CONTINUE  "
    return lines


def _padded(data: bytes, fill: bytes) -> bytes:
    return data + fill * (-len(data) % BLOCK)
