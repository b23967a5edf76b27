"""Decide what an edition withholds from a catalogue: rows, columns, and anything that reveals them.

Withheld rows are removed as they are read, before anything is counted or measured.
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
from .values.database import QUIET, arrow_reader
from .values.fields import Field
from .values.notes import Emptiness

ID = "id"
IDS_WITHHELD = b"ids are withheld"


class ShownRows:
    """The source rows that meet none of the `withheld` conditions, with the shown columns only.

    A context manager: it opens a database and, where the ids of withheld rows are recorded, a file.
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
        self.emptiness = Emptiness()
        self.withheld = 0
        """Number of rows withheld so far."""
        if note is not None and spec.lacks:
            kind = self._every.field(self._ident).type if self._ident else pa.null()
            marker = None if self._ident and not opened.hidden.id else {b"note": IDS_WITHHELD}
            self._writer = pq.ParquetWriter(note, pa.schema([(ID, kind)], metadata=marker))
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
        """Yield the shown rows of one source and their row numbers in it, from 1."""
        first = 1 + source.before
        own = source.batches() if source.whole else None
        for batch in (source.whole or source).batches():
            numbers = np.arange(first, first + batch.num_rows)
            first += batch.num_rows
            if self._database is None:
                self._note_names(batch)
                batch = _stored(batch, self.schema, source.file)
                self.emptiness.see(batch)
                yield batch, numbers
                continue
            batch = _stored(batch, self._every, source.file)
            self.emptiness.see(batch)
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
        """Return a mask of shown rows for each batch of a source."""
        return [self._shown(_stored(batch, self._every, source.file)) for batch in source.batches()]

    def _shown(self, batch: pa.RecordBatch) -> pa.BooleanArray:
        table = pa.Table.from_batches([batch])
        shown: Any = None
        for index in range(len(self._spec.withheld)):
            answer = self._ask(index, table).combine_chunks()
            shown = answer if shown is None else pc.and_(shown, answer)
        return shown

    def notes(self) -> list[Problem]:
        """Return remarks about the sources, once all rows have been read."""
        first, *more = self._opened.sources
        shown = [f for f in first.fields if f.name in self.schema.names]
        return [*self._opened.notes, *self.emptiness.problems(first.file, len(more), shown)]

    def _note_names(self, batch: pa.RecordBatch) -> None:
        """Record which files belong to shown rows."""
        if self._names is not None:
            self._names.write_table(pa.Table.from_batches([as_stored(batch, self._names.schema)]))

    def _ask(self, index: int, table: pa.Table) -> pa.ChunkedArray:
        """Return for each row whether a condition shows it: only where the condition is false, not NULL."""
        assert self._database is not None
        condition = self._spec.withheld[index].rows
        try:
            # On a line of its own, so that a comment in it cannot hide the rest of the query.
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
        fix = "write it as after WHERE, with the columns of the source"
        return InputError(
            Problem(str(self._release.file), place, f"is not a condition on its rows: {what}", fix)
        )


def _stored(batch: pa.RecordBatch, schema: pa.Schema, file: Path) -> pa.RecordBatch:
    try:
        return as_stored(batch, schema)
    except pa.ArrowInvalid as error:  # the types of the catalogue's files fit, their values may not
        fix = "give each column the same type in every file of the catalogue"
        raise InputError(Problem(str(file), "", str(error).splitlines()[0], fix)) from None


def without_hidden_rows(
    spec: CatalogueSource, release: Release, sources: list[Source], every: list[Field]
) -> list[Source]:
    """Return the sources; in text formats, column types are inferred from shown rows only.

    `every` contains their columns with all rows, used to evaluate conditions. Raises InputError.
    """
    if not spec.withheld or not any(source.only for source in sources):
        return sources
    opened = Input("", every, every, every, FoundRoles.none(), {}, Hidden(), sources)
    with ShownRows(spec, release, opened) as shown:
        return [replace(s.only(shown.masks(s)), whole=s) if s.only else s for s in sources]


def _database() -> duckdb.DuckDBPyConnection:
    """Open a database that can access only the rows; a single thread preserves their order."""
    database = duckdb.connect(
        config={
            "threads": 1,
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    database.execute(f"{QUIET}; SET lock_configuration = true")
    return database


def withheld_ids(data: Path) -> Path:
    """Return the path of the ids of withheld rows: next to the catalogue's data, outside the site."""
    return data.with_name("withheld.parquet")


def names_beside(note: Path) -> Path:
    """Return the path of the withheld file names, next to the note of ids."""
    return note.with_suffix(".names")


def withheld_count(note: Path) -> int:
    """Return the number of withheld rows recorded in a note."""
    return int(pq.read_metadata(note).num_rows)


def shown_fields(spec: CatalogueSource, release: Release, fields: list[Field]) -> list[Field]:
    """Return the columns that an edition shows. Raises InputError where there is none."""
    shown = [f for f in fields if not spec.hides(f.name)]
    if not shown:
        place = f"catalogues[{spec.name}].columns"
        fix = "withhold the catalogue itself"
        raise InputError(Problem(str(release.file), place, "all columns are withheld", fix))
    return shown


def roles_of_all(spec: CatalogueSource, release: Release, every: list[Field]) -> FoundRoles | None:
    """Return the roles without withholding columns; None where none is withheld. Raises InputError."""
    return find_roles(every, spec.roles, release.file, f"catalogues[{spec.name}]") if spec.hidden else None


def hidden_of(spec: CatalogueSource, of_all: FoundRoles | None, shown: FoundRoles) -> Hidden:
    """Return what else is hidden. `of_all` are the roles of all columns, `shown` those of shown columns."""
    placed = of_all is not None and (of_all.ra is not None or not spec.lost.isdisjoint(("ra", "dec")))
    return Hidden(
        id="id" in spec.lost or bool(of_all and of_all.id and spec.hides(of_all.id)),
        position=placed and shown.ra is None,
        checksums=spec.lacks,
    )
