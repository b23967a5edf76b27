"""object.html: everything a release has of one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..forms import search_form
from ..page import Page, Planned
from ..site import LocalSite


@dataclass(frozen=True)
class Object:
    """What object.html adds."""

    objects: dict[str, dict[str, Any]]
    """By catalogue, what its script knows beforehand: roles, columns that matter most, indexed columns."""
    identifiers: list[str]
    """Columns by which objects are found."""


def object_page(here: LocalSite, _planned: Planned) -> Object:
    objects = {}
    identifiers: dict[str, None] = {}
    for view in here.site.catalogues:
        form = search_form(view.meta, view.statistics, view.name)
        indexed = [index.column for index in view.meta.ids]
        identifiers |= dict.fromkeys(indexed)
        objects[view.name] = {
            "roles": view.statistics.roles.members(),
            "typical": [column.name for column in form.columns if column.name in form.typical],
            "indexed": indexed,
        }
    identifiers |= {s.meta.id.name: None for s in here.site.spectra if not s.spec.templates_of}
    return Object(objects, sorted(identifiers, key=lambda name: name.lower() != "designation"))


OBJECT = Page(
    "object",
    "object.html",
    "object.html",
    order=25,
    title=lambda _: _("Object"),
    when=lambda outline: bool(outline.catalogues),
    context=object_page,
)
