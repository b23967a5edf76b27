"""The portal's index: every release in order of publication."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Release
from ..model.release import Resolution
from .charts import release_chart
from .context import Site
from .names import Names

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


def index_context(site: Site) -> dict[str, object]:
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
        "rows": rows,
        "kinds": [k for k in KINDS if any(r.kind == k for row in rows for r in row.resolutions)],
        "chart": release_chart(site.releases),
        "with_data": [row for row in rows if row.here and row.release.catalogues],
    }


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
