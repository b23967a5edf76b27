"""Columns of a catalogue as the VO's formats tell of them."""

from __future__ import annotations

from typing import Any

from ..ingest.votable_footer import DATATYPES, NOT_XML

INTEGERS = {"byte", "short", "int", "long"}
NUMBERS = INTEGERS | {"float", "double"}
TEXTS = {"string", "char", "unicode", "text", "timestamp"}


def xml_text(text: str | None) -> str:
    """Text without what XML cannot hold."""
    return NOT_XML.sub("", text or "")


def votable_type(column: dict[str, Any]) -> tuple[str, str | None]:
    """VOTable datatype and arraysize."""
    kind = column["datatype"]
    if kind in TEXTS:
        return "unicodeChar", "*"
    if kind == "binary":
        return "unsignedByte", "*"
    return DATATYPES[kind], column.get("arraysize")


def explained(column: dict[str, Any]) -> str:
    """The description, and which values mean that there is none."""
    missing = column.get("missing") or []
    said = xml_text(column.get("description")).strip()
    if not missing:
        return said
    values = ", ".join(xml_text(str(v)) for v in missing)
    return f"{said} No value is written as {values}.".strip()


def null_value(column: dict[str, Any]) -> str | None:
    """The number that stands for "no value", where VOTable has a place for it: one, in whole numbers."""
    missing = [v for v in column.get("missing") or [] if isinstance(v, int) and not isinstance(v, bool)]
    if not missing or column["datatype"] not in INTEGERS - {"byte"} or column.get("arraysize"):
        return None
    return str(missing[0])
