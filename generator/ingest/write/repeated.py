"""Write the ids of rows whose object was observed more than once: a sorted column of a Parquet file.

Pages cannot find that out from the tiles that a search reads: other rows of the object may be elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ...formats import Partition, Repeated
from ...model import CatalogueSource
from ..values.database import arrow_reader, connect, view_rows
from ..values.fields import Field, is_text
from ..values.missing import Sentinel
from ..values.sql_text import present, quoted
from .tiles import row_groups

FILE = "ids/repeated.parquet"
ROWS = 1 << 16
"""Of a row group."""
MOST = 10_000
"""Rows of an object: a value that more rows have is an undeclared one for "nothing"."""
_NAME = re.compile(r"designation|uid", re.I)
_UCD = re.compile(r"meta\.id;src(;.*)?", re.I)

IdField = tuple[Field, list[Sentinel]]
"""A column of ids and its missing values."""


def object_columns(spec: CatalogueSource, columns: Sequence[IdField], row: str | None) -> list[str]:
    """Return those of the indexed columns that identify an object and not an observation of it.

    `row` is the column that identifies a row; none are returned if it has no index.
    """
    if row not in [field.name for field, _ in columns]:
        return []

    def is_object(field: Field) -> bool:
        named = _NAME.fullmatch(field.name) or _UCD.fullmatch((field.ucd or "").strip())
        return bool(named) or field.name == spec.roles.designation

    return [field.name for field, _ in columns if field.name != row and is_object(field)]


def write_repeated(
    out: Path,
    files: Sequence[Path],
    columns: Sequence[IdField],
    row: str,
    objects: Sequence[str],
    scratch: Path,
) -> tuple[Repeated, Partition] | None:
    """Write the ids into `out`; return None if there are none.

    `files` are the partitions, `columns` those with an index, `row` and `objects` the names of those that
    identify rows and objects.
    """
    values = {field.name: present(field, missing) for field, missing in columns}
    (kind,) = (field.type for field, _ in columns if field.name == row)
    # Signed numbers of any width are encoded alike, as in the indexes.
    kept = kind if is_text(kind) or pa.types.is_uint64(kind) else pa.int64()
    schema = pa.schema([pa.field("id", kept, nullable=False)])
    again = [
        f"{values[name]} IN (SELECT {values[name]} FROM t WHERE {values[row]} IS NOT NULL "
        f"GROUP BY 1 HAVING min({quoted(row)}) <> max({quoted(row)}) AND count(*) <= {MOST})"
        for name in objects
    ]
    condition = f"({' OR '.join(again)}) AND id IS NOT NULL"
    query = f"SELECT DISTINCT {values[row]} AS id FROM t WHERE {condition} ORDER BY 1"
    file = out / FILE
    with connect(scratch) as database:
        view_rows(database, files)
        batches = arrow_reader(database.sql(query), ROWS)
        found = _written(file, batches, schema)
    if not found:
        file.unlink()
        return None
    partition = row_groups(out, FILE)
    about = Repeated(
        path=FILE, size=partition.size, footer=partition.footer, rows=found, objects=list(objects)
    )
    return about, partition


def _written(file: Path, batches: pa.RecordBatchReader, schema: pa.Schema) -> int:
    """Write the ids; return how many there are."""
    count = 0
    file.parent.mkdir(parents=True, exist_ok=True)
    encoding = "DELTA_BYTE_ARRAY" if is_text(schema.field("id").type) else "DELTA_BINARY_PACKED"
    with pq.ParquetWriter(
        file,
        schema,
        compression="none",
        use_dictionary=False,
        column_encoding={"id": encoding},
        store_schema=False,
        version="2.6",
    ) as writer:
        for batch in batches:
            if batch.num_rows:
                table = pa.Table.from_batches([batch]).cast(schema)
                writer.write_table(table, row_group_size=ROWS)
                count += table.num_rows
    return count
