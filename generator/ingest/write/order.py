"""Sort rows, on disk if they do not fit in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from ..job import Job
from ..values.database import arrow_reader, connect
from ..values.fields import Field, with_pixel
from .tiles import SAMPLE_ROWS, Rows

if TYPE_CHECKING:
    from ..read import Reading


@dataclass(frozen=True)
class Ordered:
    """All rows of a catalogue as a sorted stream."""

    fields: list[Field]
    """The columns as written."""
    rows: Rows
    sample: pa.Table
    """The first rows; they also remain in `rows`."""


def order(job: Job, reading: Reading) -> Ordered:
    """Read all rows and sort them along the sky, else by id. Raises errors of reading."""
    batches = _sorted(reading, job.scratch)
    fields = with_pixel(job.source.shown, job.position is not None)
    stored = pa.schema([(f.name, f.type) for f in fields])
    rows = Rows((b.select(stored.names) for b in batches), stored)
    try:
        sample = rows.peek(SAMPLE_ROWS)
    except Exception:
        if reading.error is not None:
            raise reading.error from None
        raise
    return Ordered(fields, rows, sample)


def _sorted(reading: Reading, scratch: Path) -> Iterator[pa.RecordBatch]:
    with connect(scratch) as database:
        yield from sort_batches(database, reading.batches(), reading.schema, reading.keys, SAMPLE_ROWS // 4)


def sort_batches(
    database: duckdb.DuckDBPyConnection,
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    keys: Sequence[str | int],
    rows: int,
) -> Iterator[pa.RecordBatch]:
    """Yield batches of at most `rows` rows in ascending order of `keys` (nulls last), with the same schema.

    `database` does nothing else meanwhile. Columns are numbered in SQL, so any column name is
    allowed; a key whose name another column may have is given by its index.
    """
    plain = pa.schema([(f"c{i}", f.type) for i, f in enumerate(schema)])
    places = [k if isinstance(k, int) else schema.get_field_index(k) for k in keys]
    by = ", ".join(f"c{place} NULLS LAST" for place in places)

    def renamed() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.RecordBatch.from_arrays(batch.columns, schema=plain)

    database.register("source", pa.RecordBatchReader.from_batches(plain, renamed()))
    for batch in arrow_reader(database.sql(f"SELECT * FROM source ORDER BY {by}"), rows):
        columns = [
            c if c.type == f.type else c.cast(f.type) for c, f in zip(batch.columns, schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)
    database.unregister("source")
