"""The portal's index: every release in order of publication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...i18n import Language
from ...model import Release
from ...model.release import Resolution
from ..charts import ReleaseChart, release_chart
from ..names import Names
from ..page import Page, Planned, Sheet
from ..site import LocalSite

Filter = tuple[str, str, list[tuple[str, str]]]
"""Name, label and choices (value and label) of a field that filters the table."""
KINDS = ("low", "medium", "high")


@dataclass(frozen=True)
class Row:
    """A release in the table."""

    release: Release
    here: bool
    """Whether its site is beside the index."""
    resolutions: list[Resolution]
    observed: list[tuple[str, list[str]]]
    """Time span and resolutions; resolutions observed in the same span share an entry."""
    successor: Release | None


@dataclass(frozen=True)
class Index:
    """Variables of portal.html."""

    filters: list[Filter]
    rows: list[Row]
    kinds: list[str]
    """Resolutions of any release."""
    chart: ReleaseChart
    with_data: list[Row]


def index(here: LocalSite, _planned: Planned) -> Index:
    site = here.site
    by_id = {r.id: r for r in site.releases}
    rows = [
        Row(
            release=r,
            here=r.id in site.available,
            resolutions=r.resolutions,
            observed=_observed(r.resolutions),
            successor=by_id.get((r.superseded_by or "").lower()),
        )
        for r in site.releases
    ]
    return Index(
        filters=_filters(site.releases, here.language),
        rows=rows,
        kinds=[k for k in KINDS if any(r.kind == k for row in rows for r in row.resolutions)],
        chart=release_chart(site.releases),
        with_data=[row for row in rows if row.here and row.release.catalogues],
    )


def _sheets(here: LocalSite) -> Iterator[Sheet]:
    portal, text = here.site.portal, here.language.text
    yield Sheet("index.html", text(portal.title), text(portal.description))


def _filters(releases: Sequence[Release], language: Language) -> list[Filter]:
    """Name, label and choices of each field that filters the table, if there is a choice."""
    _, names = language.gettext, Names(language.gettext)
    statuses = [s for s in ("current", "obsolete", "deprecated") if any(r.status == s for r in releases)]
    phases = sorted({r.phase for r in releases if r.phase})
    stages = sorted({r.survey_phase for r in releases if r.survey_phase is not None})
    kinds = [k for k in KINDS if any(x.kind == k for r in releases for x in r.resolutions)]
    years = sorted({r.published[:4] for r in releases}, reverse=True)
    fields: list[Filter] = [
        ("status", _("Status"), [(s, names.status(s)) for s in statuses]),
        ("access", _("Access"), [(p, names.phase(p)) for p in phases]),
        ("survey", _("Survey"), [(str(s), names.stage(s)) for s in stages]),
        ("resolution", _("Resolution"), [(k, names.resolution(k)) for k in kinds]),
        ("year", _("Published"), [(y, y) for y in years]),
        ("here", _("On this site"), [("search", _("with search")), ("facts", _("facts only"))]),
    ]
    return [field for field in fields if len(field[2]) > 1]


def _observed(resolutions: list[Resolution]) -> list[tuple[str, list[str]]]:
    spans: dict[str, list[str]] = {}
    for r in resolutions:
        spans.setdefault(f"{r.observed_from or '?'} – {r.observed_to or '?'}", []).append(r.kind)
    return list(spans.items())


PORTAL = Page("portal", "portal.html", "index.html", order=0, of="portal", sheets=_sheets, context=index)
