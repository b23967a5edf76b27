"""object.html: everything a release has of one object."""

from __future__ import annotations

from dataclasses import dataclass

from ...formats.blocks import ObjectBlock, ObjectFacts
from ..forms import search_form
from ..page import Page, Planned
from ..site import LocalSite


@dataclass(frozen=True)
class Object:
    """Variables of object.html."""

    facts: ObjectBlock
    """JSON for its script."""
    identifiers: list[str]
    """Columns by which objects are found."""


def object_page(here: LocalSite, _planned: Planned) -> Object:
    objects = {}
    identifiers: dict[str, None] = {}
    for view in here.site.catalogues:
        form = search_form(view.meta, view.statistics, view.name)
        indexed = [index.column for index in view.meta.ids]
        identifiers |= dict.fromkeys(indexed)
        objects[view.name] = ObjectFacts(
            roles=view.statistics.roles,
            typical=[column.name for column in form.columns if column.name in form.typical],
            indexed=indexed,
        )
    identifiers |= {s.meta.id.name: None for s in here.site.spectra if not s.spec.templates_of}
    names = sorted(identifiers, key=lambda name: name.lower() != "designation")
    return Object(ObjectBlock(objects=objects, identifiers=names), names)


OBJECT = Page(
    "object",
    "object.html",
    "object.html",
    order=25,
    title=lambda _: _("Object"),
    when=lambda outline: bool(outline.catalogues),
    context=object_page,
)
