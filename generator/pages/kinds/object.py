"""object.html: everything a release has of one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...formats import CatalogueColumn
from ...formats.blocks import ObjectBlock, ObjectFacts, ObjectMatch
from ...standards.vounits import is_mas_per_year
from ..example_objects import ExampleObject, example_objects
from ..forms import search_form
from ..page import Nav, Page, Planned
from ..site import LocalSite
from ..views import CatalogueView


@dataclass(frozen=True)
class Object:
    """Variables of object.html."""

    facts: ObjectBlock
    """JSON for its script."""
    identifiers: list[str]
    """Columns by which objects are found."""
    examples: list[ExampleObject]
    """Objects to begin with, where none is requested."""


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
            **_seen(view, here),
        )
    identifiers |= {s.meta.id.name: None for s in here.site.spectra if not s.spec.templates_of}
    names = sorted(identifiers, key=lambda name: name.lower() != "designation")
    return Object(ObjectBlock(objects=objects, identifiers=names), names, here.site.once(example_objects))


def _seen(view: CatalogueView, here: LocalSite) -> dict[str, Any]:
    """What the chart of neighbours needs to know of a catalogue and of those that it is matched with."""
    there = {column.name: column for column in view.meta.columns if column.arraysize in (None, "1")}
    matched = {name for match in view.matches for name in match.columns.names}
    own = [column for name, column in there.items() if name not in matched]
    moving = [column for column in own if is_mas_per_year(column.unit)]
    pair = [_with_ucd(moving, f"pos.pm;pos.eq.{axis}") for axis in ("ra", "dec")]
    matches = [
        ObjectMatch(
            name=match.name,
            title=here.language.text(match.other.title),
            columns=match.columns,
            magnitude=_with_ucd([there[n] for n in match.columns.names if n in there], "phot.mag"),
        )
        for match in view.matches
    ]
    return {
        "motion": (pair[0], pair[1]) if pair[0] and pair[1] else None,
        "magnitude": _with_ucd(own, "phot.mag"),
        "matches": matches,
    }


def _with_ucd(columns: list[CatalogueColumn], ucd: str) -> str | None:
    """The first column of numbers whose UCD begins with some words."""
    numbers = [c for c in columns if c.datatype not in ("string", "boolean", "timestamp", "binary")]
    return next((c.name for c in numbers if f"{c.ucd or ''};".lower().startswith(f"{ucd};")), None)


OBJECT = Page(
    "object",
    "object.html",
    "object.html",
    order=25,
    title=lambda _: _("Object"),
    when=lambda outline: bool(outline.catalogues),
    nav=Nav(lambda _: _("Objects")),
    context=object_page,
)
