"""Remarks about sources that could be read: oddities, and columns without values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ...problems import Problem, several
from .fields import Field, is_array

NAMED = 12
"""Number of columns named in one line; the others are counted."""


@dataclass
class Notes:
    """Remarks about one source file; each appears once however often the file is read."""

    file: Path
    _by_key: dict[str, Problem] = field(default_factory=dict)

    def add(self, key: str, place: str, what: str, advice: str) -> None:
        """Add a remark unless one with the same `key` (for example for the same column) exists."""
        self._by_key.setdefault(key, Problem(str(self.file), place, what, advice))

    def join(self, other: Notes) -> None:
        """Add the remarks of another reader of the same file, on later rows."""
        self._by_key = other._by_key | self._by_key

    @property
    def problems(self) -> list[Problem]:
        return list(self._by_key.values())

    @property
    def lines(self) -> list[str]:
        return [str(problem) for problem in self.problems]


class Emptiness:
    """Finds columns of a catalogue that have no value in any row."""

    def __init__(self) -> None:
        self._rows = 0
        self._empty: set[str] | None = None

    def see(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        self._rows += batch.num_rows
        left = batch.schema.names if self._empty is None else self._empty
        self._empty = {name for name in left if not _has_value(batch.column(name))}

    def join(self, other: Emptiness) -> None:
        """Add what another has seen of other rows."""
        self._rows += other._rows
        if other._empty is not None:
            self._empty = other._empty if self._empty is None else self._empty & other._empty

    def problems(self, file: Path, more: int, fields: list[Field]) -> list[Problem]:
        """Return one problem for columns whose file declares a missing value, and one for all others.

        `fields` are those of the first source, `more` is the number of further sources.
        """
        empty = [f for f in fields if f.name in (self._empty or ())]
        where = f"{file}" + (f" and {more:,} more" if more else "")
        rows = several(self._rows, "row")
        declared = [f"{f.name} ({f.null})" for f in empty if f.null]
        found = []
        if undeclared := [f.name for f in empty if not f.null]:
            verb = "are" if len(undeclared) > 1 else "is"
            what = f"{verb} NULL in all {rows}, though the file declares no missing value"
            advice = "check whether the file is complete, and the program that wrote it"
            found.append(Problem(where, _named(undeclared), what, advice))
        if declared:
            verb = "have" if len(declared) > 1 else "has"
            advice = "if they should have values, check how the file was written"
            found.append(Problem(where, _named(declared), f"{verb} no value in any of {rows}", advice))
        return found


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"column{'s' if len(names) > 1 else ''} {', '.join(names[:NAMED])}{more}"


def _has_value(column: pa.Array) -> bool:
    """Return whether any row has a value; an empty array is a value, one of only NULL is not."""
    if column.null_count == len(column):
        return False
    if not is_array(column.type):
        return True
    if (
        not pa.types.is_fixed_size_list(column.type)
        and pc.any(pc.equal(pc.list_value_length(column), 0)).as_py()
    ):
        return True
    leaves = column.flatten()
    return bool(leaves.null_count < len(leaves))
