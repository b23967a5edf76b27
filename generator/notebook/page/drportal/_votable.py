"""A table as VOTable 1.4 in BINARY2, which has a bit for NULL beside each value."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from ._column import Column
from ._errors import Error
from ._plain import is_ragged, plain

Array = NDArray[Any]

TYPES = {
    "u1": "unsignedByte",
    "i2": "short",
    "i4": "int",
    "i8": "long",
    "f4": "float",
    "f8": "double",
    "b1": "boolean",
}
WIDER = {"i1": "i2", "u2": "i4", "u4": "i8"}
"""Types that VOTable does not have, and those that have all their values."""

OPEN = """<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="results">
<TABLE nrows="{rows}">
"""
CLOSE = "</TABLE>\n</RESOURCE>\n</VOTABLE>\n"


def votable(columns: Sequence[Column]) -> bytes:
    """Return a VOTable of one table."""
    rows = len(columns[0]) if columns else 0
    encoded = [_encoded(column) for column in columns]
    fields = "".join(_field(column, *about) for column, (about, _) in zip(columns, encoded, strict=True))
    masks = [_all_null(column) for column in columns]
    bits = np.stack(masks, axis=1) if masks else np.zeros((rows, 0), bool)
    flags = np.packbits(bits, axis=1) if rows and masks else np.zeros((rows, 0), np.uint8)
    cells: list[Iterable[bytes]] = [map(bytes, flags)]
    cells += [cell for _, cell in encoded]
    data = b"".join(part for row in zip(*cells, strict=True) for part in row)
    stream = base64.encodebytes(data)
    body = b'<DATA><BINARY2>\n<STREAM encoding="base64">\n' + stream + b"</STREAM>\n</BINARY2></DATA>\n"
    return (OPEN.format(rows=rows) + fields).encode() + body + CLOSE.encode()


def _field(column: Column, datatype: str, arraysize: str, xtype: str) -> str:
    about = {"name": column.name, "datatype": datatype, "arraysize": arraysize, "xtype": xtype}
    about |= {"unit": column.unit or "", "ucd": column.ucd or ""}
    members = " ".join(f"{key}={quoteattr(_allowed(text))}" for key, text in about.items() if text)
    if not column.description:
        return f"<FIELD {members}/>\n"
    return f"<FIELD {members}><DESCRIPTION>{escape(_allowed(column.description))}</DESCRIPTION></FIELD>\n"


def _allowed(text: str) -> str:
    """A text without the characters that XML forbids."""
    return "".join(
        one
        for one in text
        if one in "\t\n\r" or (one >= " " and not "\ud800" <= one <= "\udfff" and one not in "\ufffe\uffff")
    )


def _all_null(column: Column) -> Array:
    """Rows without a value; elements of arrays have no bits of their own."""
    mask = np.ma.getmaskarray(column)
    rows = mask.reshape(len(column), -1) if len(column) else mask.reshape(0, 1)
    return np.asarray(rows.all(axis=1))


Encoded = tuple[tuple[str, str, str], Iterable[bytes]]


def _encoded(column: Column) -> Encoded:
    """Datatype, arraysize and xtype of a column, and the bytes of each cell."""
    if is_ragged(column):
        return _lists(column)
    values = plain(column)
    if values.dtype == np.uint64 and len(values) and int(values.max()) >= 2**63:
        values = values.astype("S20")  # VOTable has no numbers that large
    if values.dtype.kind == "S":
        if values.ndim > 1:
            raise Error(f"{column.name} has arrays of texts, which are not written to VOTable")
        return _texts(column, values)
    stored, datatype = _numbers(values)
    shape = values.shape[1:]
    if shape and values.dtype.kind in "iu" and np.ma.getmaskarray(column).any():
        datatype, stored = "double", _doubles(column)
    if not shape:
        _blank(stored, column)
    size = "x".join(str(one) for one in reversed(shape))
    return (datatype, size, ""), _slices(
        stored.tobytes(), int(np.prod(shape, dtype=int)) * stored.dtype.itemsize, len(values)
    )


def _doubles(column: Column) -> Array:
    """Whole numbers in arrays where some are NULL, for which VOTable has only NaN."""
    present = column.compressed()
    if len(present) and np.abs(present.astype(object)).max() > 2**53:
        raise Error(f"{column.name} has NULL in arrays of numbers beyond 2^53, which VOTable cannot have")
    values: Any = np.ma.asarray(column).astype(">f8")
    return np.asarray(values.filled(np.nan))


def _blank(stored: Array, column: Column) -> None:
    mask = np.ma.getmaskarray(column)
    if mask.any():
        stored[mask] = np.nan if stored.dtype.kind == "f" else b"?" if stored.dtype.kind == "S" else 0


def _numbers(values: Array) -> tuple[Array, str]:
    """Numbers in the byte order of VOTable, and its name of their type."""
    if values.dtype == bool:
        return np.where(values, b"T", b"F"), "boolean"
    kind = values.dtype.str[1:]
    if kind == "u8":
        kind = "i8"
    kind = WIDER.get(kind, kind)
    return values.astype(np.dtype(f">{kind}")), TYPES[kind]


def _slices(data: bytes, size: int, rows: int) -> Iterable[bytes]:
    return (data[at * size : (at + 1) * size] for at in range(rows))


def _texts(column: Column, values: Array) -> Encoded:
    """Texts of any length: in ASCII as char, others as unicodeChar."""
    xtype = "timestamp" if column.dtype.kind == "M" else ""
    listed = [bytes(one) for one in values]
    if all(one.isascii() for one in listed):
        return ("char", "*", xtype), (len(one).to_bytes(4, "big") + one for one in listed)
    wide = [one.decode("utf-8", "replace").encode("utf-16-be") for one in listed]
    return ("unicodeChar", "*", xtype), ((len(one) // 2).to_bytes(4, "big") + one for one in wide)


def _lists(column: Column) -> Encoded:
    """Lists of numbers of different length; NULL in lists of real numbers is NaN."""
    mask = np.ma.getmaskarray(column)
    lists: list[Any] = [np.ma.asarray([] if mask[row] else column.data[row]) for row in range(len(column))]
    kinds = {one.dtype for one in lists if one.size}
    kind = np.result_type(*kinds) if kinds else np.dtype("f8")
    if kind.kind not in "iufb":
        raise Error(f"{column.name} has lists of {kind}, which are not written to VOTable")
    if any(np.ma.getmaskarray(one).any() for one in lists):
        if kind.kind != "f":
            raise Error(f"{column.name} has lists with NULL among whole numbers, which VOTable cannot have")
        lists = [one.filled(np.nan) for one in lists]
    _, datatype = _numbers(np.zeros(0, kind))
    packed = (_numbers(np.asarray(one).astype(kind))[0].tobytes() for one in lists)
    cells = (len(one).to_bytes(4, "big") + data for one, data in zip(lists, packed, strict=True))
    return (datatype, "*", ""), cells
