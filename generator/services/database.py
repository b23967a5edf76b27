"""DuckDB with the tables of a site, closed to everything else.

Statements are made from parsed ADQL and from parameters; no text of a client is ever a statement. Even so the
database can open no file beyond those of its views and its own folder, and no setting can be changed.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from fsspec import AbstractFileSystem

from ..ingest.values.database import arrow_reader, connect
from ..ingest.values.sql_text import literal, quoted
from ..standards.arrow_columns import Column
from .columns import Table
from .faults import Stopped
from .parts import Ids, Parts, rows_of

BATCH = 8_192
"""Rows of an answer in memory at a time."""


@dataclass(frozen=True)
class Source:
    """The Parquet files of a table, and the statement on them (`{source}`) that is its view."""

    table: Table
    files: list[Path]
    select: str
    places: tuple[tuple[int, int], ...] = ()
    """Pixels of each file, if rows are in the order of the sky."""
    ids: Ids | None = None


class Running:
    """A statement that runs, which other threads can stop."""

    def __init__(self) -> None:
        self.cursor: duckdb.DuckDBPyConnection | None = None
        self.reason: str | None = None
        self._lock = threading.Lock()

    def stop(self, reason: str) -> None:
        """End the statement, as soon as it looks. To be repeated until it has ended."""
        with self._lock:
            self.reason = self.reason or reason
            if self.cursor is not None:
                self.cursor.interrupt()

    def check(self) -> None:
        """Raise Stopped if the statement is to end."""
        if self.reason:
            raise Stopped(self.reason)

    @contextlib.contextmanager
    def on(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Make the cursor known while it is in use."""
        self.check()
        with self._lock:
            self.cursor = cursor
        try:
            yield
        except duckdb.InterruptException:
            raise Stopped(self.reason or "the statement was interrupted") from None
        finally:
            with self._lock:
                self.cursor = None


class Database:
    """The tables of a site."""

    def __init__(
        self, scratch: Path, memory: int, threads: int, file_system: AbstractFileSystem | None = None
    ) -> None:
        self._scratch = scratch
        self._allowed: list[str] = []
        self._connection = connect(scratch, threads=threads, memory=f"{memory}B")
        self._is_stored = file_system is not None
        if file_system is not None:
            self._connection.register_filesystem(file_system)
        for setting in (
            "TimeZone = 'UTC'",
            "python_enable_replacements = false",
            "parquet_metadata_cache = true",
        ):
            self._connection.execute(f"SET {setting}")

    def add(self, source: Source, name: Callable[[Path], str]) -> Table:
        """Create the view of a table; returns it with the types of its columns. `name` is that of a file."""
        paths = [name(file) for file in source.files]
        self._allowed += paths
        table = self.add_view(source.table, source.select.replace("{source}", rows_of(paths)))
        if not source.places:
            return table
        # Indexes on a store would be read before it is known whether they belong to this state of the site.
        ids = None if self._is_stored else source.ids
        return replace(table, parts=Parts(source.select, tuple(paths), source.places, ids))

    def add_view(self, table: Table, select: str) -> Table:
        """Create a view; returns its table with the types of its columns."""
        schema = table.view.split(".")[0] if table.view else quoted(table.schema)
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        if self._allowed:
            self._connection.execute("SET VARIABLE base = ''")
        self._connection.execute(f"CREATE VIEW {table.sql} AS {select}")
        types = self._connection.sql(f"SELECT * FROM {table.sql} LIMIT 0").to_arrow_table().schema
        return replace(table, columns=[c.typed(types.field(c.name).type) for c in table.columns])

    def add_rows(self, table: Table, rows: pa.Table) -> Table:
        """Create a table of a few rows in memory."""
        schema = table.view.split(".")[0] if table.view else quoted(table.schema)
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        self._connection.register("rows", rows)
        self._connection.execute(f"CREATE TABLE {table.sql} AS SELECT * FROM rows")
        self._connection.unregister("rows")
        return replace(table, columns=[c.typed(rows.schema.field(c.name).type) for c in table.columns])

    def value(self, statement: str) -> Any:
        """The first value of a statement; None if there is no row."""
        with self._connection.cursor() as cursor:
            rows = cursor.execute(statement).fetchmany(1)
        return rows[0][0] if rows else None

    def lock(self) -> None:
        """Close the database to all other files."""
        paths = ", ".join(map(literal, self._allowed))
        self._connection.execute(f"SET allowed_paths = [{paths}]")
        self._connection.execute(f"SET allowed_directories = [{literal(str(self._scratch))}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    @contextlib.contextmanager
    def answer(
        self, statement: str, running: Running, base: str, uploads: dict[str, Path] | None = None
    ) -> Iterator[Answer]:
        """Run a statement. Raises Stopped, duckdb.Error."""
        with self._connection.cursor() as cursor, running.on(cursor):
            cursor.execute(f"SET VARIABLE base = {literal(base)}")
            for name, file in (uploads or {}).items():
                cursor.execute(
                    f"CREATE TEMP VIEW {quoted(name)} AS SELECT * FROM read_parquet([{literal(str(file))}])"
                )
            reader = arrow_reader(cursor.sql(statement), BATCH)
            try:
                yield Answer(reader, running)
            finally:
                reader.close()

    def close(self) -> None:
        self._connection.close()


class Answer:
    """The rows of a statement, in batches."""

    def __init__(self, reader: Any, running: Running) -> None:
        self._reader, self._running = reader, running
        self.schema: pa.Schema = reader.schema
        self.began = time.monotonic()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows. Raises Stopped, duckdb.Error."""
        try:
            for batch in self._reader:
                self._running.check()
                yield batch
        except pa.ArrowException as error:  # as the reader passes on what DuckDB raises
            self._running.check()
            raise duckdb.Error(str(error)) from None

    def typed(self, columns: list[Column]) -> list[Column]:
        """Return descriptions of its columns with the types of their values."""
        return [column.typed(field.type) for column, field in zip(columns, self.schema, strict=True)]
