"""catalogues/<name>.html: one catalogue and its columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..columns import ColumnView
from ..forms import densest
from ..known_issues import Affected
from ..outline import Outline
from ..page import Nav, Page, Planned, Sheet
from ..site import LocalSite
from ..views import CatalogueView


@dataclass(frozen=True)
class Catalogue:
    """Variables of catalogue.html."""

    catalogue: CatalogueView
    columns: list[ColumnView]
    place: tuple[float, float]
    """Right ascension and declination in degrees, for examples."""
    example_columns: list[str]
    first_partition: str | None
    titles: dict[str, CatalogueView]
    """All catalogues by name."""
    affected: list[Affected]


def catalogue(here: LocalSite, planned: Planned) -> Catalogue:
    view = planned.subject
    assert isinstance(view, CatalogueView)
    own = here.columns[view.name]
    return Catalogue(
        catalogue=view,
        columns=own,
        place=densest(view.statistics) or (0.0, 0.0),
        example_columns=_example_columns(view, own),
        first_partition=view.meta.partitions[0].path if view.meta.partitions else None,
        titles={c.name: c for c in here.site.catalogues},
        affected=here.site.affected,
    )


def _example_columns(view: CatalogueView, columns: list[ColumnView]) -> list[str]:
    """A few columns for a first look: identifier, position, class, else the first ones."""
    roles = view.statistics.roles
    wanted = (roles.id, roles.ra, roles.dec, roles.class_, roles.redshift)
    known = {c.name for c in columns}
    chosen = list(dict.fromkeys(n for n in wanted if n and n in known))
    return chosen or [c.name for c in columns[:4]]


def _paths(outline: Outline) -> Iterator[str]:
    return (f"catalogues/{name}.html" for name in outline.catalogues)


def _sheets(here: LocalSite) -> Iterator[Sheet]:
    for view in here.site.catalogues:
        yield Sheet(f"catalogues/{view.name}.html", here.language.text(view.title), subject=view)


def _list(outline: Outline) -> str:
    """The page of the only catalogue, else the list of all."""
    return next(_paths(outline)) if len(outline.catalogues) == 1 else "index.html#catalogues"


CATALOGUE = Page(
    "catalogue",
    "catalogue.html",
    "catalogues/{}.html",
    order=40,
    when=lambda outline: bool(outline.catalogues),
    paths=_paths,
    sheets=_sheets,
    nav=Nav(lambda _: _("Catalogues"), _list),
    has_record=False,
    context=catalogue,
)
