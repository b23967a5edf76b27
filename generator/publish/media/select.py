"""Select the spectra of a set for a medium by an SQL condition on catalogue rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset
import pyarrow.parquet as pq

from ...formats import Catalogue, Spectra
from ...ingest.values.database import arrow_reader, connect
from ...ingest.values.sql_text import quoted
from ...problems import InputError, Problem
from ...spectra.subset import Place

BATCH = 65_536


@dataclass(frozen=True)
class Chosen:
    """The chosen spectra of a set, ordered by id, in a Parquet file."""

    file: Path
    spectra: int
    bytes: int
    """Bytes of the packed spectra."""
    share: float
    """Bytes of the packs' footers per spectrum."""

    def places(self, first: int = 0, count: int | None = None) -> Iterator[Place]:
        """The places of `count` spectra from the index `first` on."""
        at, end = 0, self.spectra if count is None else first + count
        with pq.ParquetFile(self.file) as file:
            for batch in file.iter_batches(BATCH):
                if at + batch.num_rows > first and at < end:
                    part = batch.slice(max(first - at, 0), end - max(at, first))
                    yield from map(Place, *(column.to_pylist() for column in part.columns))
                at += batch.num_rows
                if at >= end:
                    return


def choose(
    folder: Path, catalogue: Path | None, where: str | None, scratch: Path, file: str, place: str
) -> Chosen:
    """Select the spectra of the set in `folder` whose rows in `catalogue` meet a condition.

    `file` and `place` say where the condition was written. Raises InputError for an invalid condition.
    """
    about = Spectra.read(folder)
    target = scratch / f"{about.name}.parquet"
    with connect(scratch) as database:
        index = [str(folder / one.path) for one in about.index]
        database.register("places", pyarrow.dataset.dataset(index, format="parquet"))
        if where is not None and catalogue is not None:
            _choose_rows(database, catalogue, where, file, place)
        chosen = "SEMI JOIN wanted USING (id)" if where is not None else ""
        found = database.sql(f'SELECT id, pack, "offset", bytes, more FROM places {chosen} ORDER BY id')
        count = size = 0
        with pq.ParquetWriter(target, _schema(found)) as writer:
            for batch in arrow_reader(found, BATCH):
                writer.write_batch(batch)
                count += batch.num_rows
                size += sum(batch.column("bytes").to_pylist()) + sum(batch.column("more").to_pylist())
        (packed,) = database.sql("SELECT sum(bytes + more)::BIGINT FROM places").fetchall()[0]
    share = max(about.bytes - (packed or 0), 0) / max(about.spectra, 1)
    return Chosen(target, count, size, share)


def _schema(found: Any) -> Any:
    return arrow_reader(found, 1).schema


def _choose_rows(
    database: duckdb.DuckDBPyConnection, catalogue: Path, where: str, file: str, place: str
) -> None:
    """Create the table `wanted` with the ids of matching rows; the condition cannot access other files."""
    meta = Catalogue.read(catalogue)
    if meta.id is None:
        what = f"{meta.name}, whose rows the condition is about, has no column of ids"
        raise InputError(Problem(file, place, what, "remove `where`, or name the id in `roles`"))
    files = [str(catalogue / p.path) for p in meta.partitions]
    rows = pyarrow.dataset.dataset(files, format="parquet")
    database.register("t", rows)
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    query = f"SELECT DISTINCT {quoted(meta.id)} AS id FROM t WHERE (\n{where}\n)"
    try:
        if len(duckdb.extract_statements(query)) != 1:
            raise duckdb.ParserException("more than one statement")
        database.execute(f"CREATE TEMP TABLE wanted AS {query}")
    except duckdb.Error as error:
        what = f"is not a valid condition for {meta.name}: {str(error).splitlines()[0]}"
        fix = "write it as after WHERE, and try it on the SQL page"
        raise InputError(Problem(file, place, what, fix)) from None
