"""catalogue.json: the description of a catalogue that pages read before any rows."""

from __future__ import annotations

import pyarrow as pa

from ...formats import (
    Catalogue,
    CatalogueColumn,
    Chunk,
    ColumnStatistics,
    Known,
    Mark,
    Partition,
    Position,
)
from ...formats.base import Value
from ...formats.statistics import CUT
from ..job import Job
from ..values.fields import Field, element_type
from .ids import Indexes

_TYPES = {
    "bool": "BOOLEAN",
    "int8": "TINYINT",
    "uint8": "UTINYINT",
    "int16": "SMALLINT",
    "uint16": "USMALLINT",
    "int32": "INTEGER",
    "uint32": "UINTEGER",
    "int64": "BIGINT",
    "uint64": "UBIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "date32[day]": "DATE",
    "timestamp[us]": "TIMESTAMP",
}
"""DuckDB's types of the columns whose extremes can be written as text and read again without a change."""


def bare_description(job: Job, partitions: list[Partition], rows: int) -> Catalogue:
    """Return the description of rows without words of the release, indexes and script twins."""
    return Catalogue(
        name=job.spec.name,
        rows=rows,
        position=Position(ra=job.position[0], dec=job.position[1]) if job.position else None,
        id=job.source.roles.id,
        columns=[_column(field) for field in job.source.shown],
        partitions=partitions,
        ids=[],
        chunks=[],
        bytes=sum(p.size for p in partitions),
    )


def description(
    bare: Catalogue,
    content: str,
    fields: list[Field],
    measured: list[ColumnStatistics],
    partitions: list[Partition],
    footers: list[int],
    indexes: Indexes,
    chunks: list[Chunk],
) -> Catalogue:
    """Return the complete content of catalogue.json.

    `content` is the digest of rows and statistics, `fields` are the columns with the words of the release,
    `measured` are those of statistics.json, `footers` the lengths in footers.bin, `indexes` those of ids.
    """
    columns = [
        column.model_copy(
            update={
                "unit": field.unit,
                "ucd": field.ucd,
                "description": field.description,
                "missing": one.missing,
                "marked": _marked(column, one),
                "known": None if column.arraysize is not None else _known(field, one),
            }
        )
        for column, field, one in zip(bare.columns, fields, measured, strict=True)
    ]
    return bare.model_copy(
        update={
            "content": content,
            "columns": columns,
            "partitions": partitions,
            "footers": footers,
            "ids": indexes.ids,
            "repeated": indexes.repeated,
            "chunks": chunks,
            "bytes": sum(p.size for p in partitions),
        }
    )


def _column(field: Field) -> CatalogueColumn:
    kind = element_type(field.type)
    column = CatalogueColumn(
        name=field.name,
        datatype=field.datatype,
        unit=None,
        ucd=None,
        description=None,
        missing=[],
        marked=[],
        arraysize=field.arraysize,
    )
    if pa.types.is_uint64(field.type):
        column.unsigned = True
    if (scale := _scale(kind)) is not None:
        column.scale = scale
    return column


def _scale(kind: pa.DataType) -> int | None:
    """Return the digits after the decimal point, if the datatype does not imply them: of decimals, and of
    times in nanoseconds.

    DuckDB has no times in nanoseconds with a time zone.
    """
    if pa.types.is_decimal(kind):
        return int(kind.scale)
    return 9 if kind == pa.timestamp("ns") else None


def _marked(column: CatalogueColumn, measured: ColumnStatistics) -> list[Mark]:
    """Return the missing values that occur in the column; for arrays all, as elements are not counted."""
    if column.arraysize is not None:
        return measured.missing
    return [value for value, count in measured.marked if count and value is not None]


def _known(field: Field, measured: ColumnStatistics) -> Known:
    """Return what pages know of a column without reading it.

    Extremes are left out where DuckDB could find another one: infinite values are not in the statistics,
    and zero has two signs, of which they have one.
    """
    values = measured.rows - measured.nulls
    kind = _TYPES.get(str(field.type), "")
    if not kind or measured.infinite:
        return Known(kind, values, None, None)
    return Known(kind, values, *(_exact(end, kind) for end in (measured.min, measured.max)))


def _exact(end: Value, kind: str) -> Value:
    if kind in ("FLOAT", "DOUBLE") and end == 0:
        return None
    return None if isinstance(end, str) and (len(end) > CUT or "\0" in end) else end
