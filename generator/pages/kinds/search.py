"""search.html: a form for each catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from ...formats.blocks import SkyCover
from ..columns import described_meta
from ..forms import SearchForm, search_form
from ..page import Nav, Page, Planned
from ..site import LocalSite


@dataclass(frozen=True)
class Search:
    """Variables of search.html."""

    forms: list[SearchForm]
    """A form for each catalogue."""
    sky_coverage: dict[str, SkyCover]


def search(here: LocalSite, _planned: Planned) -> Search:
    language = here.language
    forms = [
        search_form(described_meta(view, language), view.statistics, language.text(view.title) or view.name)
        for view in here.site.catalogues
    ]
    return Search(forms, here.site.coverage)


SEARCH = Page(
    "search",
    "search.html",
    "search.html",
    order=10,
    title=lambda _: _("Search"),
    when=lambda outline: bool(outline.catalogues),
    nav=Nav(lambda _: _("Search")),
    cites=True,
    context=search,
)
