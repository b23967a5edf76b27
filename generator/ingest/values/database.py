"""DuckDB connections and queries; DuckDB spills to disk what does not fit in memory."""

from __future__ import annotations

import glob
from collections.abc import Iterable
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
