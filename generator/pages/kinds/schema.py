"""The schema pages: one for each catalogue, and one where all columns are looked through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...i18n import Language
from ...standards.ucds import ucd_meaning
from ..columns import ColumnView, column_views
from ..forms import densest
from ..headers import header_keywords
from ..site import CatalogueView, Site


@dataclass(frozen=True)
class Variant:
    """What one or several catalogues say of a column that others describe in another way."""

    catalogues: list[str]
    said: str


@dataclass(frozen=True)
class Group:
    """The columns of one name in all catalogues: the first tells what all agree on."""

    first: ColumnView
    all: list[tuple[CatalogueView, ColumnView]]
    units: list[Variant]
    datatypes: list[Variant]
    ucds: list[Variant]
    """What differs between catalogues; empty where all agree."""
    descriptions: list[Variant]

    @property
    def empty(self) -> list[tuple[CatalogueView, ColumnView]]:
        """The catalogues where rows have no value."""
        return [(view, column) for view, column in self.all if column.nulls]


def schema_context(
    site: Site, view: CatalogueView, columns: dict[str, list[ColumnView]]
) -> dict[str, object]:
    """What catalogue.html adds."""
    own = columns[view.name]
    return {
        "catalogue": view,
        "columns": own,
        "place": densest(view.statistics) or (0.0, 0.0),
        "example_columns": _example_columns(view, own),
        "first_partition": view.meta["partitions"][0]["path"] if view.meta["partitions"] else None,
        "titles": {c.name: c for c in site.catalogues},
    }


def all_columns(site: Site, language: Language) -> dict[str, list[ColumnView]]:
    """The columns of every catalogue."""
    others: dict[str, list[str]] = {}
    for view in site.catalogues:
        for column in view.meta["columns"]:
            others.setdefault(column["name"], []).append(view.name)
    return {
        view.name: column_views(view, language, header_keywords(view, site.spectra), others)
        for view in site.catalogues
    }


def search_context(site: Site, language: Language, columns: dict[str, list[ColumnView]]) -> dict[str, object]:
    """What schema.html adds."""
    by_name: dict[str, list[tuple[CatalogueView, ColumnView]]] = {}
    for view in site.catalogues:
        for column in columns[view.name]:
            by_name.setdefault(column.name, []).append((view, column))
    groups = [_group(found) for found in by_name.values()]
    every = [column for own in columns.values() for column in own]
    return {
        "groups": groups,
        "total": len(every),
        "datatypes": sorted({c.datatype for c in every}),
        "ucd_trees": _trees(every, language.code),
    }


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
    """The beginnings of the UCDs that there are, with their meaning and the number of columns."""
    counts: dict[str, int] = {}
    for column in columns:
        for word in {word.partition(".")[0].lower() for word, _ in column.ucd_words}:
            counts[word] = counts.get(word, 0) + 1
    return [(word, ucd_meaning(word, lang)[0][1], n) for word, n in sorted(counts.items())]


def _example_columns(view: CatalogueView, columns: list[ColumnView]) -> list[str]:
    """A few columns worth a first look: identifier, position, class, else the first ones."""
    roles: dict[str, Any] = view.statistics.get("roles") or {}
    wanted = [roles.get(k) for k in ("id", "ra", "dec", "class", "redshift")]
    known = {c.name for c in columns}
    chosen = list(dict.fromkeys(n for n in wanted if n in known))
    return chosen or [c.name for c in columns[:4]]
