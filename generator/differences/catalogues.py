"""Compare two catalogues, each given as a folder written by ingest."""

from __future__ import annotations

from pathlib import Path

from ..formats.changes import ComparedCatalogue, ComparedColumn
from .column_pairs import Agreement, pair_columns, reordered
from .counted import catalogue_facts
from .decided import rows_paired_by
from .hints import Hints
from .key import Key
from .largest import with_largest
from .rows import Compared, Joined, Progress
from .stored_catalogue import StoredCatalogue


def compare_catalogues(
    before: Path, after: Path, hints: Hints, scratch: Path, progress: Progress
) -> tuple[ComparedCatalogue, Compared | None]:
    """Return the differences, and the changed rows in files below `scratch` (None if no ids are in common).

    Raises InputError where release.toml names columns that do not exist.
    """
    old, new = StoredCatalogue.read(before), StoredCatalogue.read(after)
    renamed, key = rows_paired_by(old, new, hints)
    found = ComparedCatalogue(
        name=hints.name,
        former=hints.former,
        columns_before=len(old.columns),
        columns_after=len(new.columns),
        facts=catalogue_facts(old, new),
    )
    compared = None
    if key is None:
        pairs = pair_columns(old, new, renamed, _nothing)
        found.why_not = "no id"
    else:
        with Joined(old, new, key, scratch) as joined:
            pairs = pair_columns(old, new, renamed, joined.agreement)
            compared = joined.compare(pairs, progress)
        for pair in pairs:
            if pair.name == key.after.name and pair.before.name not in hints.renamed and pair.evidence:
                pair.evidence = "id"
        found.rows = compared.rows
        found.values = with_largest(compared, scratch)
        known = {p.name for p in compared.pairs}
        found.not_compared = [p.name for p in pairs if p.name not in known and p.name != key.after.name]
    found.pairs = pairs
    paired = {p.before.name for p in pairs}
    found.removed = [c for name, c in old.columns.items() if name not in paired]
    found.added = [c for name, c in new.columns.items() if name not in {p.name for p in pairs}]
    found.reordered = reordered(pairs, old)
    return found, compared


def _nothing(possible: list[tuple[ComparedColumn, ComparedColumn]]) -> list[Agreement]:
    return [Agreement(0, 0, 0) for _ in possible]


__all__ = ["Hints", "Key", "compare_catalogues"]
