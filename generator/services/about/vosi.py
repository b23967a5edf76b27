"""What the services say of themselves: availability, capabilities, tables (VOSI 1.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lxml import etree
from starlette.responses import Response

from ..sending import text
from ..service import Asked
from ..tap.examples import examples_page
from .capabilities import capabilities
from .tableset import one_table, tableset

AVAILABILITY = "http://www.ivoa.net/xml/VOSIAvailability/v1.0"
XML = "text/xml; charset=utf-8"


async def availability(asked: Asked) -> Response:
    """Whether requests are answered, and since when."""
    root = etree.Element(f"{{{AVAILABILITY}}}availability", nsmap={"vosi": AVAILABILITY})
    service = asked.service
    for name, value in (
        ("available", "true"),
        ("upSince", datetime.fromtimestamp(service.began, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("note", f"{service.running} statements run, {service.waiting} wait"),
    ):
        etree.SubElement(root, f"{{{AVAILABILITY}}}{name}").text = value
    return text(document(root), XML)


async def described(asked: Asked, kind: str = "", name: str = "") -> Response:
    """What a service can do, or all of them, and their limits. Raises NotFound."""
    return text(document(capabilities(asked.scope, asked.base, asked.limits, kind, name)), XML)


async def tables(asked: Asked, name: str) -> Response:
    """All tables, or one of them. Raises NotFound."""
    brief = asked.given.one("DETAIL") == "min"
    root = one_table(asked.scope, name) if name else tableset(asked.scope, brief)
    return text(document(root), XML)


async def examples(asked: Asked) -> Response:
    """Queries to begin with."""
    return text(examples_page(asked.scope), "application/xhtml+xml; charset=utf-8")


def document(root: Any) -> bytes:
    """A tree as XML."""
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made
