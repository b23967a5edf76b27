"""Measure a catalogue: ask the Parquet files that were written, so that pages show what they hold."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ..roles import Parts, usual_snr
from ..values.as_json import EXACT, plain, shown_value
from ..values.database import connect, one_row, view_rows
from ..values.fields import Field, is_array, is_moment, is_number, is_text
from ..values.missing import Sentinel
from ..values.sql import literal, present, quoted, shown
from ..write.tiles import Partition
from .sky_density import by_snr, by_year

COPIED = 8_000_000
"""Values of several columns that are measured at a time; at least one column is."""
TOGETHER = 50
VALUES = 50
"""Columns with at most so many different values have all of them listed."""
COMMON = 8
"""Most frequent values of a column of texts that has more than VALUES."""
EXAMPLES, LOOKED_AT, CUT = 3, 5000, 120
"""Example values of a column, the rows they are chosen from, the letters of one that are kept."""
SUBCLASSES = 20
NIGHTS = 20_000
PLATES = 20
BINS = 60
FINE = 4096
THRESHOLDS = [0, 5, 10, 20, 50, 100]


def measure(
    out: Path,
    partitions: list[Partition],
    fields: list[Field],
    missing: dict[str, list[Sentinel]],
    parts: Parts,
    scratch: Path,
    progress: Any,
    bits: dict[str, list[int]] | None = None,
    pixel: str | None = None,
) -> dict[str, Any]:
    """Statistics of every column and of the catalogue. Sentinels, nulls and NaN count as missing.

    `pixel` is the column of places on the sky, if rows have places.

    Means are summed by one thread in the order of the files, so that they are the same every time.
    """
    with connect(scratch, threads=1) as database:
        view_rows(database, (out / p.path for p in partitions))
        values = {f.name: present(f, missing.get(f.name, [])) for f in fields}
        columns: list[dict[str, Any]] = []
        # Every statement about the files looks at all their columns first, so some are taken out together.
        step = min(max(COPIED // max(sum(p.rows for p in partitions), 1), 1), TOGETHER)
        for first in range(0, len(fields), step):
            some = fields[first : first + step]
            taken = ", ".join(f"{_taken(f, values[f.name])} AS c{i}" for i, f in enumerate(some))
            database.execute(f"CREATE OR REPLACE TEMP TABLE measured AS SELECT {taken} FROM t")
            marked = _marked(database, some, missing)
            for index, field in enumerate(some):
                progress("measure", first + index, len(fields))
                one = _column(database, field, missing.get(field.name, []), f"c{index}")
                one |= {"marked": marked[field.name]} if field.name in marked else {}
                if wanted := (bits or {}).get(field.name):
                    one["bits"] = _bits(database, f"c{index}", wanted)
                columns.append(one | {"examples": _examples(database, field, f"c{index}", one)})
        progress("measure", len(fields), len(fields))
        by_name = {c["name"]: c for c in columns}
        result: dict[str, Any] = {"columns": columns}
        result["classes"] = _counts(database, values, parts.class_)
        result["subclasses"] = _counts(database, values, parts.subclass, SUBCLASSES)
        result["snr"] = [
            {"column": name, "thresholds": _thresholds(database, values[name])} for name in parts.snr
        ]
        nights = {f.name: _night(f, values[f.name]) for f in fields if f.name == parts.night}
        result["nights"], result["first_night"], result["last_night"] = _span(database, nights, parts.night)
        result["per_night"] = sorted(_counts(database, nights, parts.night, NIGHTS), key=lambda n: str(n[0]))
        plate = by_name.get(parts.plate or "")
        result["plates"] = plate["distinct"] if plate else None
        result["per_plate"] = _counts(database, values, parts.plate, PLATES)
        if pixel and (snr := usual_snr(parts.snr)):
            result["sky_by_snr"] = by_snr(database, pixel, snr, values[snr])
        if pixel and parts.night and result["nights"] <= NIGHTS:
            result["sky_by_year"] = by_year(database, pixel, parts.night, nights[parts.night])
    return result


def _taken(field: Field, value: str) -> str:
    """What is kept of a column to measure it: of arrays only whether they are there."""
    return f"CASE WHEN {quoted(field.name)} IS NOT NULL THEN true END" if is_array(field.type) else value


def _column(
    database: duckdb.DuckDBPyConnection, field: Field, missing: list[Sentinel], column: str
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "name": field.name,
        "datatype": field.datatype,
        "unit": field.unit,
        "ucd": field.ucd,
        "description": field.description,
        "missing": [plain(v, field.type) for v in missing],
    }
    source = f"(SELECT {column} AS v FROM measured)"
    if is_array(field.type):
        rows, there = one_row(database, f"SELECT count(*), count(v) FROM {source}")
        return result | {"rows": rows, "nulls": rows - there, "min": None, "max": None, "distinct": None}
    number = is_number(field.type)
    finite = (
        "v"
        if "float" not in str(field.type) and "double" not in str(field.type)
        else "CASE WHEN isfinite(v) THEN v END"
    )
    mean = f", avg({finite}::DOUBLE), count({finite})" if number else ", NULL, 0"
    # Python's times have fewer digits and fewer years than those of the files.
    cast = "::VARCHAR" if pa.types.is_temporal(field.type) else ""
    rows, there, distinct, low, high, average, numbers = one_row(
        database,
        f"SELECT count(*), count(v), count(DISTINCT v), min({finite}){cast}, max({finite}){cast}{mean} "
        f"FROM {source}",
    )
    result |= {
        "rows": rows,
        "nulls": rows - there,
        "min": plain(low, field.type),
        "max": plain(high, field.type),
    }
    if number:
        result["mean"] = plain(average)
        if there > numbers:
            result["infinite"] = _infinite(database, column)
    result["distinct"] = distinct
    if distinct <= VALUES:
        found = database.execute(
            f"SELECT v{cast}, count(*) AS n FROM {source} WHERE {finite} IS NOT NULL GROUP BY v "
            "ORDER BY n DESC, v"
        ).fetchall()
        result["values"] = [[plain(v, field.type), n] for v, n in found]
    elif is_text(field.type) and distinct * 2 <= rows:
        result["common"] = _common(database, column)
    if number and low is not None:
        result["histogram"] = _histogram(database, field, column, float(low), float(high))
    return result


def _infinite(database: duckdb.DuckDBPyConnection, column: str) -> list[list[Any]]:
    """In how many rows -Infinity and Infinity stand."""
    return [
        [
            text,
            one_row(database, f"SELECT count(*) FROM measured WHERE {column} = {literal(text)}::DOUBLE")[0],
        ]
        for text in ("-Infinity", "Infinity")
    ]


def _common(database: duckdb.DuckDBPyConnection, column: str) -> list[list[Any]]:
    """The most frequent values of a column."""
    found = database.execute(
        f"SELECT {column} AS v, count(*) AS n FROM measured WHERE v IS NOT NULL GROUP BY v "
        f"ORDER BY n DESC, v LIMIT {COMMON}"
    ).fetchall()
    return [[plain(v), n] for v, n in found]


def _marked(
    database: duckdb.DuckDBPyConnection, fields: list[Field], missing: dict[str, list[Sentinel]]
) -> dict[str, list[list[Any]]]:
    """By column, in how many rows each of the values stands that mean "nothing"."""
    asked = [(f.name, v) for f in fields if not is_array(f.type) for v in missing.get(f.name, [])]
    if not asked:
        return {}
    counts = ", ".join(f"count(*) FILTER ({quoted(name)} = {literal(v)})" for name, v in asked)
    result: dict[str, list[list[Any]]] = {}
    kinds = {f.name: f.type for f in fields}
    for (name, value), count in zip(asked, one_row(database, f"SELECT {counts} FROM t"), strict=True):
        result.setdefault(name, []).append([plain(value, kinds[name]), count])
    return result


def _bits(database: duckdb.DuckDBPyConnection, column: str, bits: list[int]) -> list[list[int]]:
    """In how many rows each bit of a mask is set."""
    counts = ", ".join(f"count(*) FILTER (({column}::HUGEINT & {1 << bit}::HUGEINT) <> 0)" for bit in bits)
    found = one_row(database, f"SELECT {counts} FROM measured WHERE {column} IS NOT NULL")
    return [[bit, count] for bit, count in zip(bits, found, strict=True)]


def _examples(
    database: duckdb.DuckDBPyConnection, field: Field, column: str, measured: dict[str, Any]
) -> list[Any]:
    """A few values as they stand in the files, of rows here and there."""
    if is_array(field.type):
        name = quoted(field.name)
        there = f"FROM t WHERE {name} IS NOT NULL LIMIT 1"
        kinds = database.execute(f"SELECT typeof({name}) {there}").fetchall()
        return [
            shown_value(one_row(database, f"SELECT {shown(name, kind)} {there}")[0])[:CUT]
            for (kind,) in kinds
        ]
    wanted = min(EXAMPLES, measured["distinct"])
    cast = "::VARCHAR" if pa.types.is_temporal(field.type) else ""
    found: list[tuple[Any, ...]] = []
    for step in sorted({max(measured["rows"] // LOOKED_AT, 1), 1}, reverse=True):
        # Rows with a value may be so few that none is among those looked at first.
        if len(found) < wanted:
            found = database.execute(
                f"SELECT v{cast} FROM (SELECT {column} AS v, min(rowid) AS n FROM measured "
                f"WHERE {column} IS NOT NULL AND rowid % {step} = 0 GROUP BY v "
                f"ORDER BY n * 2654435761 % 4294967296, n LIMIT {EXAMPLES})"
            ).fetchall()
    return [v[:CUT] if isinstance(v := plain(value, field.type), str) else v for (value,) in found]


def _histogram(
    database: duckdb.DuckDBPyConnection, field: Field, column: str, low: float, high: float
) -> dict[str, list[float] | list[int]]:
    """Counts of all finite values in at most BINS bins.

    Few different whole numbers get a bin each. Where a few far values would squeeze all others into a corner,
    the first and the last bin reach out to them.
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
        # Ids beyond 2^53 may be closer to each other than doubles are.
        edges = sorted(set(edges))
    counts = [0] * (len(edges) - 1)
    if len(counts) == 1:
        counts[0] = one_row(database, f"SELECT count(*) FROM {source}")[0]
    else:
        query = f"SELECT b, sum(n)::BIGINT FROM (SELECT {_bin(edges)} AS b, 1 AS n FROM {source}) GROUP BY b"
        for index, count in database.execute(query).fetchall():
            counts[index] = count
    return {"edges": edges, "counts": counts}


def _core(fine: list[tuple[int, int]]) -> tuple[int, int]:
    """First and last fine bin without the outermost thousandth of the values at either end."""
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
    """SQL for the bin of v: a search by halves, exact at the edges."""

    def between(first: int, last: int) -> str:
        if last - first == 1:
            return str(first)
        middle = (first + last) // 2
        below, above = between(first, middle), between(middle, last)
        return f"CASE WHEN v < {literal(float(edges[middle]))} THEN {below} ELSE {above} END"

    return between(0, len(edges) - 1)


def _counts(
    database: duckdb.DuckDBPyConnection, values: dict[str, str], name: str | None, limit: int = 1000
) -> list[list[Any]]:
    if name is None:
        return []
    query = f"SELECT v, count(*) AS n FROM (SELECT {values[name]} AS v FROM t) WHERE v IS NOT NULL GROUP BY v"
    return [
        [plain(v), n] for v, n in database.execute(f"{query} ORDER BY n DESC, v LIMIT {limit}").fetchall()
    ]


def _thresholds(database: duckdb.DuckDBPyConnection, value: str) -> list[list[int]]:
    counts = ", ".join(f"count(*) FILTER (v >= {t})" for t in THRESHOLDS)
    found = one_row(database, f"SELECT {counts} FROM (SELECT {value} AS v FROM t) WHERE isfinite(v::DOUBLE)")
    return [[t, n] for t, n in zip(THRESHOLDS, found, strict=True)]


def _night(field: Field, value: str) -> str:
    """SQL for the night of a row: of moments the date, as text, since Python has fewer years."""
    return f"CAST({value} AS DATE)::VARCHAR" if is_moment(field.type) else value


def _span(
    database: duckdb.DuckDBPyConnection, values: dict[str, str], name: str | None
) -> tuple[int | None, Any, Any]:
    """How many different values there are, the first and the last."""
    if name is None:
        return None, None, None
    count, low, high = one_row(
        database, f"SELECT count(DISTINCT v), min(v), max(v) FROM (SELECT {values[name]} AS v FROM t)"
    )
    return int(count), plain(low), plain(high)


def write_statistics(out: Path, statistics: dict[str, Any]) -> None:
    """statistics.json, one column to a line."""
    columns = ",\n".join(_json(c) for c in statistics["columns"])
    lines = [
        f'"{k}":{_json(v)}' if k != "columns" else f'"columns":[\n{columns}]' for k, v in statistics.items()
    ]
    (out / "statistics.json").write_bytes(("{" + ",\n".join(lines) + "}\n").encode())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
