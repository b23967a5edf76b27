"""Elements of the documents of the Virtual Observatory."""

from __future__ import annotations

from typing import Any

from lxml import etree

from .vo_columns import xml_text

XSI = "http://www.w3.org/2001/XMLSchema-instance"
STANDARDS = "ivo://ivoa.net/std/"


def add(parent: Any, name: str, text: str | None = None) -> Any:
    """Add an element, with a text or empty."""
    made = etree.SubElement(parent, name)
    if text is not None:
        made.text = xml_text(text)
    return made
