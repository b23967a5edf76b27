"""Order rows by DuckDB, which spills to disk what does not fit in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

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


def ordered(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, keys: list[str], scratch: Path, rows: int
) -> Iterator[pa.RecordBatch]:
    """Batches of at most `rows` rows in ascending order of `keys` (nulls last), of the same schema.

    Column names never reach SQL: they are numbered, so any name will do.
    """
    plain = pa.schema([(f"c{i}", f.type) for i, f in enumerate(schema)])
    order = ", ".join(f"c{schema.get_field_index(k)} NULLS LAST" for k in keys)

    def renamed() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.RecordBatch.from_arrays(batch.columns, schema=plain)

    with connect(scratch) as database:
        database.register("source", pa.RecordBatchReader.from_batches(plain, renamed()))
        for batch in arrow_reader(database.sql(f"SELECT * FROM source ORDER BY {order}"), rows):
            columns = [
                c if c.type == f.type else c.cast(f.type) for c, f in zip(batch.columns, schema, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def arrow_reader(relation: Any, rows: int) -> pa.RecordBatchReader:
    """A relation's rows as Arrow batches; the method was renamed in DuckDB 1.5."""
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_record_batch
    return read(rows)
