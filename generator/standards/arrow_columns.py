"""Columns of Arrow tables as VOTable describes them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa

WIDE = "*"


@dataclass(frozen=True)
class Column:
    """A column of a table or of an answer."""

    name: str
    datatype: str = "unicodeChar"
    """Of VOTable."""
    arraysize: str | None = None
    unit: str | None = None
    ucd: str | None = None
    description: str | None = None
    utype: str | None = None
    xtype: str | None = None
    principal: bool = False
    indexed: bool = False
    standard: bool = False
    ident: str | None = None
    """The ID attribute of its FIELD."""
    ref: str | None = None
    """What its values are measured in: the ID of a system of the same VOTable."""

    def typed(self, kind: pa.DataType) -> Column:
        """Return the column with the VOTable datatype for values of an Arrow type."""
        datatype, arraysize, xtype = votable_type(kind, self.datatype)
        return replace(self, datatype=datatype, arraysize=arraysize, xtype=self.xtype or xtype)


NUMBERS = {
    pa.bool_(): "boolean",
    pa.uint8(): "unsignedByte",
    pa.int8(): "short",
    pa.int16(): "short",
    pa.uint16(): "int",
    pa.int32(): "int",
    pa.uint32(): "long",
    pa.int64(): "long",
    pa.float32(): "float",
    pa.float64(): "double",
}


def votable_type(kind: pa.DataType, text: str = "unicodeChar") -> tuple[str, str | None, str | None]:
    """Return VOTable's datatype, arraysize and xtype for an Arrow type; `text` is used for texts."""
    if kind in NUMBERS:
        return NUMBERS[kind], None, None
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return "char", WIDE, "timestamp"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        datatype = NUMBERS.get(kind.value_type)
        if datatype:
            return datatype, str(kind.list_size) if pa.types.is_fixed_size_list(kind) else WIDE, None
        return text, WIDE, None  # shown as text
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return "unsignedByte", WIDE, None
    if pa.types.is_decimal(kind):
        return "double", None, None
    return text if text in ("char", "unicodeChar") else "unicodeChar", WIDE, None
