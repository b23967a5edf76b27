"""Parquet tables, with units, UCDs and descriptions from VOParquet metadata if present."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...problems import InputError, Problem
from ..values.fields import PIXEL, Field, element_type, instead_of, is_array, stored_type
from .source import BATCH, Source, check_names


def open_parquet(file: Path, plain: Path) -> Source:
    """Open a Parquet file. Memory is bounded by the columns of one row group.

    Raises InputError if it is damaged or has columns of structs or maps.
    """
    try:
        parquet = pq.ParquetFile(plain)
        schema, meta = parquet.schema_arrow, parquet.metadata
    except (pa.ArrowInvalid, OSError) as error:
        what = f"is damaged or cut short: {str(error).splitlines()[0]}"
        raise InputError(
            Problem(str(file), "", what, "fetch it again and compare its size or checksum")
        ) from None
    check_names(file, schema.names)
    described = _votable_fields((meta.metadata or {}).get(b"IVOA.VOTable-Parquet.content"))
    fields, problems = [], []
    for column in schema:
        if column.name == PIXEL:
            continue
        kind = stored_type(column.type)
        if kind is None:
            what = f"is of type {column.type}"
            problems.append(Problem(str(file), f"column {column.name}", what, instead_of(column.type)))
            continue
        own = {k.decode().lower(): v.decode() for k, v in (column.metadata or {}).items()}
        unit, ucd, text = described.get(column.name, (None, None, None))
        fields.append(
            Field(
                column.name,
                kind,
                own.get("unit") or unit,
                own.get("ucd") or ucd,
                own.get("description") or text,
                null="NULL",
            )
        )
    if problems:
        raise InputError(problems)

    def batches(groups: Sequence[int]) -> Iterator[pa.RecordBatch]:
        wanted = pa.schema([(f.name, f.type) for f in fields])
        try:
            for batch in parquet.iter_batches(BATCH, groups, columns=[f.name for f in fields]):
                yield as_stored(batch, wanted)
        except (pa.ArrowInvalid, OSError) as error:
            what = f"is damaged: {str(error).splitlines()[0]}"
            raise InputError(
                Problem(str(file), "", what, "fetch it again and compare its size or checksum")
            ) from None

    return _in_parts(file, fields, meta, batches)


def _in_parts(
    file: Path, fields: list[Field], meta: Any, batches: Callable[[Sequence[int]], Iterator[pa.RecordBatch]]
) -> Source:
    """Return a source that can be read by row groups; `batches` reads some."""
    starts = [0, *accumulate(meta.row_group(group).num_rows for group in range(meta.num_row_groups))]
    cuts = starts[:-1]

    def part(first: int, last: int) -> Source:
        groups = [group for group, start in enumerate(cuts) if first <= start < last]
        return Source(file, fields, last - first, lambda: batches(groups), before=first)

    def ranges(first: int, last: int) -> list[tuple[int, int]]:
        groups = [meta.row_group(group) for group, start in enumerate(cuts) if first <= start < last]
        return [chunk_range(group.column(column)) for group in groups for column in range(group.num_columns)]

    return replace(part(0, meta.num_rows), cuts=cuts, part=part, ranges=ranges)


def chunk_range(chunk: Any) -> tuple[int, int]:
    """Return offset and length of a column chunk."""
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    return min(start, chunk.data_page_offset), chunk.total_compressed_size


def as_stored(batch: pa.RecordBatch | pa.Table, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the columns and types of `schema`; NaN of a single number becomes null."""
    columns = []
    for field in schema:
        values = batch.column(field.name)
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        if isinstance(values, pa.ExtensionArray):
            values = _uuids(values) if isinstance(values.type, pa.UuidType) else values.storage
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        if values.type != field.type:
            values = _cast(values, field.type)
        if pa.types.is_floating(field.type):
            values = pc.if_else(pc.is_nan(values), pa.scalar(None, field.type), values)
        columns.append(values)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def _uuids(values: pa.ExtensionArray) -> pa.Array:
    """Return UUIDs as text: 32 digits in groups of 8, 4, 4, 4 and 12."""
    plain = values.storage.fill_null(bytes(16))
    data = np.frombuffer(plain.buffers()[1], np.uint8)[16 * plain.offset :][: 16 * len(plain)].reshape(-1, 16)
    digits = np.stack([_HEX[data >> 4], _HEX[data & 15]], axis=2).reshape(-1, 32)
    text = np.insert(digits, [8, 12, 16, 20], ord("-"), axis=1)
    found = pa.array(np.ascontiguousarray(text).view("S36")[:, 0], pa.binary()).cast(pa.string())
    return pc.if_else(values.is_valid(), found, pa.scalar(None, pa.string()))


def _cast(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if is_array(kind) and pa.types.is_dictionary(element_type(values.type)):
        values = values.cast(pa.list_(element_type(kind)))
    return values.cast(kind)


def _votable_fields(content: bytes | None) -> dict[str, tuple[str | None, str | None, str | None]]:
    if not content:
        return {}
    from astropy.io import votable

    try:
        table = votable.parse(io.BytesIO(content), verify="ignore").get_first_table()
    except Exception:  # unreadable metadata are no reason to refuse the data
        return {}
    return {f.name: (str(f.unit) if f.unit else None, f.ucd, f.description) for f in table.fields}
