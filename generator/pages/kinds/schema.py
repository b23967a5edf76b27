"""schema.html: the columns of all catalogues."""

from __future__ import annotations

from dataclasses import dataclass

from ...standards.ucds import ucd_meaning
from ..columns import ColumnView
from ..page import Nav, Page, Planned
from ..site import LocalSite
from ..views import CatalogueView


@dataclass(frozen=True)
class Variant:
    """The description of a column in some catalogues, if it differs in others."""

    catalogues: list[str]
    said: str


@dataclass(frozen=True)
class Group:
    """The columns of one name in all catalogues; the first has what all agree on."""

    first: ColumnView
    all: list[tuple[CatalogueView, ColumnView]]
    units: list[Variant]
    datatypes: list[Variant]
    ucds: list[Variant]
    """What differs between catalogues; empty if all agree."""
    descriptions: list[Variant]

    @property
    def empty(self) -> list[tuple[CatalogueView, ColumnView]]:
        """The catalogues in which rows have no value."""
        return [(view, column) for view, column in self.all if column.nulls]


@dataclass(frozen=True)
class Schema:
    """Variables of schema.html."""

    groups: list[Group]
    total: int
    datatypes: list[str]
    ucd_trees: list[tuple[str, str, int]]
    """The first words of the UCDs in use, with their meaning and the number of columns."""


def schema(here: LocalSite, _planned: Planned) -> Schema:
    by_name: dict[str, list[tuple[CatalogueView, ColumnView]]] = {}
    for view in here.site.catalogues:
        for column in here.columns[view.name]:
            by_name.setdefault(column.name, []).append((view, column))
    every = [column for own in here.columns.values() for column in own]
    return Schema(
        groups=[_group(found) for found in by_name.values()],
        total=len(every),
        datatypes=sorted({c.datatype for c in every}),
        ucd_trees=_trees(every, here.lang),
    )


def _group(found: list[tuple[CatalogueView, ColumnView]]) -> Group:
    return Group(
        found[0][1],
        found,
        _variants(found, "unit_text"),
        _variants(found, "datatype"),
        _variants(found, "ucd"),
        _variants(found, "description"),
    )


def _variants(found: list[tuple[CatalogueView, ColumnView]], what: str) -> list[Variant]:
    said: dict[str, list[str]] = {}
    for view, column in found:
        said.setdefault(getattr(column, what) or "", []).append(view.name)
    return [Variant(names, text) for text, names in said.items()] if len(said) > 1 else []


def _trees(columns: list[ColumnView], lang: str) -> list[tuple[str, str, int]]:
    counts: dict[str, int] = {}
    for column in columns:
        for word in {word.partition(".")[0].lower() for word, _ in column.ucd_words}:
            counts[word] = counts.get(word, 0) + 1
    return [(word, ucd_meaning(word, lang)[0][1], n) for word, n in sorted(counts.items())]


SCHEMA = Page(
    "schema",
    "schema.html",
    "schema.html",
    order=50,
    title=lambda _: _("Columns"),
    when=lambda outline: bool(outline.catalogues),
    nav=Nav(lambda _: _("Columns")),
    context=schema,
)
