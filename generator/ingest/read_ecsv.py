"""ECSV, through astropy.

astropy holds such a table in memory as a whole: the bound is that table's size (numbers at their
own width, texts as Python objects, so some 100 bytes a text), and only what follows works in batches. Tables
beyond a few million rows are better handed over as FITS or Parquet.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from astropy.table import Table
from astropy.table.serialize import represent_mixins_as_columns
from astropy.utils.data_info import serialize_context_as

from ..problems import InputError, Problem
from .fields import Field
from .source import BATCH, Source, check_names


def open_ecsv(file: Path, plain: Path) -> Source:
    """Open an ECSV file. Raises InputError, with the line where astropy tells it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = Table.read(plain, format="ascii.ecsv")
    except Exception as error:  # as above
        what = f"is not readable as ECSV: {str(error).strip().splitlines()[0]}"
        raise InputError(
            Problem(str(file), "", what, "correct it there, or write it again with astropy")
        ) from None
    with serialize_context_as("ecsv"):
        # Times and positions as the file has them: t; sky.ra, sky.dec
        table = represent_mixins_as_columns(table)
    check_names(file, table.colnames)
    columns = []
    fields = []
    for name in table.colnames:
        column = table[name]
        if column.dtype.kind == "V" or (column.dtype.kind == "O" and _nested(column)):
            advice = "write it as plain columns of numbers, texts or arrays of them"
            raise InputError(Problem(str(file), f"column {name}", "holds compound objects", advice))
        values = np.ma.asanyarray(getattr(column, "value", column))
        columns.append(values)
        ucd = column.info.meta.get("ucd") if column.info.meta else None
        unit = str(column.unit) if column.unit is not None else None
        fields.append(
            Field(name, _type(values), unit, ucd, _line(column.info.description), null="empty fields")
        )
    return _source(file, fields, columns, len(table))


def _source(file: Path, fields: list[Field], columns: list[Any], rows: int) -> Source:
    schema = pa.schema([(f.name, f.type) for f in fields])

    def batches() -> Iterator[pa.RecordBatch]:
        for first in range(0, rows, BATCH):
            part = slice(first, min(first + BATCH, rows))
            arrays = [_arrow(c[part], f.type) for c, f in zip(columns, fields, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return Source(file, fields, rows, batches)


def _nested(column: Any) -> bool:
    """Whether some value is neither missing, nor text, nor an array of numbers or texts."""
    values = (v for v, absent in zip(column, np.ma.getmaskarray(column), strict=True) if not np.all(absent))
    return any(v is not None and np.asarray(v).dtype.kind == "O" for v in values)


def _line(text: object) -> str | None:
    return " ".join(str(text).split()) or None if text else None


def _type(column: Any) -> pa.DataType:
    dtype = column.dtype
    if dtype.kind in "US":
        if column.ndim == 1:
            return pa.string()
        return pa.list_(pa.string(), int(np.prod(column.shape[1:])))
    if dtype.kind == "O":
        first = next((np.asarray(v) for v in column.data if v is not None and np.size(v)), None)
        if first is None or first.dtype.kind in "US":
            return pa.string()
        return pa.list_(_type(np.ma.asarray(first.ravel())))
    if dtype.kind == "M":
        return pa.timestamp("us")
    if dtype.kind == "c":
        parts = 2 * int(np.prod(column.shape[1:]))
        return pa.list_(pa.float32() if dtype.itemsize == 8 else pa.float64(), parts)
    kind = pa.from_numpy_dtype(dtype.newbyteorder("="))
    kind = pa.float32() if kind == pa.float16() else kind
    return kind if column.ndim == 1 else pa.list_(kind, int(np.prod(column.shape[1:])))


def _arrow(column: Any, kind: pa.DataType) -> pa.Array:
    mask = np.ma.getmaskarray(column)
    data = np.ma.getdata(column)
    if kind == pa.string():
        if data.dtype.kind in "US" and data.dtype.kind == "U":
            return pa.array(data.tolist(), kind, mask=mask)
        return pa.array(
            [
                v.decode("utf-8", "replace") if isinstance(v, bytes) else None if v is None else str(v)
                for v in data.tolist()
            ],
            kind,
            mask=mask,
        )
    if data.dtype.kind == "O":
        lists = [None if v is None else np.ma.getdata(v).ravel().tolist() for v in data]
        return pa.array(lists, kind, mask=np.array([bool(np.all(m)) and np.size(m) > 0 for m in mask]))
    if pa.types.is_fixed_size_list(kind):
        flat = data.reshape(-1)
        if data.dtype.kind == "c":
            flat = np.ascontiguousarray(flat).view(kind.value_type.to_pandas_dtype())
            inner = np.repeat(mask.reshape(-1), 2)
        else:
            inner = mask.reshape(-1)
        if flat.dtype.kind in "US":
            values = pa.array(
                [v.decode() if isinstance(v, bytes) else v for v in flat.tolist()], pa.string(), mask=inner
            )
        else:
            values = pa.array(flat.astype(flat.dtype.newbyteorder("=")), kind.value_type, mask=inner)
        return pa.FixedSizeListArray.from_arrays(values, kind.list_size)
    values = data.astype(data.dtype.newbyteorder("="))
    if values.dtype.kind == "f":
        mask = mask | np.isnan(values)
    return pa.array(values, kind, mask=mask)
