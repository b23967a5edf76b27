"""Conditions of a search that no column has: a spectrum here, a known issue, a repeated object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ..formats.blocks import FormFilter
from .forms import Filter
from .site import LocalSite
from .views import CatalogueView


class _Possible(NamedTuple):
    kind: Literal["spectrum", "repeated", "issue"]
    name: str
    suffix: str
    """Of the list's name."""
    title: str
    column: str | None
    """The column of ids."""
    rows: int | None


def filters_of(here: LocalSite, view: CatalogueView) -> list[Filter]:
    """The conditions that can be computed for the rows of a catalogue."""
    columns = {column.name.lower() for column in view.meta.columns}
    tables = {name.lower() for one in here.site.catalogues for name in (one.name, one.stored)}
    found = []
    for one in _possible(here, view):
        block = FormFilter(
            name=_free(one.name, columns),
            kind=one.kind,
            id=one.column,
            table=_free(f"{view.name}_{one.suffix}", tables),
            title=one.title,
        )
        objects = view.meta.repeated.objects if one.kind == "repeated" and view.meta.repeated else []
        found.append(Filter(block, one.rows, tuple(objects)))
    return found


def spectrum_filter(view: CatalogueView) -> str:
    """The name of the condition that a row has a spectrum here."""
    return _free("has_spectrum", {column.name.lower() for column in view.meta.columns})


def _free(name: str, taken: set[str]) -> str:
    """A name that nothing else has."""
    while name.lower() in taken:
        name += "_"
    return name


def _possible(here: LocalSite, view: CatalogueView) -> Iterator[_Possible]:
    _ = here.language.gettext
    if column := _spectra_column(here, view):
        yield _Possible("spectrum", "has_spectrum", "spectra", _("Has a spectrum here"), column, None)
    if view.meta.repeated and view.meta.id:
        title, rows = _("Observed more than once"), view.meta.repeated.rows
        yield _Possible("repeated", "repeated", "repeated", title, view.meta.id, rows)
    affected = [one for one in here.site.affected if one.view is view and one.rows]
    if affected:
        listed = all(one.ids is not None for one in affected)
        count = len({i for one in affected for i in one.ids or []}) if listed else None
        ids = view.meta.id if any(one.ids is not None for one in affected) else None
        yield _Possible("issue", "has_issue", "issues", _("Has a known issue"), ids, count)


def _spectra_column(here: LocalSite, view: CatalogueView) -> str | None:
    """The column of the ids of the spectra of its rows, its own sets first, as in pages."""
    names = [column.name for column in view.meta.columns]
    observed = [one for one in here.site.spectra if not getattr(one.spec, "templates_of", None)]
    own = [one for one in observed if one.meta.catalogue == view.name]
    for one in own + observed:
        same = [name for name in names if name.lower() == one.meta.id.name.lower()]
        if same:
            return one.meta.id.name if one.meta.id.name in same else same[0]
    return None
