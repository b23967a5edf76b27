"""Changes in release.toml of two releases and in the statistics of two catalogues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..formats.changes import ChangedFact
from ..model import Release

if TYPE_CHECKING:
    from .stored_catalogue import StoredCatalogue

COUNTED = ["rows", "left_out", "nights", "plates", "first_night", "last_night"]


def release_facts(before: Release, after: Release) -> list[ChangedFact]:
    """Return changes in release.toml: dates, audience, and the published totals of each resolution."""
    found = [
        ChangedFact(kind=kind, before=getattr(before, kind), after=getattr(after, kind))
        for kind in ("published", "survey_phase", "phase", "status")
    ]
    for resolution in ("low", "medium", "high"):
        one, other = _published(before, resolution), _published(after, resolution)
        found += [
            ChangedFact(kind=kind, subject=resolution, before=one.get(kind), after=other.get(kind))
            for kind in ("observed_from", "observed_to", "spectra", "plates")
        ]
    return _differing(found)


def _published(release: Release, kind: str) -> dict[str, Any]:
    """Return the first and last date, and totals where all parts are known."""
    parts = [r for r in release.resolutions if r.kind == kind]
    if not parts:
        return {}
    begun = [r.observed_from for r in parts if r.observed_from]
    ended = [r.observed_to for r in parts if r.observed_to]
    totals: dict[str, Any] = {
        "observed_from": min(begun, default=None),
        "observed_to": max(ended, default=None),
    }
    for name in ("spectra", "plates"):
        known = [n for r in parts if (n := getattr(r, name)) is not None]
        totals[name] = sum(known) if known else None
    return totals


def catalogue_facts(before: StoredCatalogue, after: StoredCatalogue) -> list[ChangedFact]:
    """Return changes in the statistics: rows, nights, plates, and rows of each class."""
    night = after.statistics.roles.night
    found = [
        ChangedFact(
            kind=kind,
            column=night if kind in ("first_night", "last_night") else None,
            before=getattr(before.statistics, kind),
            after=getattr(after.statistics, kind),
        )
        for kind in COUNTED
    ]
    one, other = ({str(value): count for value, count in side.statistics.classes} for side in (before, after))
    if one and other:
        found += [
            ChangedFact(kind="class", subject=name, before=one.get(name, 0), after=other.get(name, 0))
            for name in list(dict.fromkeys([*other, *one]))[:20]
        ]
    return _differing(found)


def _differing(facts: list[ChangedFact]) -> list[ChangedFact]:
    return [f for f in facts if f.before != f.after]
