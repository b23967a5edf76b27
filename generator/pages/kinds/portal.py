"""The portal's index: every release in order of publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...i18n import Language
from ...model import Release
from ...model.release import Resolution
from ..charts import release_chart
from ..names import Names
from ..site import Site

KINDS = ("low", "medium", "high")


@dataclass(frozen=True)
class Row:
    """A release in the table of all."""

    release: Release
    here: bool
    """Its site stands beside the index."""
    resolutions: list[Resolution]
    observed: list[tuple[str, list[str]]]
    """When, and at which resolutions: one entry where they were observed together."""
    successor: Release | None


def index_context(site: Site, language: Language) -> dict[str, object]:
    """What portal.html adds."""
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
    return {
        "filters": _filters(site.releases, language),
        "rows": rows,
        "kinds": [k for k in KINDS if any(r.kind == k for row in rows for r in row.resolutions)],
        "chart": release_chart(site.releases),
        "with_data": [row for row in rows if row.here and row.release.catalogues],
    }


def _filters(releases: Sequence[Release], language: Language) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Name, label and choices of each field that narrows the table, where there is something to choose."""
    _, names = language.gettext, Names(language.gettext)
    statuses = [s for s in ("current", "obsolete", "deprecated") if any(r.status == s for r in releases)]
    phases = sorted({r.phase for r in releases if r.phase})
    stages = sorted({r.survey_phase for r in releases if r.survey_phase is not None})
    kinds = [k for k in KINDS if any(x.kind == k for r in releases for x in r.resolutions)]
    years = sorted({r.published[:4] for r in releases}, reverse=True)
    fields: list[tuple[str, str, list[tuple[str, str]]]] = [
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


def feed_words(site: Site, release: Release, lang: str) -> str:
    """What the feed says of a release: what it is, and that it has been replaced."""
    language = site.translate(lang)
    parts = [language.text(release.description)]
    if release.simulated:
        parts.append(language.gettext("Simulated data."))
    if release.status != "current":
        said = Names(language.gettext).status(release.status)
        reason = language.text(release.reason)
        parts.append(f"{said}: {reason}" if reason else said)
    return " ".join(p for p in parts if p) or release.label
