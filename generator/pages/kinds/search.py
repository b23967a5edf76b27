"""search.html: a form for each catalogue."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...formats.blocks import SkyCover
from ..columns import described_meta
from ..filters import filters_of
from ..first_spectra import first_search
from ..forms import SearchForm, search_form
from ..page import Nav, Page, Planned
from ..site import LocalSite


@dataclass(frozen=True)
class OtherCatalogue:
    """A catalogue of another release."""

    name: str
    title: str


@dataclass(frozen=True)
class OtherRelease:
    """Another release of the portal."""

    id: str
    label: str
    place: str
    """Path from this release's folder to that of the other one."""
    catalogues: list[OtherCatalogue]


@dataclass(frozen=True)
class Search:
    """Variables of search.html."""

    forms: list[SearchForm]
    """A form for each catalogue."""
    sky_coverage: dict[str, SkyCover]
    others: list[OtherRelease]
    """Releases whose catalogues can be matched with those of this one."""
    sites: list[str]
    """Other sites whose catalogues can be."""


def search(here: LocalSite, _planned: Planned) -> Search:
    language = here.language
    forms = []
    for view in here.site.catalogues:
        form = search_form(
            described_meta(view, language),
            view.statistics,
            language.text(view.title) or view.name,
            language.text(view.short_title),
            filters_of(here, view),
            view.spec.plots or (),
        )
        first = here.site.once(first_search, view.name)
        forms.append(replace(form, starts=(first, *form.starts)) if first else form)
    sites = here.site.assets.portal.match.sites
    return Search(forms, here.site.coverage, _others(here), sites)


def _others(here: LocalSite) -> list[OtherRelease]:
    """The other releases of the portal that have catalogues with positions, as far as release.toml says.

    Tables of changes are left out: a build of this release alone does not know those of the others.
    """
    site = here.site
    assert site.release
    above = "../" * len(site.release.id.split("/"))
    return [
        OtherRelease(
            release.id,
            here.language.text(release.title) or release.label,
            f"{above}{release.id}/",
            [OtherCatalogue(c.name, here.language.text(c.title) or c.name) for c in found],
        )
        for release in site.assets.portal.releases
        if release.id in site.available and release.id != site.release.id and (found := release.matchable)
    ]


SEARCH = Page(
    "search",
    "search.html",
    "search.html",
    order=10,
    title=lambda _: _("Search"),
    when=lambda outline: bool(outline.catalogues),
    nav=Nav(lambda _: _("Search")),
    cites=True,
    saves=True,
    context=search,
)
