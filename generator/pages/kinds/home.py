"""index.html of a release: its numbers, computed from its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...formats import Spectra
from ...i18n import Language
from ...model import Release
from ..changes import PairView
from ..charts import ReleaseChart, release_chart, spectra
from ..first_spectra import first_search
from ..forms import Start, densest
from ..known_issues import Affected
from ..page import Page, Planned, Sheet
from ..site import LocalSite, Site
from ..summaries import CatalogueSummary, counted, queries_of, summary_of
from ..views import CatalogueView

if TYPE_CHECKING:
    from ..skymap import SkyMap

KINDS = ("low", "medium", "high")
DENSEST = 8
"""Highest HEALPix order of the map that is drawn."""


@dataclass(frozen=True)
class Headline:
    """One of the large numbers under a release's name."""

    value: str
    label: str
    exact: str = ""
    link: str | None = None
    """The query that computes it, or the page that lists it."""


@dataclass(frozen=True)
class Change:
    """A number of the release before this one, and of this one."""

    kind: str
    before: int
    now: int


@dataclass(frozen=True)
class Home:
    """Variables of home.html."""

    headlines: list[Headline]
    summaries: list[CatalogueSummary]
    """The statistics of each resolution; statistics.html has those of all catalogues."""
    sky: SkyMap | None
    sky_catalogue: CatalogueView | None
    place: tuple[float, float] | None
    """Right ascension and declination in degrees, where that catalogue is densest."""
    first: Start | None
    """A search that shows rows with spectra."""
    chart: ReleaseChart | None
    changed: PairView | None
    earlier: tuple[Release, list[Change]] | None
    volume: int
    affected: list[Affected]
    dataset: dict[str, Any]
    """schema.org's description of the release."""


def home(here: LocalSite, _planned: Planned) -> Home:
    site = here.site
    release = site.release
    assert release is not None
    widest = _widest(site.catalogues)
    chart = release_chart(site.releases, 640, 260)
    return Home(
        headlines=_headlines(site, release, here.language),
        summaries=_summaries(site),
        sky=_sky(widest),
        sky_catalogue=widest,
        place=densest(widest.statistics) if widest else None,
        first=next(
            (found for view in site.catalogues if (found := site.once(first_search, view.name))), None
        ),
        chart=chart if chart.has_comparison else None,
        changed=next(iter(here.changes), None),
        earlier=_earlier(release, site.releases),
        volume=sum(c.bytes for c in site.catalogues) + sum(_volume(s.meta) for s in site.spectra),
        affected=site.affected,
        dataset=site.pack.dataset if site.pack else {},
    )


def _sheets(here: LocalSite) -> Iterator[Sheet]:
    release, text = here.site.release, here.language.text
    assert release
    yield Sheet("index.html", text(release.title, release.label), text(release.description))


def _longest(site: Site, kind: str) -> CatalogueView | None:
    """The catalogue with all spectra of a resolution: others may list a part of them, such as stars."""
    return max((c for c in site.catalogues if c.spec.resolution == kind), key=lambda c: c.rows, default=None)


def _summaries(site: Site) -> list[CatalogueSummary]:
    """Of the longest catalogue of each resolution; without resolutions, of the longest one."""
    found = [view for kind in KINDS if (view := _longest(site, kind))]
    own = [view for view in site.catalogues if not view.changes_since]
    return [summary_of(view) for view in found or sorted(own, key=lambda c: -c.rows)[:1]]


def _headlines(site: Site, release: Release, language: Language) -> list[Headline]:
    """Spectra by resolution (counted from the data, if available), then plates and nights."""
    lines = [*_spectra_lines(site, release, language)]
    if not lines and site.catalogues:
        rows = sum(c.rows for c in site.catalogues)
        words = language.ngettext
        lines.append(
            _headline(rows, lambda n: words("catalogue row", "catalogue rows", n), language, "data.html")
        )
    return [*lines, *_night_lines(site, release, language)]


def _spectra_lines(site: Site, release: Release, language: Language) -> Iterator[Headline]:
    words = language.ngettext
    labels: dict[str, Callable[[int], str]] = {
        "low": lambda n: words("low-resolution spectrum", "low-resolution spectra", n),
        "medium": lambda n: words("medium-resolution spectrum", "medium-resolution spectra", n),
        "high": lambda n: words("high-resolution spectrum", "high-resolution spectra", n),
    }
    for kind, label in labels.items():
        if site.catalogues:
            if longest := _longest(site, kind):
                yield _headline(longest.rows, label, language, counted("count(*)", longest))
        elif (count := spectra(release, kind)) is not None:
            yield _headline(count, label, language)


def _night_lines(site: Site, release: Release, language: Language) -> Iterator[Headline]:
    words = language.ngettext
    labels: dict[str, Callable[[int], str]] = {
        "plates": lambda n: words("plate", "plates", n),
        "nights": lambda n: words("night", "nights", n),
    }
    for key, label in labels.items():
        most = max(site.catalogues, key=lambda c: getattr(c.statistics, key) or 0, default=None)
        if most is None and key == "plates":
            count = max((r.plates or 0 for r in release.resolutions), default=0)
            if count:
                yield _headline(count, label, language)
        elif most and (count := getattr(most.statistics, key)):
            yield _headline(count, label, language, queries_of(most).get(key))


def _headline(
    count: int, label: Callable[[int], str], language: Language, link: str | None = None
) -> Headline:
    short, full = language.compact(count), language.number(count)
    return Headline(short, label(count), full if full != short else "", link)


def _volume(meta: Spectra) -> int:
    return meta.bytes + meta.shipped.bytes


def _earlier(release: Release, releases: Sequence[Release]) -> tuple[Release, list[Change]] | None:
    """The latest earlier release whose published numbers can be compared with its own."""
    for other in reversed(releases[: [r.id for r in releases].index(release.id)]):
        changes = []
        for kind in KINDS:
            before, now = spectra(other, kind), spectra(release, kind)
            if before is not None and now is not None:
                changes.append(Change(kind, before, now))
        if changes:
            return other, changes
    return None


def _widest(catalogues: list[CatalogueView]) -> CatalogueView | None:
    """The catalogue whose sky map is the release's: that with the most rows among those with positions."""
    mapped = [c for c in catalogues if c.statistics.sky and c.statistics.sky.counts]
    return max(mapped, key=lambda c: c.rows, default=None)


def _sky(view: CatalogueView | None) -> SkyMap | None:
    found = view and view.statistics.sky
    if not found or found.order > DENSEST:
        return None
    from ..skymap import sky_map

    return sky_map(found.order, found.counts)


HOME = Page("home", "home.html", "index.html", order=0, sheets=_sheets, context=home)
