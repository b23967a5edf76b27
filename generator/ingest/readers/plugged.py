"""Tables that plugins open, as sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ...plugins import OPEN, Plugin, Table
from ...problems import InputError, Problem
from ..values.fields import Field, instead_of, stored_type
from .source import BATCH, Source, check_names


def source_of(file: Path, table: Table, plugin: Plugin) -> Source:
    """Return the source of a table. Raises InputError for columns that cannot be stored."""
    check_names(file, table.schema.names)
    fields, problems = [], []
    for column in table.schema:
        kind = stored_type(column.type)
        if kind is None:
            place, what = f"column {column.name}", f"is of type {column.type}"
            problems.append(Problem(str(file), place, what, instead_of(column.type)))
            continue
        said = {k.decode().lower(): v.decode() for k, v in (column.metadata or {}).items()}
        unit, ucd, text = (said.get(key) for key in ("unit", "ucd", "description"))
        fields.append(Field(column.name, kind, unit, ucd, text, null="NULL"))
    if problems:
        raise InputError(problems)
    schema = pa.schema([(one.name, one.type) for one in fields])

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for batch in table.batches():
                whole = pa.Table.from_batches([batch]).cast(schema)
                yield from whole.to_batches(max_chunksize=BATCH)
        except InputError:
            raise
        except Exception as error:
            raise plugin.failed(OPEN, error) from None

    return Source(file, fields, table.rows, batches)
