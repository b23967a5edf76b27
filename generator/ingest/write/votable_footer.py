"""The VOTable header in the footer of a VOParquet file: units, UCDs and descriptions."""

from __future__ import annotations

from dataclasses import replace
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

from ...standards.votables import DATATYPES, NOT_XML
from ..values.fields import Field, element_type, is_text


def votable_header(
    name: str, fields: list[Field], rows: int, lengths: dict[str, int], unicode: set[str]
) -> str:
    """Return a VOTable without data, as VOParquet 1.0 requires.

    Text columns have a size, the length of the longest value (`lengths`), since astropy requires one.
    `unicode` contains the names of columns with characters beyond ASCII.
    """
    lines = "".join(_field(f, lengths.get(f.name), f.name in unicode) for f in fields)
    return (
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">'
        f'<TABLE name={quoteattr(name)} nrows="{rows}">{lines}'
        '<PARQUET type="Parquet-local-XML"/></TABLE></RESOURCE></VOTABLE>'
    )


def without_words(fields: list[Field]) -> list[Field]:
    """Return the columns without unit, UCD and description."""
    return [replace(f, unit=None, ucd=None, description=None) for f in fields]


def parquet_metadata(header: str) -> dict[bytes, bytes]:
    return {b"IVOA.VOTable-Parquet.version": b"1.0", b"IVOA.VOTable-Parquet.content": header.encode()}


def votable_type(field: Field) -> tuple[str, str | None]:
    """Return VOTable datatype and arraysize of a column."""
    kind = element_type(field.type)
    if is_text(kind) or pa.types.is_temporal(kind):
        return "char", "*"
    if pa.types.is_binary(kind):
        return "unsignedByte", "*"
    return DATATYPES[field.datatype], field.arraysize


def _field(field: Field, length: int | None, unicode: bool) -> str:
    datatype, size = votable_type(field)
    if length is not None:
        datatype, size = "unicodeChar" if unicode else "char", str(max(length, 1))
    attributes = [
        ("name", field.name),
        ("datatype", datatype),
        ("arraysize", size),
        ("unit", field.unit),
        ("ucd", field.ucd),
    ]
    text = " ".join(f"{k}={quoteattr(NOT_XML.sub('', v))}" for k, v in attributes if v)
    if not field.description:
        return f"<FIELD {text}/>"
    return f"<FIELD {text}><DESCRIPTION>{escape(NOT_XML.sub('', field.description))}</DESCRIPTION></FIELD>"
