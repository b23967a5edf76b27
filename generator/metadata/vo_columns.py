"""Catalogue columns in the formats of the Virtual Observatory."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..formats import CatalogueColumn, ColumnStatistics
from ..standards.votables import DATATYPES, NOT_XML

INTEGERS = {"byte", "short", "int", "long"}
NUMBERS = INTEGERS | {"float", "double"}
TEXTS = {"string", "char", "unicode", "text", "timestamp"}


def xml_text(text: str | None) -> str:
    """Text without characters that XML does not allow."""
    return NOT_XML.sub("", text or "")


def votable_type(column: CatalogueColumn, measured: ColumnStatistics) -> tuple[str, str | None]:
    """VOTable datatype and arraysize."""
    kind = column.datatype
    if kind in TEXTS:
        return "unicodeChar", "*"
    if kind == "binary":
        return "unsignedByte", "*"
    if kind == "long" and int(measured.max or 0) >= 2**63:
        return "char", "*"  # VOTable has no unsigned 64-bit integers
    return DATATYPES[kind], column.arraysize


def explained(column: CatalogueColumn) -> str:
    """The description, including the values that mean "no value"."""
    missing = column.missing
    said = xml_text(column.description).strip()
    if not missing:
        return said
    values = ", ".join(xml_text(str(v)) for v in missing)
    return f"{said} No value is written as {values}.".strip()


def is_missing(value: Any, column: ColumnStatistics) -> bool:
    """Whether a value of a column means "no value"."""
    if value is None:
        return True
    # A decimal is compared as the nearest double; numbers that JSON cannot represent are stored as text.
    number = float(value) if isinstance(value, Decimal) else value
    if column.datatype == "float" and isinstance(number, float):
        import numpy as np

        number = float(str(np.float32(number)))  # as JSON has it
    return any(mark in (number, str(value)) for mark in column.missing)


def null_value(column: CatalogueColumn, measured: ColumnStatistics) -> str | None:
    """The number that means "no value", if VOTable can express it: a single one, in integer columns."""
    missing = column.missing
    if not missing or votable_type(column, measured) not in [
        (DATATYPES[k], None) for k in INTEGERS - {"byte"}
    ]:
        return None
    return str(missing[0])
