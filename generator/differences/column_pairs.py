"""Columns of two catalogues: which are the same ones, and what changed in what is said of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..formats.changes import Change, ColumnPair, ComparedColumn
from .side import Side
from .values import comparable, factor

ALIKE = 0.6
"""Names so much alike may be those of one column, where the values are the same."""
ENOUGH = 0.9
"""Share of equal values from which two columns are held to be one."""


@dataclass(frozen=True)
class Agreement:
    """How the values of two columns agree in rows that both catalogues have."""

    rows: int
    """Rows in which at least one side has a value."""
    equal: int
    distinct: int

    @property
    def share(self) -> float:
        return self.equal / self.rows if self.rows else 0.0


def pair_columns(
    before: Side,
    after: Side,
    renamed: Mapping[str, str],
    agreement: Callable[[list[tuple[ComparedColumn, ComparedColumn]]], list[Agreement]],
) -> list[ColumnPair]:
    """The columns of both, in the order of the newer catalogue.

    `renamed` says {old: new}. Columns of other names are one where their values agree (`agreement` tells,
    for a list of possible pairs), or where nothing but the name changed in what is said of them.
    """
    pairs, left = named_pairs(before, after, renamed)
    new_ones = [c for name, c in after.columns.items() if name not in pairs]
    possible = [(old, new) for old in left.values() for new in new_ones if _possible(old, new)]
    for old, new, why in _matches(possible, agreement(possible)):
        pairs[new.name] = described(old, new, why)
    return [pairs[name] for name in after.columns if name in pairs]


def named_pairs(
    before: Side, after: Side, renamed: Mapping[str, str]
) -> tuple[dict[str, ColumnPair], dict[str, ComparedColumn]]:
    """The pairs that names alone decide, and the former columns that are left."""
    pairs: dict[str, ColumnPair] = {}
    left = dict(before.columns)
    for former, name in renamed.items():
        pairs[name] = described(left.pop(former), after.columns[name], "declared")
    for name, column in after.columns.items():
        if name not in pairs and name in left:
            pairs[name] = described(left.pop(name), column)
    # Names that differ only by case are one to SQL.
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
    """The best pairs, each column in one at most."""
    rated = []
    for (old, new), agreed in zip(possible, found, strict=True):
        names = difflib.SequenceMatcher(None, old.name.lower(), new.name.lower()).ratio()
        described = bool(old.description) and old.description == new.description
        same_kind = (old.datatype, old.unit, old.ucd) == (new.datatype, new.unit, new.ucd)
        spelled = same_kind and _spelling(old.name) == _spelling(new.name)
        if agreed.rows:
            # A flag that is 0 nearly everywhere equals any other such flag: values alone must be many.
            telling = described or (names >= ALIKE) or (agreed.distinct >= 20 and agreed.share >= 0.99)
            enough = ENOUGH / 2 if spelled or (described and same_kind) else ENOUGH
            why = f"{agreed.equal} of {agreed.rows}" if agreed.share >= enough and telling else ""
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
    """A name without what often changes in it: case, plurals and what parts its words."""
    return re.sub(r"s(?=_|$)|[\W_]", "", name.lower())


def described(before: ComparedColumn, after: ComparedColumn, evidence: str = "") -> ColumnPair:
    """A pair with what changed in what is said of the column."""
    told: list[tuple[Change, bool]] = [
        ("renamed", before.name != after.name),
        ("retyped", before.type != after.type),
        ("unit", (before.unit or "") != (after.unit or "")),
        ("ucd", (before.ucd or "") != (after.ucd or "")),
        ("description", (before.description or "") != (after.description or "")),
        ("missing", sorted(map(str, before.missing)) != sorted(map(str, after.missing))),
    ]
    scale = factor(before, after)
    changes: list[Change] = [name for name, changed in told if changed]
    return ColumnPair(
        before=before,
        after=after,
        changes=changes,
        evidence=evidence,
        factor=None if scale == 1 else scale,
    )


def reordered(pairs: list[ColumnPair], before: Side) -> bool:
    """Whether the columns that both have stand in another order."""
    place = {name: index for index, name in enumerate(before.columns)}
    order = [place[p.before.name] for p in pairs]
    return order != sorted(order)
