"""What boxes of positions need to know of names: the list of objects, plates of the release, the resolver."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..formats.blocks import NamesBlock, ShownField, ShownFields
from ..model import Portal
from .site import Site
from .views import CatalogueView

LIST = "names.js"
"""Logical name of the script with the list of objects."""


def names_block(site: Site) -> NamesBlock | None:
    """Facts for the scripts of pages with boxes of positions; None for the portal's own pages."""
    if not site.release:
        return None
    return NamesBlock(
        objects=site.assets.names[LIST],
        fields=[view.name for view in site.catalogues if view.statistics.centres],
        resolver=site.portal.resolver,
    )


def fields_path(catalogue: str) -> str:
    """The path of the script with the plates of a catalogue."""
    return f"assets/fields.{catalogue}.js"


def shown_fields(view: CatalogueView) -> ShownFields | None:
    """The plates of a catalogue; None if their places are not known."""
    column, centres = view.statistics.roles.plate, view.statistics.centres
    if not column or not centres:
        return None
    places = [ShownField(c.value, c.ra, c.dec) for c in centres if isinstance(c.value, (int, float, str))]
    return ShownFields(column=column, places=places)


def resolver_origin(portal: Portal) -> str:
    """What the policy of a page allows to connect to, with a blank before it; empty without a resolver."""
    parts = urlsplit(portal.resolver or "")
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
