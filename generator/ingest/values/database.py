"""DuckDB: it spills to disk what does not fit in memory."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from .sql import literal

MEMORY = "800MB"
"""What DuckDB may hold in memory; Arrow batches in flight come on top."""


def connect(scratch: Path, *, threads: int = 2, memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills beneath `scratch`."""
    return duckdb.connect(
        config={
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": str(scratch / "spill"),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def arrow_reader(relation: Any, rows: int) -> pa.RecordBatchReader:
    """A relation's rows as Arrow batches; the method was renamed in DuckDB 1.5."""
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_record_batch
    return read(rows)


def one_row(database: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The one row that a query answers."""
    (row,) = database.execute(query).fetchall()  # all, or the next statement finds this one unfinished
    return tuple(row)


def view_rows(database: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> None:
    """Let `t` be all rows of Parquet files."""
    listed = ", ".join(literal(glob.escape(str(file))) for file in files)
    database.execute(f"CREATE VIEW t AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false)")
