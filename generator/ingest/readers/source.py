"""The common interface of all source tables: named columns, and their values in Arrow batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from ...problems import InputError, Problem
from ..values.fields import Field
from ..values.notes import Notes

BATCH = 32_768
"""Number of rows in memory at a time while a source is read."""


@dataclass(frozen=True)
class Source:
    """An opened source file. `batches` reads it from the start; its columns are `fields`, in order."""

    file: Path
    fields: list[Field]
    rows: int | None
    batches: Callable[[], Iterator[pa.RecordBatch]]
    notes: Notes | None = None
    """Remarks about the file, some of them added while it is read."""
    only: Callable[[list[pa.BooleanArray]], Source] | None = None
    """For formats with inferred types: returns the table with only the rows marked in a mask per batch."""
    whole: Source | None = None
    """For a source returned by `only`: the table with all rows, in as many batches."""
    cuts: Sequence[int] = ()
    """For formats that can be read from the middle: the rows, from 0, at which a part may begin."""
    part: Callable[[int, int], Source] | None = None
    """Returns the table with the rows between two of the cuts, or from one to the end."""
    ranges: Callable[[int, int], list[tuple[int, int]]] | None = None
    """Returns offset and length of the bytes that such a part reads, beside the header or footer."""
    before: int = 0
    """Rows of the file before the first of these."""

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(f.name, f.type) for f in self.fields])


def unified(sources: list[Source]) -> list[Field]:
    """Return the columns of a catalogue's files, with types wide enough for all.

    Raises InputError if the columns of a file differ from those of the first.
    """
    first = sources[0]
    fields = {f.name: f for f in first.fields}
    problems: list[Problem] = []
    for source in sources[1:]:
        names = {f.name: f for f in source.fields}
        lacks, has = [n for n in fields if n not in names], [n for n in names if n not in fields]
        if lacks or has:
            what = f"columns differ from those of {first.file.name}:"
            what += f" lacks {', '.join(lacks)}" * bool(lacks) + f" has {', '.join(has)}" * bool(has)
            problems.append(
                Problem(str(source.file), "columns", what, "give every file of a catalogue the same columns")
            )
            continue
        for name, field in names.items():
            mine = fields[name]
            if field.type == mine.type:
                continue
            try:
                both = _wider(mine.type, field.type)
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                what = f"is {field.type}, in {first.file.name} {mine.type}"
                problems.append(
                    Problem(str(source.file), f"column {name}", what, "give it one type in every file")
                )
                continue
            fields[name] = replace(mine, type=both)
    if problems:
        raise InputError(problems)
    return list(fields.values())


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """Return a type for the values of both."""
    if pa.uint64() in (one, other) and pa.types.is_integer(one) and pa.types.is_integer(other):
        return pa.uint64()  # Arrow chooses int64, which is too narrow; text tables cannot distinguish the two
    schemas = [pa.schema([("x", kind)]) for kind in (one, other)]
    return pa.unify_schemas(schemas, promote_options="permissive").field(0).type


def check_names(file: Path, names: list[str]) -> None:
    """Refuse columns without a name, and names that SQL cannot distinguish because it ignores case."""
    problems = []
    seen: dict[str, str] = {}
    for index, name in enumerate(names):
        if not name.strip():
            fix = "give every column a name"
            problems.append(Problem(str(file), f"column {index + 1}", "has no name", fix))
            continue
        other = seen.setdefault(name.lower(), name)
        if names.index(other) != index:
            same = "is there twice" if other == name else f"differs from {other!r} only by case"
            problems.append(
                Problem(
                    str(file), f"column {name}", same, "rename one of the two, SQL cannot distinguish them"
                )
            )
    if not names:
        problems.append(Problem(str(file), "", "has no columns", "use a file with a table in it"))
    if problems:
        raise InputError(problems)
