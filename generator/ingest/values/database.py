"""DuckDB connections and queries; DuckDB spills to disk what does not fit in memory."""

from __future__ import annotations

import contextlib
import glob
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from .sql_text import literal

QUIET = "SET enable_progress_bar = false"
"""DuckDB prints its own progress where it takes Python for interactive."""
MEMORY = "800MB"
"""Memory limit of DuckDB; Arrow batches in transit come on top."""


def connect(scratch: Path, *, threads: int = 2, memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    """Open an in-memory database that spills below `scratch`."""
    database = duckdb.connect(
        config={
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": str(scratch / "spill"),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    database.execute(QUIET)
    return database


class Stoppable(threading.Event):
    """Databases of several threads, whose statements end with an error when this is set."""

    AGAIN = 0.05
    """Seconds between interruptions: a thread may begin its next statement just after one."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[duckdb.DuckDBPyConnection] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def connect(self, scratch: Path, *, threads: int, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a database as `connect` does. Raises duckdb.InterruptException if this is set meanwhile."""
        with connect(scratch, threads=threads, memory=memory) as database:
            with self._lock:
                self._open.append(database)
            try:
                if self.is_set():  # before there was anything to interrupt
                    raise duckdb.InterruptException("stopped")
                yield database
            finally:
                with self._lock:
                    self._open.remove(database)

    def set(self) -> None:
        super().set()
        if self._open:
            threading.Thread(target=self._interrupt).start()

    def _interrupt(self) -> None:
        while self._open:
            with self._lock:
                for database in self._open:
                    database.interrupt()
            time.sleep(self.AGAIN)


def arrow_reader(relation: Any, rows: int) -> pa.RecordBatchReader:
    """Return a relation's rows as Arrow batches; the method was renamed in DuckDB 1.5."""
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_record_batch
    return read(rows)


def one_row(database: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """Return the single result row of a query."""
    (row,) = database.execute(query).fetchall()  # all: an unfinished result blocks the next statement
    return tuple(row)


def view_rows(database: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> None:
    """Create the view `t` of all rows of Parquet files."""
    listed = ", ".join(literal(glob.escape(str(file))) for file in files)
    database.execute(f"CREATE VIEW t AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false)")
