"""The home page of a release: its numbers, computed from its data."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from ..model import Release
from .charts import Bar, bars, release_chart
from .context import CatalogueView, Site
from .escape import exact_value, permalink
from .forms import densest
from .i18n import Language
from .skymap import SkyMap, sky_map

MJD_0 = datetime.date(1858, 11, 17)
DENSEST = 8
"""Orders of sky statistics up to this are drawn."""


@dataclass(frozen=True)
class Headline:
    """One of the large numbers under a release's name."""

    value: str
    label: str
    exact: str = ""


@dataclass(frozen=True)
class Linked:
    """A bar and the search that finds its rows (None where the form cannot ask for it)."""

    bar: Bar
    search: str | None


@dataclass(frozen=True)
class CatalogueFacts:
    """What the home page says about one catalogue."""

    view: CatalogueView
    classes: list[Linked]
    subclasses: list[Linked]
    snr: list[tuple[str, list[Linked]]]
    thresholds: list[float]
    nights: int | None
    plates: int | None
    first_night: str | None
    last_night: str | None


def home_context(site: Site, language: Language) -> dict[str, object]:
    """What home.html adds."""
    release = site.release
    assert release is not None
    successor = next((r for r in site.releases if r.id == (release.superseded_by or "").lower()), None)
    widest = _widest(site.catalogues)
    chart = release_chart(site.releases, 640, 260)
    return {
        "successor": successor,
        "headlines": _headlines(site, release, language),
        "facts": [_facts(c) for c in site.catalogues if not c.changes_since],
        "sky": _sky(widest),
        "sky_catalogue": widest,
        "place": densest(widest.statistics) if widest else None,
        "chart": chart if chart.tells else None,
    }


def _headlines(site: Site, release: Release, language: Language) -> list[Headline]:
    """Spectra by resolution (counted from the data where there are data), then objects, area and such."""
    _ = language.gettext
    labels = {
        "low": _("low-resolution spectra"),
        "medium": _("medium-resolution spectra"),
        "high": _("high-resolution spectra"),
    }
    lines = []
    for kind, label in labels.items():
        if site.catalogues:
            # Catalogues may list the same spectra (all; those of stars): the longest has them all.
            count: int | None = max(
                (c.rows for c in site.catalogues if c.spec.resolution == kind), default=None
            )
        else:
            known = [r.spectra for r in release.resolutions if r.kind == kind and r.spectra is not None]
            count = sum(known) if known else None
        if count is not None:
            lines.append(_headline(count, label, language))
    if not lines and site.catalogues:
        lines.append(_headline(sum(c.rows for c in site.catalogues), _("catalogue rows"), language))
    plates = _plates(site, release)
    if plates:
        lines.append(_headline(plates, _("plates"), language))
    nights = max((c.statistics.get("nights") or 0 for c in site.catalogues), default=0)
    if nights:
        lines.append(_headline(nights, _("nights"), language))
    return lines


def _plates(site: Site, release: Release) -> int:
    if site.catalogues:
        return max((c.statistics.get("plates") or 0 for c in site.catalogues), default=0)
    return max((r.plates or 0 for r in release.resolutions), default=0)


def _headline(count: int, label: str, language: Language) -> Headline:
    short, full = language.compact(count), language.number(count)
    return Headline(short, label, full if full != short else "")


def _facts(view: CatalogueView) -> CatalogueFacts:
    statistics = view.statistics
    roles = statistics.get("roles") or {}
    rows = view.rows
    return CatalogueFacts(
        view=view,
        classes=_linked(view, roles.get("class"), statistics.get("classes") or [], rows),
        subclasses=_linked(view, roles.get("subclass"), statistics.get("subclasses") or [], rows),
        snr=[_snr(view, entry, rows) for entry in statistics.get("snr") or []],
        thresholds=[t for t, _ in (statistics.get("snr") or [{"thresholds": []}])[0]["thresholds"]],
        nights=statistics.get("nights"),
        plates=statistics.get("plates"),
        first_night=night_of(statistics.get("first_night"), roles.get("night")),
        last_night=night_of(statistics.get("last_night"), roles.get("night")),
    )


def night_of(value: object, column: str | None = None) -> str | None:
    """A night as the date of its evening: surveys give a date, or a modified Julian day."""
    text = str(value) if value is not None else ""
    if not re.fullmatch(r"[4-9]\d{4}(\.0)?", text):
        return text or None
    # A local modified Julian day (lmjd) is that of the morning after.
    day = int(float(text)) - (column or "").lower().startswith("lmjd")
    return (MJD_0 + datetime.timedelta(days=day)).isoformat()


def _linked(view: CatalogueView, column: str | None, pairs: list[list[Any]], rows: int) -> list[Linked]:
    found = []
    for bar in bars(pairs, rows):
        value = exact_value(bar.label)
        search = (
            permalink("search.html", catalogue=view.name, **{column: value}) if column and value else None
        )
        found.append(Linked(bar, search))
    return found


def _snr(view: CatalogueView, entry: dict[str, Any], rows: int) -> tuple[str, list[Linked]]:
    column = str(entry["column"])
    return column, [
        Linked(bar, permalink("search.html", catalogue=view.name, **{column: f"{bar.label}.."}))
        for bar in bars(entry["thresholds"], rows)
    ]


def _widest(catalogues: list[CatalogueView]) -> CatalogueView | None:
    """The catalogue whose sky map is the release's: the one with most rows among those with positions."""
    mapped = [c for c in catalogues if (c.statistics.get("sky") or {}).get("counts")]
    return max(mapped, key=lambda c: c.rows, default=None)


def _sky(view: CatalogueView | None) -> SkyMap | None:
    if view is None or view.statistics["sky"]["order"] > DENSEST:
        return None
    return sky_map(view.statistics["sky"]["order"], view.statistics["sky"]["counts"])
