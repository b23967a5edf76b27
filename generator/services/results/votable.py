"""Answers as VOTable 1.4: BINARY2 or TABLEDATA, written batch by batch."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.compute as pc

from ...metadata.vo_columns import xml_text
from ...standards.arrow_columns import Column
from ...standards.arrow_values import as_text
from .binary2 import rows_as_bytes
from .systems import systems_of

NAMESPACE = "http://www.ivoa.net/xml/VOTable/v1.3"
MEDIA = "application/x-votable+xml"
VERSION = "1.4"
LINE = 57 * 1024
"""Bytes that are written as base64 at a time: a multiple of 3."""


def attributes(**given: str | None) -> str:
    """Attributes of an element; those that are None are left out."""
    return "".join(
        f" {name}={quoteattr(xml_text(value))}" for name, value in given.items() if value is not None
    )


def info(name: str, value: str, text: str = "", **more: str | None) -> str:
    """An INFO element."""
    return f"<INFO{attributes(name=name, value=value, **more)}>{escape(xml_text(text))}</INFO>\n"


def head(infos: Sequence[str], description: str = "", utype: str | None = None, extra: str = "") -> str:
    """The beginning of a document, up to what is in its resource of results."""
    about = f"<DESCRIPTION>{escape(xml_text(description))}</DESCRIPTION>\n" if description else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<VOTABLE version="{VERSION}" xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f'{extra}<RESOURCE type="results"{attributes(utype=utype)}>\n{about}{"".join(infos)}'
    )


def field(column: Column, element: str = "FIELD", value: str | None = None, **more: str | None) -> str:
    """A FIELD or PARAM."""
    about = column.description
    kinds = attributes(
        ID=column.ident, name=column.name, datatype=column.datatype, arraysize=column.arraysize,
        unit=column.unit, ucd=column.ucd, utype=column.utype, xtype=column.xtype, ref=column.ref,
        value=value, **more,
    )  # fmt: skip
    inner = f"<DESCRIPTION>{escape(xml_text(about))}</DESCRIPTION>" if about else ""
    return f"<{element}{kinds}>{inner}</{element}>\n"


def error_document(message: str, status: str = "ERROR", infos: Sequence[str] = ()) -> bytes:
    """A document that reports an error, as DALI says; `Error` is the name in Simple Cone Search."""
    said = [info("QUERY_STATUS", status, message), *infos]
    return (head(said) + "</RESOURCE>\n</VOTABLE>\n").encode()


class VOTable:
    """Writes an answer."""

    def __init__(
        self,
        file: BinaryIO,
        columns: Sequence[Column],
        infos: Sequence[str],
        binary: bool,
        name: str | None = None,
        extra: str = "",
        table_extra: str = "",
        utype: str | None = None,
    ) -> None:
        self._file, self._columns, self._binary = file, columns, binary
        self._left = b""
        fields = "".join(field(c) for c in columns)
        self._write(head([info("QUERY_STATUS", "OK"), *infos], extra=extra, utype=utype))
        self._write(systems_of(columns))
        self._write(f"<TABLE{attributes(name=name)}>\n{table_extra}{fields}<DATA>\n")
        self._write('<BINARY2>\n<STREAM encoding="base64">\n' if binary else "<TABLEDATA>\n")

    def write(self, batch: Sequence[pa.Array], rows: int) -> None:
        """Write plain values of some rows."""
        if self._binary:
            data = self._left + rows_as_bytes(batch, self._columns, rows)
            whole = len(data) // LINE * LINE
            for at in range(0, whole, LINE):
                self._file.write(base64.b64encode(data[at : at + LINE]) + b"\n")
            self._left = data[whole:]
            return
        self._file.write(_rows_as_text(batch))

    def end(self, overflow: bool, after: str = "") -> None:
        """Write what follows the rows."""
        if self._binary:
            self._file.write(base64.b64encode(self._left) + b"\n")
        self._write("</STREAM>\n</BINARY2>\n" if self._binary else "</TABLEDATA>\n")
        status = info("QUERY_STATUS", "OVERFLOW") if overflow else ""
        self._write(f"</DATA>\n</TABLE>\n{status}</RESOURCE>\n{after}</VOTABLE>\n")

    def _write(self, text: str) -> None:
        self._file.write(text.encode())


def _rows_as_text(batch: Sequence[pa.Array]) -> bytes:
    cells = []
    for array in batch:
        text = as_text(array)
        if pa.types.is_string(array.type):
            text = _escaped(text)
        cells.append(pc.fill_null(text, ""))
    if not cells or not len(cells[0]):
        return b""
    parts: list[object] = ["<TR><TD>"]
    for number, cell in enumerate(cells):
        parts += ["</TD><TD>", cell] if number else [cell]
    parts.append("</TD></TR>\n")
    rows = pc.binary_join_element_wise(*parts, "")
    return "".join(rows.to_pylist()).encode()


def _escaped(text: pa.Array) -> pa.Array:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        text = pc.replace_substring(text, character, entity)
    # What no XML may contain.
    return pc.replace_substring_regex(text, "[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd")
