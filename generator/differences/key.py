"""Choose the column by which rows of two catalogues are paired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..formats.changes import ComparedColumn
from .stored_catalogue import TEXT, WHOLE, StoredCatalogue


@dataclass(frozen=True)
class Key:
    """The id column in both catalogues; `unique` if no id occurs twice in either."""

    before: ComparedColumn
    after: ComparedColumn
    unique: bool


def find_key(
    before: StoredCatalogue, after: StoredCatalogue, renamed: Mapping[str, str], wanted: str | None
) -> Key | None:
    """Return the column named in release.toml, else one that is unique, else the catalogue's id.

    None if the catalogues have no id column in common.
    """
    former = {new: old for old, new in renamed.items()}
    if wanted:
        return _key(before, after, former.get(wanted, wanted), wanted)
    names = [n for n in (after.id, former.get(before.id or "", before.id)) if n]
    names += [n for n in after.ids if former.get(n, n) in before.ids]
    keys = [k for n in dict.fromkeys(names) if (k := _key(before, after, former.get(n, n), n))]
    if (
        not keys
        and before.id
        and after.id
        and not {before.id, after.id} & (before.columns.keys() & after.columns.keys())
    ):
        # Each has an id column that the other lacks: it was renamed.
        keys = [k for k in [_key(before, after, before.id, after.id)] if k]
    return next((k for k in keys if k.unique), keys[0] if keys else None)


def _key(before: StoredCatalogue, after: StoredCatalogue, old: str, new: str) -> Key | None:
    one, other = before.columns.get(old), after.columns.get(new)
    if one is None or other is None:
        return None
    if any(c.arraysize or c.datatype not in WHOLE | TEXT for c in (one, other)):
        return None
    return Key(one, other, before.is_unique(old) and after.is_unique(new))
