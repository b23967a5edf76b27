"""Which descriptions affect a comparison, and the descriptions added to a stored comparison.

Most descriptions do not affect it: a comparison is stored without them, and current ones are added on use.
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
from .stored_catalogue import StoredCatalogue
from .values import factor


def rows_paired_by(
    before: StoredCatalogue, after: StoredCatalogue, hints: Hints
) -> tuple[dict[str, str], Key | None]:
    """Return the renamed columns, and the column that identifies rows.

    Raises InputError where release.toml names columns that do not exist.
    """
    renamed = _checked(hints, before, after)
    key = find_key(before, after, renamed, hints.key)
    if key and key.before.name != key.after.name:
        renamed = {**renamed, key.before.name: key.after.name}
    return renamed, key


def decided_by_words(before: Path, after: Path, hints: Hints) -> dict[str, str]:
    """Return what affects a comparison in addition to rows and statistics, as inputs. Raises InputError.

    Indexed ids may identify rows, units are converted, and columns with different names are paired by their
    descriptions.
    """
    old, new = StoredCatalogue.read(before), StoredCatalogue.read(after)
    renamed, key = rows_paired_by(old, new, hints)
    pairs, left = named_pairs(old, new, renamed)
    found = {"rows are paired by": key and [key.before.name, key.after.name, key.unique]}
    inputs = {name: digest_of(value)[:16] for name, value in found.items()}
    converted = {name: one.factor for name, one in pairs.items() if factor(one.before, one.after) != 1}
    inputs |= {f"units of {name}": digest_of(by)[:16] for name, by in converted.items()}
    others = [column for name, column in new.columns.items() if name not in pairs]
    if left and others:  # some of them may still have to be paired
        both = [("former", list(left.values())), ("new", others)]
        inputs |= {f"{when} {c.name}": digest_of(c.model_dump())[:16] for when, some in both for c in some}
    return inputs


def _bare(column: ComparedColumn) -> ComparedColumn:
    return column.model_copy(update={"unit": None, "ucd": None, "description": None})


def without_words(found: ComparedCatalogue) -> ComparedCatalogue:
    """Return a comparison as it is stored."""
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
    """Return a stored comparison with the current descriptions of the two catalogues' columns."""
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


def _checked(hints: Hints, before: StoredCatalogue, after: StoredCatalogue) -> dict[str, str]:
    """Return the declared renames of existing columns, without those of other former releases."""
    problems = []
    place = f"catalogues[{hints.name}]"
    known = {"renamed": list(hints.renamed.values()), "compare_by": [hints.key] if hints.key else []}
    for setting, names in known.items():
        for name in names:
            if name not in after.columns:
                near = difflib.get_close_matches(name, after.columns, n=1)
                fix = f"did you mean {near[0]!r}?" if near else "name a column of this catalogue"
                problems.append(Problem(str(hints.file), f"{place}.{setting}", f"no column {name!r}", fix))
    if problems:
        raise InputError(problems)
    return {old: new for old, new in hints.renamed.items() if old in before.columns}
