"""Statistics of one column: counts, range, mean, most frequent values, histogram and examples."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...formats import ColumnStatistics, Counted, Mark, Value
from ...formats.statistics import CUT, BitCount
from ..values.as_json import plain, shown_value
from ..values.database import arrow_reader, one_row
from ..values.fields import Field, element_type, is_array, is_number, is_text, is_whole
from ..values.missing import Sentinel
from ..values.sql_text import literal, quoted, shown
from .distinct import Distinct, count_distinct
from .histogram import Pieces, histogram

VALUES = 50
"""All values are listed for columns with at most this many distinct values."""
COMMON = 8
"""Number of most frequent values listed for text columns with more than VALUES."""
EXAMPLES, LOOKED_AT = 3, 5000
"""Number of example values of a column, and of rows they are chosen from."""
PIECE = 1 << 17
"""Number of values fetched at a time."""
KEPT = 1 << 24
"""Number of values, of 8 bytes, that are kept for the passes of a histogram; more are fetched for each."""


def measure_column(
    database: duckdb.DuckDBPyConnection, field: Field, missing: list[Sentinel], index: int, bits: list[int]
) -> ColumnStatistics:
    """Return statistics of a column of the table `measured`.

    Its column `v<index>` contains the values, with NULL for missing ones; if any are declared, `r<index>`
    contains them. `bits` are those that the release describes.
    """
    column = f"v{index}"
    missing_values = [plain(v, element_type(field.type)) for v in missing]
    if is_array(field.type):
        rows, there = one_row(database, f"SELECT count(*), count({column}) FROM measured")
        result = _begun(field, missing_values, rows, there, None, None, None)
    else:
        result = _scalars(database, field, missing, missing_values, index)
    if bits and is_whole(field.type):
        result.bits = _rows_with_bits(database, column, bits)
    result.examples = _examples(database, field, column, result)
    return result


def _scalars(
    database: duckdb.DuckDBPyConnection,
    field: Field,
    missing: list[Sentinel],
    missing_values: list[Mark],
    index: int,
) -> ColumnStatistics:
    column, number, real = f"v{index}", is_number(field.type), pa.types.is_floating(field.type)
    finite = f"CASE WHEN isfinite({column}) THEN {column} END" if real else column
    # Python's times have fewer digits and a smaller range of years than those in the files.
    cast = "::VARCHAR" if pa.types.is_temporal(field.type) else ""
    asked = [
        "count(*)",
        f"count({column})",
        f"approx_count_distinct({column})",
        f"min({finite}){cast}",
        f"max({finite}){cast}",
        *((f"avg({finite}::DOUBLE)", f"count({finite})") if number else ("NULL", "0")),
        *(f"count(*) FILTER (r{index} = {literal(v, field.type)})" for v in missing),
    ]
    rows, there, estimate, low, high, average, numbers, *marked = one_row(
        database, f"SELECT {', '.join(asked)} FROM measured"
    )
    few = estimate <= 2 * VALUES
    counted = _counted(database, column, cast) if few else []
    distinct = Distinct(len(counted), False) if few else count_distinct(database, column, there, estimate)
    ends = plain(low, field.type), plain(high, field.type)
    result = _begun(field, missing_values, rows, there, *ends, distinct.values)
    if distinct.estimated:
        result.estimated = True
    if marked:
        result.marked = [Counted(plain(v, field.type), n) for v, n in zip(missing, marked, strict=True)]
    if number:
        result.mean = plain(average)
        if there > numbers:
            result.infinite = _infinite(database, column)
    if distinct.values <= VALUES:
        listed = counted or _counted(database, column, cast)
        result.values = [Counted(plain(v, field.type), n) for v, n in listed if not real or math.isfinite(v)]
    elif is_text(field.type) and distinct.values * 2 <= rows:
        result.common = _common(database, column)
    if number and low is not None:
        pieces = _pieces(database, column, numbers, real)
        result.histogram = histogram(pieces, float(low), float(high), "int" in str(field.type))
    return result


def _counted(database: duckdb.DuckDBPyConnection, column: str, cast: str) -> list[tuple[Any, int]]:
    """Return all values of a column and how many rows have each, the most frequent first."""
    values = f"(SELECT {column} AS v FROM measured) WHERE v IS NOT NULL"
    found: list[tuple[Any, int]] = database.execute(
        f"SELECT v{cast}, count(*) AS n FROM {values} GROUP BY v ORDER BY n DESC, v"
    ).fetchall()
    return found


def _pieces(database: duckdb.DuckDBPyConnection, column: str, numbers: int, real: bool) -> Pieces:
    """Return what yields the finite values of a column, piece by piece, as often as it is called."""
    there = "isfinite(v)" if real else "v IS NOT NULL"
    question = f"SELECT v FROM (SELECT {column}::DOUBLE AS v FROM measured) WHERE {there}"

    def fetch() -> Iterator[NDArray[np.float64]]:
        for batch in arrow_reader(database.sql(question), PIECE):
            yield batch.column(0).to_numpy()

    if numbers > KEPT:
        return fetch
    kept = list(fetch())
    return lambda: iter(kept)


def _begun(
    field: Field, missing: list[Mark], rows: int, there: int, low: Value, high: Value, distinct: int | None
) -> ColumnStatistics:
    """Return the statistics common to all columns; `there` rows have a value."""
    return ColumnStatistics(
        name=field.name,
        datatype=field.datatype,
        unit=None,
        ucd=None,
        description=None,
        missing=missing,
        rows=rows,
        nulls=rows - there,
        min=low,
        max=high,
        distinct=distinct,
        examples=[],
    )


def _infinite(database: duckdb.DuckDBPyConnection, column: str) -> list[Counted]:
    """Return the number of rows with -Infinity and with Infinity."""
    asked = "SELECT count(*) FROM measured WHERE {} = {}::DOUBLE"
    return [
        Counted(text, one_row(database, asked.format(column, literal(text)))[0])
        for text in ("-Infinity", "Infinity")
    ]


def _common(database: duckdb.DuckDBPyConnection, column: str) -> list[Counted]:
    """Return the most frequent values of a column."""
    found = database.execute(
        f"SELECT {column} AS v, count(*) AS n FROM measured WHERE v IS NOT NULL GROUP BY v "
        f"ORDER BY n DESC, v LIMIT {COMMON}"
    ).fetchall()
    return [Counted(plain(v), n) for v, n in found]


def _rows_with_bits(database: duckdb.DuckDBPyConnection, column: str, bits: list[int]) -> list[BitCount]:
    """Return for each bit of a mask the number of rows in which it is set."""
    counts = ", ".join(f"count(*) FILTER (({column}::HUGEINT & {1 << bit}::HUGEINT) <> 0)" for bit in bits)
    found = one_row(database, f"SELECT {counts} FROM measured WHERE {column} IS NOT NULL")
    return [BitCount(bit, count) for bit, count in zip(bits, found, strict=True)]


def _examples(
    database: duckdb.DuckDBPyConnection, field: Field, column: str, measured: ColumnStatistics
) -> list[Value]:
    """Return a few values as stored in the files, from rows throughout the table."""
    if is_array(field.type):
        name = quoted(field.name)
        there = f"FROM t WHERE {name} IS NOT NULL LIMIT 1"
        kinds = database.execute(f"SELECT typeof({name}) {there}").fetchall()
        return [
            shown_value(one_row(database, f"SELECT {shown(name, kind)} {there}")[0])[:CUT]
            for (kind,) in kinds
        ]
    wanted = min(EXAMPLES, measured.distinct or 0)
    cast = "::VARCHAR" if pa.types.is_temporal(field.type) else ""
    found: list[tuple[Any, ...]] = []
    for step in sorted({max(measured.rows // LOOKED_AT, 1), 1}, reverse=True):
        # If few rows have a value, the first sample of rows may contain none of them.
        if len(found) < wanted:
            found = database.execute(
                f"SELECT v{cast} FROM (SELECT {column} AS v, min(rowid) AS n FROM measured "
                f"WHERE {column} IS NOT NULL AND rowid % {step} = 0 GROUP BY v "
                f"ORDER BY n * 2654435761 % 4294967296, n LIMIT {EXAMPLES})"
            ).fetchall()
    return [v[:CUT] if isinstance(v := plain(value, field.type), str) else v for (value,) in found]
