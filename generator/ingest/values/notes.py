"""What to report of a source that could be read: oddities, and columns in which no row has a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ...problems import Problem, several
from .fields import Field, is_array

NAMED = 12
"""Columns named in one line; of the others their number is given."""


@dataclass
class Notes:
    """What to report of one source file, each once however often the file is read."""

    file: Path
    _by_key: dict[str, Problem] = field(default_factory=dict)

    def add(self, key: str, place: str, what: str, advice: str) -> None:
        """Keep a line, unless there is one of the same `key`, for example of the same column, already."""
        self._by_key.setdefault(key, Problem(str(self.file), place, what, advice))

    @property
    def problems(self) -> list[Problem]:
        return list(self._by_key.values())

    @property
    def lines(self) -> list[str]:
        return [str(problem) for problem in self.problems]


class Emptiness:
    """Watches the batches of a catalogue for columns in which no row has a value."""

    def __init__(self) -> None:
        self._rows = 0
        self._empty: set[str] | None = None

    def see(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        self._rows += batch.num_rows
        left = batch.schema.names if self._empty is None else self._empty
        self._empty = {name for name in left if not _has_value(batch.column(name))}

    def problems(self, file: Path, more: int, fields: list[Field]) -> list[Problem]:
        """One for the columns whose file declares how "no value" is written, one for all others.

        `fields` are those of the first of the sources, `more` the number of further ones.
        """
        empty = [f for f in fields if f.name in (self._empty or ())]
        where = f"{file}" + (f" and {more:,} more" if more else "")
        rows = several(self._rows, "row")
        declared = [f"{f.name} ({f.null})" for f in empty if f.null]
        found = []
        if unsaid := [f.name for f in empty if not f.null]:
            verb = "are" if len(unsaid) > 1 else "is"
            what = f"{verb} NULL in all {rows}, though the file declares no value for “nothing”"
            advice = "see whether the file holds what it should, or was written by a faulty program"
            found.append(Problem(where, _named(unsaid), what, advice))
        if declared:
            verb = "have" if len(declared) > 1 else "has"
            advice = "if that is not so, see how the file was written"
            found.append(Problem(where, _named(declared), f"{verb} no value in any of {rows}", advice))
        return found


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"column{'s' if len(names) > 1 else ''} {', '.join(names[:NAMED])}{more}"


def _has_value(column: pa.Array) -> bool:
    """Whether some row has a value; an array that is empty is one, one of nothing but NULL is none."""
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
