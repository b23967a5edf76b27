"""catalogue.json: what pages know of a catalogue before they read a byte of its rows."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ...formats import Catalogue, CatalogueColumn, Chunk, ColumnStatistics, IdIndex, Position
from ..job import Job
from ..values.as_json import plain
from ..values.fields import Field, element_type, is_array
from ..values.missing import Sentinel
from .partitions import Written


def description(
    job: Job,
    written: Written,
    measured: list[ColumnStatistics],
    ids: list[IdIndex],
    chunks: list[Chunk],
) -> Catalogue:
    """What catalogue.json says. `measured` are the columns of statistics.json, `ids` the indexes of ids."""
    return Catalogue(
        name=job.spec.name,
        rows=written.rows,
        position=Position(ra=job.position[0], dec=job.position[1]) if job.position else None,
        id=job.source.roles.id,
        columns=[
            _column(field, job.source.missing.get(field.name, []), one)
            for field, one in zip(job.source.fields, measured, strict=True)
        ],
        partitions=written.partitions,
        ids=ids,
        chunks=chunks,
        bytes=written.bytes,
    )


def _column(field: Field, missing: list[Sentinel], measured: ColumnStatistics) -> CatalogueColumn:
    kind = element_type(field.type)
    column = CatalogueColumn(
        name=field.name,
        datatype=field.datatype,
        unit=field.unit,
        ucd=field.ucd,
        description=field.description,
        missing=[plain(v, kind) for v in missing],
        marked=_marked(field, missing, measured),
        arraysize=field.arraysize,
    )
    if pa.types.is_uint64(field.type):
        column.unsigned = True
    if (scale := _scale(kind)) is not None:
        column.scale = scale
    return column


def _scale(kind: pa.DataType) -> int | None:
    """Digits behind the point, where the datatype does not say: of decimals, and of seconds in nanoseconds.

    DuckDB has no nanoseconds in a time zone.
    """
    if pa.types.is_decimal(kind):
        return int(kind.scale)
    return 9 if kind == pa.timestamp("ns") else None


def _marked(field: Field, missing: list[Sentinel], measured: ColumnStatistics) -> list[Any]:
    """Those values that mean "nothing" which the column has; elements of arrays are not counted."""
    if is_array(field.type):
        return [plain(v, element_type(field.type)) for v in missing]
    return [value for value, count in measured.marked if count]
