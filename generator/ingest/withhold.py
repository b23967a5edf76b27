"""What an edition withholds of a catalogue is decided here: rows, columns, and what would give them away.

Rows are left out while they stream, before anything is counted or measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..formats import FoundRoles
from ..model import CatalogueSource, Release
from ..problems import InputError, Problem
from .inputs import Hidden, Input
from .readers.read_parquet import as_stored
from .readers.source import Source
from .roles import find_roles
from .values.database import arrow_reader
from .values.fields import Field
from .values.notes import Emptiness

ID = "id"
NOT_TOLD = b"ids are withheld"


class ShownRows:
    """The rows of sources that meet none of the conditions under `withheld`, with the columns that are shown.

    A context manager: it holds a database and, where the ids of the other rows are noted, a file.
    """

    def __init__(
        self, spec: CatalogueSource, release: Release, opened: Input, note: Path | None = None
    ) -> None:
        self._spec, self._release, self._opened = spec, release, opened
        self._every = pa.schema([(f.name, f.type) for f in opened.every])
        self.schema = pa.schema([(f.name, f.type) for f in opened.fields])
        self._database = _database() if spec.withheld else None
        self._writer: pq.ParquetWriter | None = None
        self._names: pq.ParquetWriter | None = None
        self._ident = opened.roles.id
        self._emptiness = Emptiness()
        self.withheld = 0
        """Rows left out so far."""
        if note is not None and spec.lacks:
            kind = self._every.field(self._ident).type if self._ident else pa.null()
            told = None if self._ident and not opened.hidden.id else {b"note": NOT_TOLD}
            self._writer = pq.ParquetWriter(note, pa.schema([(ID, kind)], metadata=told))
        known = [name for name in spec.looked_up if name in self._every.names]
        if note is not None and self._ident and known:
            names = pa.schema([self._every.field(name) for name in dict.fromkeys((self._ident, *known))])
            self._names = pq.ParquetWriter(names_beside(note), names)

    def __enter__(self) -> ShownRows:
        if self._database is not None:
            for index in range(len(self._spec.withheld)):
                self._ask(index, self._every.empty_table())
        return self

    def __exit__(self, *_: object) -> None:
        if self._database is not None:
            self._database.close()
        for writer in (self._writer, self._names):
            if writer is not None:
                writer.close()

    def batches(self, source: Source) -> Iterator[tuple[pa.RecordBatch, NDArray[np.int64]]]:
        """The rows of one source that are shown, and their numbers in it, from 1."""
        first = 1
        own = source.batches() if source.whole else None
        for batch in (source.whole or source).batches():
            numbers = np.arange(first, first + batch.num_rows)
            first += batch.num_rows
            if self._database is None:
                self._note_names(batch)
                batch = _stored(batch, self.schema, source.file)
                self._emptiness.see(batch)
                yield batch, numbers
                continue
            batch = _stored(batch, self._every, source.file)
            self._emptiness.see(batch)
            shown = self._shown(batch)
            hidden = pc.invert(shown)
            self.withheld += pc.sum(hidden).as_py() or 0
            if self._writer is not None:
                ids = batch.column(self._ident) if self._ident else pa.nulls(batch.num_rows)
                self._writer.write_table(pa.table({ID: ids.filter(hidden)}).cast(self._writer.schema))
            self._note_names(batch.filter(shown))
            kept = shown.to_numpy(zero_copy_only=False)
            rest = batch.filter(shown) if own is None else _stored(next(own), self.schema, source.file)
            yield rest.select(self.schema.names), numbers[kept]

    def masks(self, source: Source) -> list[pa.BooleanArray]:
        """For each batch of a source, which of its rows are shown."""
        return [self._shown(_stored(batch, self._every, source.file)) for batch in source.batches()]

    def _shown(self, batch: pa.RecordBatch) -> pa.BooleanArray:
        table = pa.Table.from_batches([batch])
        shown: Any = None
        for index in range(len(self._spec.withheld)):
            answer = self._ask(index, table).combine_chunks()
            shown = answer if shown is None else pc.and_(shown, answer)
        return shown

    def notes(self) -> list[Problem]:
        """What to report of what was read, when all of it has been."""
        first, *more = self._opened.sources
        shown = [f for f in first.fields if f.name in self.schema.names]
        return [*self._opened.notes, *self._emptiness.problems(first.file, len(more), shown)]

    def _note_names(self, batch: pa.RecordBatch) -> None:
        """Note which files are those of rows that are shown."""
        if self._names is not None:
            self._names.write_table(pa.Table.from_batches([as_stored(batch, self._names.schema)]))

    def _ask(self, index: int, table: pa.Table) -> pa.ChunkedArray:
        """For each row, whether a condition says that it is shown: only where it is plainly false."""
        assert self._database is not None
        condition = self._spec.withheld[index].rows
        try:
            # Alone in its line: what it may hold cannot comment the rest away.
            question = f"SELECT (\n{condition}\n) AS withheld FROM t"
            if len(duckdb.extract_statements(question)) != 1:
                raise duckdb.ParserException("more than one statement")
            self._database.register("t", table)
            answer = arrow_reader(self._database.sql(question), table.num_rows or 1).read_all()
        except duckdb.Error as error:
            raise self._problem(index, str(error).splitlines()[0]) from None
        withheld = answer.column(0)
        if not pa.types.is_boolean(withheld.type) or len(withheld) != table.num_rows:
            raise self._problem(index, f"its answer is {withheld.type}, not true or false for each row")
        return pc.invert(pc.fill_null(withheld, True))

    def _problem(self, index: int, what: str) -> InputError:
        place = f"catalogues[{self._spec.name}].withheld[{index + 1}].rows"
        mend = "write it as after WHERE, with the columns of the source"
        return InputError(
            Problem(str(self._release.file), place, f"is no condition that its rows can answer: {what}", mend)
        )


def _stored(batch: pa.RecordBatch, schema: pa.Schema, file: Path) -> pa.RecordBatch:
    try:
        return as_stored(batch, schema)
    except pa.ArrowInvalid as error:  # the types of the catalogue's files are known to fit, not their values
        mend = "give each column the same type in every file of the catalogue"
        raise InputError(Problem(str(file), "", str(error).splitlines()[0], mend)) from None


def without_hidden_rows(
    spec: CatalogueSource, release: Release, sources: list[Source], every: list[Field]
) -> list[Source]:
    """The sources, those of text as if the rows that are shown were all: no other decides a column's type.

    `every` are their columns with all rows, of which conditions are asked. Raises InputError.
    """
    if not spec.withheld or not any(source.only for source in sources):
        return sources
    opened = Input("", every, every, every, FoundRoles.none(), {}, Hidden(), sources)
    with ShownRows(spec, release, opened) as shown:
        return [replace(s.only(shown.masks(s)), whole=s) if s.only else s for s in sources]


def _database() -> duckdb.DuckDBPyConnection:
    """One that sees the rows and nothing else; a single thread keeps them in their order."""
    return duckdb.connect(
        config={
            "threads": 1,
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "lock_configuration": True,
        }
    )


def withheld_ids(data: Path) -> Path:
    """Where the ids of rows that a catalogue's data lack are kept: beside them, as no part of a site."""
    return data.with_name("withheld.parquet")


def names_beside(note: Path) -> Path:
    """Where withheld names of files are kept, beside the note of ids."""
    return note.with_suffix(".names")


def withheld_count(note: Path) -> int:
    """How many rows were withheld, by the file that was told their ids."""
    return int(pq.read_metadata(note).num_rows)


def shown_fields(spec: CatalogueSource, release: Release, fields: list[Field]) -> list[Field]:
    """The columns that an edition shows. Raises InputError where there is none."""
    shown = [f for f in fields if not spec.hides(f.name)]
    if not shown:
        place = f"catalogues[{spec.name}].columns"
        mend = "withhold the catalogue itself"
        raise InputError(Problem(str(release.file), place, "all columns are withheld", mend))
    return shown


def roles_of_all(spec: CatalogueSource, release: Release, every: list[Field]) -> FoundRoles | None:
    """The roles that columns would have if none were withheld; None where none is. Raises InputError."""
    return find_roles(every, spec.roles, release.file, f"catalogues[{spec.name}]") if spec.hidden else None


def hidden_of(spec: CatalogueSource, of_all: FoundRoles | None, shown: FoundRoles) -> Hidden:
    """What else is hidden. `of_all` are the roles of all columns, `shown` those of the columns shown."""
    placed = of_all is not None and (of_all.ra is not None or not spec.lost.isdisjoint(("ra", "dec")))
    return Hidden(
        id="id" in spec.lost or bool(of_all and of_all.id and spec.hides(of_all.id)),
        position=placed and shown.ra is None,
        checksums=spec.lacks,
    )
