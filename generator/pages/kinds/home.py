"""index.html of a release: its numbers, computed from its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...escape import exact_value, permalink, sql_name
from ...formats import Counted, Spectra
from ...formats.statistics import SnrColumn
from ...i18n import Language
from ...model import Release
from ...model.night import night_date
from ..calendar import Year, observing_calendar
from ..changes import PairView
from ..charts import LinkedBar, ReleaseChart, bars, release_chart, spectra
from ..forms import densest
from ..known_issues import Affected
from ..page import Page, Planned, Sheet
from ..site import LocalSite, Site
from ..views import CatalogueView

if TYPE_CHECKING:
    from ..skymap import SkyMap

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
class CatalogueSummary:
    """What the home page shows of one catalogue."""

    view: CatalogueView
    classes: list[LinkedBar]
    subclasses: list[LinkedBar]
    snr: list[tuple[str, list[LinkedBar]]]
    thresholds: list[float]
    nights: int | None
    plates: int | None
    first_night: str | None
    last_night: str | None
    calendar: list[Year]
    per_plate: list[LinkedBar]
    queries: dict[str, str]
    """Queries for nights, plates, and the first and last night."""


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
    facts: list[CatalogueSummary]
    sky: SkyMap | None
    sky_catalogue: CatalogueView | None
    place: tuple[float, float] | None
    """Right ascension and declination in degrees, where that catalogue is densest."""
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
        facts=[_facts(c) for c in site.catalogues if not c.changes_since],
        sky=_sky(widest),
        sky_catalogue=widest,
        place=densest(widest.statistics) if widest else None,
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
            # Catalogues may list the same spectra (all; only stars): the longest has all of them.
            own = [c for c in site.catalogues if c.spec.resolution == kind]
            if own:
                longest = max(own, key=lambda c: c.rows)
                yield _headline(longest.rows, label, language, _counted("count(*)", longest))
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
            yield _headline(count, label, language, _queries(most).get(key))


def _headline(
    count: int, label: Callable[[int], str], language: Language, link: str | None = None
) -> Headline:
    short, full = language.compact(count), language.number(count)
    return Headline(short, label(count), full if full != short else "", link)


def _volume(meta: Spectra) -> int:
    return meta.bytes + meta.shipped.bytes


def _counted(what: str, view: CatalogueView) -> str:
    """The SQL page with a statement that counts; missing values do not count."""
    return permalink("sql.html", sql=f"SELECT {what}\nFROM {view.name}")


def _queries(view: CatalogueView) -> dict[str, str]:
    found = {}
    for key, role in (("nights", "night"), ("plates", "plate")):
        if column := view.statistics.roles.of(role):
            name = sql_name(column)
            found[key] = _counted(f"count(DISTINCT {name}) AS {key}", view)
            if role == "night":
                found["span"] = _counted(f"min({name}) AS first, max({name}) AS last", view)
    return found


def _earlier(release: Release, releases: Sequence[Release]) -> tuple[Release, list[Change]] | None:
    """The latest earlier release whose published numbers can be compared with its own."""
    for other in reversed(releases[: [r.id for r in releases].index(release.id)]):
        changes = []
        for kind in ("low", "medium", "high"):
            before, now = spectra(other, kind), spectra(release, kind)
            if before is not None and now is not None:
                changes.append(Change(kind, before, now))
        if changes:
            return other, changes
    return None


def _facts(view: CatalogueView) -> CatalogueSummary:
    statistics = view.statistics
    roles, night, rows = statistics.roles, statistics.roles.night, view.rows
    return CatalogueSummary(
        view=view,
        classes=_linked(view, roles.class_, statistics.classes, rows),
        subclasses=_linked(view, roles.subclass, statistics.subclasses, rows),
        snr=[_snr(view, entry, rows) for entry in statistics.snr],
        thresholds=[t for entry in statistics.snr[:1] for t, _ in entry.thresholds],
        nights=statistics.nights,
        plates=statistics.plates,
        first_night=night_date(statistics.first_night, night),
        last_night=night_date(statistics.last_night, night),
        calendar=observing_calendar(view.name, night, statistics.per_night),
        per_plate=_linked(view, roles.plate, statistics.per_plate, rows),
        queries=_queries(view),
    )


def _linked(view: CatalogueView, column: str | None, pairs: list[Counted], rows: int) -> list[LinkedBar]:
    found = []
    for bar in bars(pairs, rows):
        value = exact_value(bar.label)
        search = (
            permalink("search.html", catalogue=view.name, **{column: value}) if column and value else None
        )
        found.append(LinkedBar(bar, search))
    return found


def _snr(view: CatalogueView, entry: SnrColumn, rows: int) -> tuple[str, list[LinkedBar]]:
    column = entry.column
    return column, [
        LinkedBar(bar, permalink("search.html", catalogue=view.name, **{column: f"{bar.label}.."}))
        for bar in bars(entry.thresholds, rows)
    ]


def _widest(catalogues: list[CatalogueView]) -> CatalogueView | None:
    """The catalogue whose sky map is the release's: that with the most rows among those with positions."""
    mapped = [c for c in catalogues if c.statistics.sky and c.statistics.sky.counts]
    return max(mapped, key=lambda c: c.rows, default=None)


def _sky(view: CatalogueView | None) -> SkyMap | None:
    from ..skymap import sky_map

    found = view and view.statistics.sky
    return sky_map(found.order, found.counts) if found and found.order <= DENSEST else None


HOME = Page("home", "home.html", "index.html", order=0, sheets=_sheets, context=home)
