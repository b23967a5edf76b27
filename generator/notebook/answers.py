"""Results of DuckDB as the page hands them to Python: arrays, not values."""

from __future__ import annotations

import re
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NUMBER = r"(?:U?(?:TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|BOOLEAN|DATE|TIMESTAMP)"
KEPT = re.compile(rf"(?:{NUMBER}|VARCHAR|BLOB)(?:\[\d*\])*")
"""Types that arrive as they are; others become text."""
MOMENTS = re.compile(r"TIMESTAMP(?:_S|_MS|_NS| WITH TIME ZONE)")


def result(
    database: duckdb.DuckDBPyConnection, statement: str, described: dict[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """Run a statement and return its Result. `described` has what is known of columns, by name."""
    types = [
        (name, kind)
        for name, kind, *_ in database.execute(f"DESCRIBE SELECT * FROM (\n{statement}\n)").fetchall()
    ]
    select = ", ".join(_carried(f"#{at}", kind) for at, (_, kind) in enumerate(types, 1))
    found = database.sql(f"SELECT {select} FROM (\n{statement}\n)")
    table = found.to_arrow_table() if hasattr(found, "to_arrow_table") else found.fetch_arrow_table()
    columns = []
    for at, (name, kind) in enumerate(types):
        about = next((one for one in described.get(name, []) if one["type"] == kind), None) or {}
        column = column_of(table.column(at).combine_chunks())
        keys = ("unit", "ucd", "description")
        columns.append({"name": name, "type": kind, **{key: about.get(key) for key in keys}, **column})
    return {"rows": table.num_rows, "sql": statement, "columns": columns}


def _carried(column: str, kind: str) -> str:
    if KEPT.fullmatch(kind):
        return f"CAST({column} AS {re.sub(r'[[][0-9]+[]]', '[]', kind)})" if "[" in kind else column
    if MOMENTS.fullmatch(kind):
        return f"CAST({column} AS TIMESTAMP)"
    lists = re.search(r"(?:\[\d*\])+$", kind)
    return f"CAST({column} AS VARCHAR{re.sub(r'[0-9]+', '', lists[0]) if lists else ''})"


def column_of(array: pa.Array) -> dict[str, Any]:
    """The members `values`, `valid` and `offsets` of an array of Arrow; its buffers are not copied where
    possible.
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
    kind = array.type
    valid = array.is_valid().to_numpy(zero_copy_only=False).astype(np.uint8) if array.null_count else None
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        places = array.offsets.to_numpy(zero_copy_only=False)
        return {
            "values": {"type": _name(kind.value_type)} | column_of(array.values),
            "valid": valid,
            "offsets": places,
        }
    if pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_string(kind):
        wide = pa.types.is_large_string(kind)
        _, offsets, data = array.buffers()
        places = np.frombuffer(offsets, np.int64 if wide else np.int32) if offsets else np.zeros(1, np.int32)
        places = places[array.offset : array.offset + len(array) + 1]
        values = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
        return {"values": values, "valid": valid, "offsets": places if len(places) else np.zeros(1, np.int32)}
    if pa.types.is_boolean(kind):
        values = pc.fill_null(array, False).to_numpy(zero_copy_only=False).astype(np.uint8)
    elif pa.types.is_temporal(kind):
        whole = array.cast(pa.int32() if pa.types.is_date32(kind) else pa.int64())
        values = pc.fill_null(whole, 0).to_numpy(zero_copy_only=False)
    elif pa.types.is_null(kind):
        values = np.zeros(len(array), np.int32)
    else:
        values = pc.fill_null(array, 0).to_numpy(zero_copy_only=False)
    return {"values": values, "valid": valid, "offsets": None}


def _name(kind: pa.DataType) -> str:
    """DuckDB's name of the type of elements of lists, as far as it decides how they are read."""
    if pa.types.is_list(kind):
        return f"{_name(kind.value_type)}[]"
    if pa.types.is_boolean(kind):
        return "BOOLEAN"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP"
    if pa.types.is_date(kind):
        return "DATE"
    return "BLOB" if pa.types.is_binary(kind) else "VARCHAR" if pa.types.is_string(kind) else ""
