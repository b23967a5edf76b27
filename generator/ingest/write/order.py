"""Order rows, outside of memory where they do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from ..values.database import arrow_reader, connect


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
