"""What words decide about a comparison, and a comparison in the words of today.

Most words decide nothing: a comparison is kept without them, and says them as they are when it is shown.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from ..formats import Catalogue
from ..formats.changes import ColumnPair, ComparedCatalogue, ComparedColumn
from ..pieces import digest_of
from ..problems import InputError, Problem
from .column_pairs import described, named_pairs
from .hints import Hints
from .key import Key, find_key
from .side import Side
from .values import factor


def rows_paired_by(before: Side, after: Side, hints: Hints) -> tuple[dict[str, str], Key | None]:
    """Columns known to have been renamed, and the column that says which row is which.

    Raises InputError where release.toml names columns that are not there.
    """
    renamed = _checked(hints, before, after)
    key = find_key(before, after, renamed, hints.key)
    if key and key.before.name != key.after.name:
        renamed = {**renamed, key.before.name: key.after.name}
    return renamed, key


def decided_by_words(before: Path, after: Path, hints: Hints) -> dict[str, str]:
    """What decides a comparison besides rows and statistics, as inputs. Raises InputError.

    Ids that are indexed may say which row is which, units are converted, and columns whose names differ are
    recognised by what is said of them.
    """
    old, new = Side.read(before), Side.read(after)
    renamed, key = rows_paired_by(old, new, hints)
    pairs, left = named_pairs(old, new, renamed)
    found = {"rows are paired by": key and [key.before.name, key.after.name, key.unique]}
    inputs = {name: digest_of(value)[:16] for name, value in found.items()}
    converted = {name: one.factor for name, one in pairs.items() if factor(one.before, one.after) != 1}
    inputs |= {f"units of {name}": digest_of(by)[:16] for name, by in converted.items()}
    others = [column for name, column in new.columns.items() if name not in pairs]
    if left and others:  # which of them are the same is still to be found
        both = [("former", list(left.values())), ("new", others)]
        inputs |= {f"{when} {c.name}": digest_of(c.model_dump())[:16] for when, some in both for c in some}
    return inputs


def _bare(column: ComparedColumn) -> ComparedColumn:
    return column.model_copy(update={"unit": None, "ucd": None, "description": None})


def without_words(found: ComparedCatalogue) -> ComparedCatalogue:
    """A comparison as it is kept."""
    pairs = [
        ColumnPair(before=_bare(p.before), after=_bare(p.after), evidence=p.evidence, factor=p.factor)
        for p in found.pairs
    ]
    return found.model_copy(
        update={
            "pairs": pairs,
            "added": [_bare(c) for c in found.added],
            "removed": [_bare(c) for c in found.removed],
            "values": [v.model_copy(update={"unit": None}) for v in found.values],
        }
    )


def with_words(found: ComparedCatalogue, before: Path, after: Path) -> ComparedCatalogue:
    """A comparison that was kept, with what the two catalogues say of their columns."""
    old, new = (
        {c.name: ComparedColumn.of(c) for c in Catalogue.read(folder).columns} for folder in (before, after)
    )
    return found.model_copy(
        update={
            "pairs": [described(old[p.before.name], new[p.after.name], p.evidence) for p in found.pairs],
            "added": [new[c.name] for c in found.added],
            "removed": [old[c.name] for c in found.removed],
            "values": [v.model_copy(update={"unit": new[v.name].unit}) for v in found.values],
        }
    )


def _checked(hints: Hints, before: Side, after: Side) -> dict[str, str]:
    """Declared renames of columns that are there; those of other former releases are left out."""
    problems = []
    place = f"catalogues[{hints.name}]"
    known = {"renamed": list(hints.renamed.values()), "compare_by": [hints.key] if hints.key else []}
    for setting, names in known.items():
        for name in names:
            if name not in after.columns:
                near = difflib.get_close_matches(name, after.columns, n=1)
                mend = f"did you mean {near[0]!r}?" if near else "name a column of this catalogue"
                problems.append(Problem(str(hints.file), f"{place}.{setting}", f"no column {name!r}", mend))
    if problems:
        raise InputError(problems)
    return {old: new for old, new in hints.renamed.items() if old in before.columns}
