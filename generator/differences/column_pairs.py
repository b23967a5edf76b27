"""Pair the columns of two catalogues, and find changes in their descriptions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..formats.changes import Change, ColumnPair, ComparedColumn
from .stored_catalogue import StoredCatalogue
from .values import comparable, factor

ALIKE = 0.6
"""Columns whose names are at least this similar may be paired if their values agree."""
ENOUGH = 0.9
"""Share of equal values from which two columns are paired."""


@dataclass(frozen=True)
class Agreement:
    """How far the values of two columns agree in rows that both catalogues have."""

    rows: int
    """Rows in which at least one side has a value."""
    equal: int
    distinct: int

    @property
    def share(self) -> float:
        return self.equal / self.rows if self.rows else 0.0


def pair_columns(
    before: StoredCatalogue,
    after: StoredCatalogue,
    renamed: Mapping[str, str],
    agreement: Callable[[list[tuple[ComparedColumn, ComparedColumn]]], list[Agreement]],
) -> list[ColumnPair]:
    """Return the columns of both catalogues, in the order of the newer one.

    `renamed` maps old to new names. Columns of different names are paired if their values agree (`agreement`
    returns this for a list of candidate pairs), or if only the name differs in their descriptions.
    """
    pairs, left = named_pairs(before, after, renamed)
    new_ones = [c for name, c in after.columns.items() if name not in pairs]
    possible = [(old, new) for old in left.values() for new in new_ones if _possible(old, new)]
    for old, new, why in _matches(possible, agreement(possible)):
        pairs[new.name] = described(old, new, why)
    return [pairs[name] for name in after.columns if name in pairs]


def named_pairs(
    before: StoredCatalogue, after: StoredCatalogue, renamed: Mapping[str, str]
) -> tuple[dict[str, ColumnPair], dict[str, ComparedColumn]]:
    """Return the pairs determined by names alone, and the remaining former columns."""
    pairs: dict[str, ColumnPair] = {}
    left = dict(before.columns)
    for former, name in renamed.items():
        pairs[name] = described(left.pop(former), after.columns[name], "declared")
    for name, column in after.columns.items():
        if name not in pairs and name in left:
            pairs[name] = described(left.pop(name), column)
    # SQL does not distinguish names that differ only by case.
    lower = {name.lower(): name for name in left}
    for name, column in after.columns.items():
        if name not in pairs and name.lower() in lower:
            pairs[name] = described(left.pop(lower[name.lower()]), column, "name")
    return pairs, left


def _possible(old: ComparedColumn, new: ComparedColumn) -> bool:
    return comparable(old, new) and factor(old, new) is not None


def _matches(
    possible: list[tuple[ComparedColumn, ComparedColumn]], found: list[Agreement]
) -> list[tuple[ComparedColumn, ComparedColumn, str]]:
    """Return the best pairs; each column is in at most one."""
    rated = []
    for (old, new), agreed in zip(possible, found, strict=True):
        names = difflib.SequenceMatcher(None, old.name.lower(), new.name.lower()).ratio()
        described = bool(old.description) and old.description == new.description
        same_kind = (old.datatype, old.unit, old.ucd) == (new.datatype, new.unit, new.ucd)
        spelled = same_kind and _spelling(old.name) == _spelling(new.name)
        if agreed.rows:
            # A flag that is 0 nearly everywhere equals any other such flag: many distinct values are needed.
            distinctive = described or (names >= ALIKE) or (agreed.distinct >= 20 and agreed.share >= 0.99)
            enough = ENOUGH / 2 if spelled or (described and same_kind) else ENOUGH
            why = f"{agreed.equal} of {agreed.rows}" if agreed.share >= enough and distinctive else ""
        else:
            why = "description" if described and same_kind else "spelling" if spelled else ""
        if why:
            score = (agreed.share + described + names + same_kind, old.name, new.name)
            rated.append((score, old, new, why))
    rated.sort(key=lambda one: one[0], reverse=True)
    chosen, taken = [], set()
    for _, old, new, why in rated:
        if ("a", old.name) not in taken and ("b", new.name) not in taken:
            taken |= {("a", old.name), ("b", new.name)}
            chosen.append((old, new, why))
    return chosen


def _spelling(name: str) -> str:
    """Return a name without case, plurals and separators, which often change between releases."""
    return re.sub(r"s(?=_|$)|[\W_]", "", name.lower())


def described(before: ComparedColumn, after: ComparedColumn, evidence: str = "") -> ColumnPair:
    """Return a pair with the changes in the column's description."""
    compared: list[tuple[Change, bool]] = [
        ("renamed", before.name != after.name),
        ("retyped", before.type != after.type),
        ("unit", (before.unit or "") != (after.unit or "")),
        ("ucd", (before.ucd or "") != (after.ucd or "")),
        ("description", (before.description or "") != (after.description or "")),
        ("missing", sorted(map(str, before.missing)) != sorted(map(str, after.missing))),
    ]
    scale = factor(before, after)
    changes: list[Change] = [name for name, changed in compared if changed]
    return ColumnPair(
        before=before,
        after=after,
        changes=changes,
        evidence=evidence,
        factor=None if scale == 1 else scale,
    )


def reordered(pairs: list[ColumnPair], before: StoredCatalogue) -> bool:
    """Return whether the common columns are in a different order."""
    place = {name: index for index, name in enumerate(before.columns)}
    order = [place[p.before.name] for p in pairs]
    return order != sorted(order)
