"""Statistics of one column: counts, range, mean, most frequent values, histogram and examples."""

from __future__ import annotations

import math
from typing import Any

import duckdb
import pyarrow as pa

from ...formats import ColumnStatistics, Counted, Histogram, Mark, Value
from ...formats.statistics import CUT, BitCount
from ..values.as_json import EXACT, plain, shown_value
from ..values.database import one_row
from ..values.fields import Field, element_type, is_array, is_number, is_text
from ..values.missing import Sentinel
from ..values.sql_text import literal, quoted, shown

VALUES = 50
"""All values are listed for columns with at most this many distinct values."""
COMMON = 8
"""Number of most frequent values listed for text columns with more than VALUES."""
EXAMPLES, LOOKED_AT = 3, 5000
"""Number of example values of a column, and of rows they are chosen from."""
BINS = 60
FINE = 4096


def measure_column(
    database: duckdb.DuckDBPyConnection, field: Field, missing: list[Sentinel], column: str
) -> ColumnStatistics:
    """Return statistics of a column of the table `measured`, without `marked` and `bits`."""
    source = f"(SELECT {column} AS v FROM measured)"
    missing_values = [plain(v, element_type(field.type)) for v in missing]
    if is_array(field.type):
        rows, there = one_row(database, f"SELECT count(*), count(v) FROM {source}")
        return _begun(field, missing_values, rows, there, None, None, None)
    number = is_number(field.type)
    finite = (
        "v"
        if "float" not in str(field.type) and "double" not in str(field.type)
        else "CASE WHEN isfinite(v) THEN v END"
    )
    mean = f", avg({finite}::DOUBLE), count({finite})" if number else ", NULL, 0"
    # Python's times have fewer digits and a smaller range of years than those in the files.
    cast = "::VARCHAR" if pa.types.is_temporal(field.type) else ""
    rows, there, distinct, low, high, average, numbers = one_row(
        database,
        f"SELECT count(*), count(v), count(DISTINCT v), min({finite}){cast}, max({finite}){cast}{mean} "
        f"FROM {source}",
    )
    result = _begun(
        field, missing_values, rows, there, plain(low, field.type), plain(high, field.type), distinct
    )
    if number:
        result.mean = plain(average)
        if there > numbers:
            result.infinite = _infinite(database, column)
    if distinct <= VALUES:
        found = database.execute(
            f"SELECT v{cast}, count(*) AS n FROM {source} WHERE {finite} IS NOT NULL GROUP BY v "
            "ORDER BY n DESC, v"
        ).fetchall()
        result.values = [Counted(plain(v, field.type), n) for v, n in found]
    elif is_text(field.type) and distinct * 2 <= rows:
        result.common = _common(database, column)
    if number and low is not None:
        result.histogram = _histogram(database, field, column, float(low), float(high))
    return result


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


def marked_values(
    database: duckdb.DuckDBPyConnection, fields: list[Field], missing: dict[str, list[Sentinel]]
) -> dict[str, list[Counted]]:
    """Return by column the number of rows of each of its missing values."""
    kinds = {f.name: f.type for f in fields if not is_array(f.type)}
    asked = [(name, v) for name in kinds for v in missing.get(name, [])]
    if not asked:
        return {}
    counts = ", ".join(f"count(*) FILTER ({quoted(name)} = {literal(v, kinds[name])})" for name, v in asked)
    result: dict[str, list[Counted]] = {}
    for (name, value), count in zip(asked, one_row(database, f"SELECT {counts} FROM t"), strict=True):
        result.setdefault(name, []).append(Counted(plain(value, kinds[name]), count))
    return result


def rows_with_bits(database: duckdb.DuckDBPyConnection, column: str, bits: list[int]) -> list[BitCount]:
    """Return for each bit of a mask the number of rows in which it is set."""
    counts = ", ".join(f"count(*) FILTER (({column}::HUGEINT & {1 << bit}::HUGEINT) <> 0)" for bit in bits)
    found = one_row(database, f"SELECT {counts} FROM measured WHERE {column} IS NOT NULL")
    return [BitCount(bit, count) for bit, count in zip(bits, found, strict=True)]


def examples(
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


def _histogram(
    database: duckdb.DuckDBPyConnection, field: Field, column: str, low: float, high: float
) -> Histogram:
    """Return a histogram of all finite values with at most BINS bins.

    A few distinct whole numbers get one bin each. If outliers would squeeze all other values into a few bins,
    the first and last bin extend to them.
    """
    whole = "int" in str(field.type)
    source = f"(SELECT {column}::DOUBLE AS v FROM measured) WHERE isfinite(v)"
    if whole and high - low < BINS and abs(low) < EXACT and abs(high) < EXACT:
        edges = [low - 0.5 + i for i in range(int(high - low) + 2)]
    elif low == high:
        edges = [low, math.nextafter(high, math.inf)] if abs(low) > 1e15 else [low - 0.5, high + 0.5]
    else:
        left, right = low, high
        for _ in range(6):
            width = (right - left) / FINE
            if not width or not math.isfinite(width):
                break
            fine = database.execute(
                f"SELECT least(floor((v - {literal(left)}) / {literal(width)})::BIGINT, {FINE - 1}) AS b, "
                f"count(*) "
                f"FROM {source} AND v BETWEEN {literal(left)} AND {literal(right)} GROUP BY b ORDER BY b"
            ).fetchall()
            first, last = _core(fine)
            if last - first >= FINE / 5:
                break
            left, right = left + first * width, min(left + (last + 1) * width, right)
        bins = min(BINS, int(high - low) + 1) if whole else BINS
        edges = [left * (1 - i / bins) + right * (i / bins) for i in range(bins)] + [right]
        edges[0], edges[-1] = low, high
        # Ids beyond 2^53 may differ by less than the precision of a double.
        edges = sorted(set(edges))
    counts = [0] * (len(edges) - 1)
    if len(counts) == 1:
        counts[0] = one_row(database, f"SELECT count(*) FROM {source}")[0]
    else:
        query = f"SELECT b, sum(n)::BIGINT FROM (SELECT {_bin(edges)} AS b, 1 AS n FROM {source}) GROUP BY b"
        for index, count in database.execute(query).fetchall():
            counts[index] = count
    return Histogram(edges=edges, counts=counts)


def _core(fine: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the first and last fine bin without the outermost thousandth of values at each end."""
    total = sum(n for _, n in fine)
    cut = total // 1000
    left = right = 0
    first, last = 0, FINE - 1
    for index, count in fine:
        left += count
        if left > cut:
            first = index
            break
    for index, count in reversed(fine):
        right += count
        if right > cut:
            last = index
            break
    return first, last


def _bin(edges: list[float]) -> str:
    """Return SQL for the bin of v: a binary search, exact at the edges."""

    def between(first: int, last: int) -> str:
        if last - first == 1:
            return str(first)
        middle = (first + last) // 2
        below, above = between(first, middle), between(middle, last)
        return f"CASE WHEN v < {literal(float(edges[middle]))} THEN {below} ELSE {above} END"

    return between(0, len(edges) - 1)
