"""Compute a catalogue's statistics from the Parquet files that were written."""

from __future__ import annotations

import duckdb
import numpy as np
from numpy.typing import NDArray

from ...formats import Catalogue, ColumnStatistics, Counted, Statistics, Value
from ...formats.statistics import SkyMap, SnrColumn, SnrThreshold
from ...model import facts_of_column
from ..job import Job
from ..kept_rows import RowNotes
from ..schema_columns import column_facts
from ..values.as_json import plain
from ..values.database import connect, one_row, view_rows
from ..values.fields import Field, is_array, is_moment, is_whole
from ..values.sql_text import present, quoted
from .column import examples, marked_values, measure_column, rows_with_bits
from .sky_density import by_snr, by_year

COPIED = 8_000_000
"""Number of values, over all columns, that are measured together; at least one column is."""
TOGETHER = 50
SUBCLASSES = 20
NIGHTS = 20_000
PLATES = 20
THRESHOLDS = [0, 5, 10, 20, 50, 100]
SKY_ORDER = 5
"""HEALPix order of the density map."""


def measure(job: Job, about: Catalogue, notes: RowNotes) -> Statistics:
    """Return statistics of every column and of the catalogue. Sentinels, nulls and NaN count as missing.

    Means are summed by one thread in the order of the files, so that they are reproducible. Suspects are
    added later by the walk; units, UCDs, descriptions and the size of the files when the final files are
    written.
    """
    values = {f.name: present(f, job.source.missing.get(f.name, [])) for f in job.source.fields}
    with connect(job.scratch, threads=1) as database:
        view_rows(database, (job.rows / p.path for p in about.partitions))
        columns = _columns(job, database, values, about.rows)
        return _catalogue(job, about, notes, database, values, columns)


def _columns(
    job: Job, database: duckdb.DuckDBPyConnection, values: dict[str, str], rows: int
) -> list[ColumnStatistics]:
    """Return statistics of each column. `values` is SQL for the values of each in `t`, missing ones NULL."""
    fields, facts = job.source.fields, column_facts(job.spec)
    columns: list[ColumnStatistics] = []
    # Each statement on the files first inspects all their columns, so several are extracted together.
    step = min(max(COPIED // max(rows, 1), 1), TOGETHER)
    for first in range(0, len(fields), step):
        some = fields[first : first + step]
        taken = ", ".join(f"{_taken(f, values[f.name])} AS c{i}" for i, f in enumerate(some))
        database.execute(f"CREATE OR REPLACE TEMP TABLE measured AS SELECT {taken} FROM t")
        marked = marked_values(database, some, job.source.missing)
        for index, field in enumerate(some):
            job.progress("measure", first + index, len(fields))
            one = measure_column(database, field, job.source.missing.get(field.name, []), f"c{index}")
            if field.name in marked:
                one.marked = marked[field.name]
            if is_whole(field.type) and (bits := sorted(facts_of_column(field.name, facts).bits)):
                one.bits = rows_with_bits(database, f"c{index}", bits)
            one.examples = examples(database, field, f"c{index}", one)
            columns.append(one)
    job.progress("measure", len(fields), len(fields))
    return columns


def _catalogue(
    job: Job,
    about: Catalogue,
    notes: RowNotes,
    database: duckdb.DuckDBPyConnection,
    values: dict[str, str],
    columns: list[ColumnStatistics],
) -> Statistics:
    """Return the statistics of the catalogue, including those from columns with known roles."""
    roles = job.source.roles
    nights = {f.name: _night(f, values[f.name]) for f in job.source.fields if f.name == roles.night}
    count, first, last = _span(database, nights, roles.night)
    result = Statistics(
        name=job.spec.name,
        rows=about.rows,
        bytes=about.bytes,
        left_out=notes.left_out,
        columns=columns,
        classes=_counts(database, values, roles.class_),
        subclasses=_counts(database, values, roles.subclass, SUBCLASSES),
        snr=[SnrColumn(column=name, thresholds=_thresholds(database, values[name])) for name in roles.snr],
        nights=count,
        first_night=first,
        last_night=last,
        per_night=sorted(_counts(database, nights, roles.night, NIGHTS), key=lambda n: str(n.value)),
        plates=next((c.distinct for c in columns if c.name == roles.plate), None),
        per_plate=_counts(database, values, roles.plate, PLATES),
        roles=roles,
        sources=notes.sources,
        sky=notes.sky,
    )
    if job.pixel and (snr := roles.of("snr")):
        result.sky_by_snr = by_snr(database, job.pixel, snr, values[snr])
    if job.pixel and roles.night and (count or 0) <= NIGHTS:
        result.sky_by_year = by_year(database, job.pixel, roles.night, nights[roles.night])
    return result


def sky_map(sky: NDArray[np.int64]) -> SkyMap:
    """Return the number of rows per pixel of SKY_ORDER, without empty pixels."""
    counts = sky.reshape(12 * 4**SKY_ORDER, -1).sum(axis=1)
    return SkyMap(order=SKY_ORDER, counts={str(p): int(counts[p]) for p in np.flatnonzero(counts)})


def _taken(field: Field, value: str) -> str:
    """Return SQL for the part of a column that is measured: for arrays only whether they are NULL."""
    return f"CASE WHEN {quoted(field.name)} IS NOT NULL THEN true END" if is_array(field.type) else value


def _counts(
    database: duckdb.DuckDBPyConnection, values: dict[str, str], name: str | None, limit: int = 1000
) -> list[Counted]:
    if name is None:
        return []
    query = f"SELECT v, count(*) AS n FROM (SELECT {values[name]} AS v FROM t) WHERE v IS NOT NULL GROUP BY v"
    found = database.execute(f"{query} ORDER BY n DESC, v LIMIT {limit}").fetchall()
    return [Counted(plain(v), n) for v, n in found]


def _thresholds(database: duckdb.DuckDBPyConnection, value: str) -> list[SnrThreshold]:
    counts = ", ".join(f"count(*) FILTER (v >= {t})" for t in THRESHOLDS)
    found = one_row(database, f"SELECT {counts} FROM (SELECT {value} AS v FROM t) WHERE isfinite(v::DOUBLE)")
    return [SnrThreshold(t, n) for t, n in zip(THRESHOLDS, found, strict=True)]


def _night(field: Field, value: str) -> str:
    """Return SQL for the night of a row: the date of times, as text since Python's years are limited."""
    return f"CAST({value} AS DATE)::VARCHAR" if is_moment(field.type) else value


def _span(
    database: duckdb.DuckDBPyConnection, values: dict[str, str], name: str | None
) -> tuple[int | None, Value, Value]:
    """Return the number of distinct values, the first and the last."""
    if name is None:
        return None, None, None
    count, low, high = one_row(
        database, f"SELECT count(DISTINCT v), min(v), max(v) FROM (SELECT {values[name]} AS v FROM t)"
    )
    return int(count), plain(low), plain(high)
