"""Compute a catalogue's statistics from the Parquet files that were written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from ...files import in_parallel
from ...formats import Catalogue, ColumnStatistics, Counted, Statistics, Value
from ...formats.statistics import SkyMap, SnrColumn, SnrThreshold
from ...model import facts_of_column
from ..job import Job
from ..kept_rows import RowNotes
from ..schema_columns import column_facts
from ..values.as_json import plain
from ..values.database import Stoppable, one_row, view_rows
from ..values.fields import Field, is_array, is_moment
from ..values.missing import Sentinel
from ..values.sql_text import present, quoted
from .column import measure_column
from .sky_density import by_snr, by_year, plate_centres

COPIED = 8_000_000
"""Number of values, over all columns, that are measured together; at least one column is."""
TOGETHER = 50
AT_ONCE = 2
"""Threads, and parts of the columns that are in memory at the same time."""
FEW_VALUES = 200_000
"""Up to so many, opening a second database would take longer than the measurement."""
MEMORY_OF_EACH = "400MB"
SUBCLASSES = 20
NIGHTS = 20_000
PLATES = 20
THRESHOLDS = [0, 5, 10, 20, 50, 100]
SKY_ORDER = 5
"""HEALPix order of the density map."""


Share = Callable[[Job, Catalogue, int, Sequence[int]], Iterable[list[ColumnStatistics]]]
"""Measures columns, as many together as the third argument says, from each of the numbers in the fourth."""


def in_threads(
    job: Job, about: Catalogue, step: int, firsts: Sequence[int]
) -> Iterable[list[ColumnStatistics]]:
    """Measure columns by several threads."""
    stop = Stoppable()
    return in_parallel(partial(some_columns, job, about, step, stop=stop), firsts, AT_ONCE, stop)


def measure(
    job: Job,
    about: Catalogue,
    notes: RowNotes,
    database: duckdb.DuckDBPyConnection,
    share: Share = in_threads,
) -> Statistics:
    """Return statistics of every column and of the catalogue. Sentinels, nulls and NaN count as missing.

    `database` has the view `t` of all rows; `share` gives the columns to those that measure them. Means are
    summed by one thread in the order of the files, so that they are reproducible. Suspects are added later
    by the walk; units, UCDs, descriptions and the size of the files when the final files are written.
    """
    columns = _columns(job, about, share)
    values = {f.name: present(f, job.source.missing.get(f.name, [])) for f in job.source.fields}
    return _catalogue(job, about, notes, database, values, columns)


def files_of(job: Job, about: Catalogue) -> list[Path]:
    """Return the Parquet files of the rows."""
    return [job.rows / p.path for p in about.partitions]


def _columns(job: Job, about: Catalogue, share: Share) -> list[ColumnStatistics]:
    total = len(job.source.fields)
    # Each statement on the files first inspects all their columns, so several are extracted together.
    at_once = AT_ONCE if about.rows * total > FEW_VALUES else 1
    step = min(max(COPIED // max(about.rows, 1), 1), TOGETHER, max(-(-total // at_once), 1))
    columns: list[ColumnStatistics] = []
    job.progress("measure", 0, total)
    for some in share(job, about, step, range(0, total, step)):
        columns += some
        job.progress("measure", len(columns), total)
    return columns


def some_columns(
    job: Job, about: Catalogue, step: int, first: int, stop: Stoppable | None = None
) -> list[ColumnStatistics]:
    """Measure `step` columns, from the column number `first`, in a database with a single thread."""
    fields, facts = job.source.fields[first : first + step], column_facts(job.spec)
    missing = [job.source.missing.get(f.name, []) for f in fields]
    scratch = job.scratch / f"columns-{first}"
    scratch.mkdir()
    with (stop or Stoppable()).connect(scratch, threads=1, memory=MEMORY_OF_EACH) as database:
        view_rows(database, files_of(job, about))
        taken = [t for i, f in enumerate(fields) for t in _taken(f, missing[i], i)]
        database.execute(f"CREATE TEMP TABLE measured AS SELECT {', '.join(taken)} FROM t")
        return [
            measure_column(database, f, missing[i], i, sorted(facts_of_column(f.name, facts).bits))
            for i, f in enumerate(fields)
        ]


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
    if roles.ra and roles.dec and roles.plate and 0 < (result.plates or 0) <= NIGHTS:
        result.centres = plate_centres(database, roles.ra, roles.dec, values[roles.plate])
    if job.pixel and (snr := roles.of("snr")):
        result.sky_by_snr = by_snr(database, job.pixel, snr, values[snr])
    if job.pixel and roles.night and (count or 0) <= NIGHTS:
        result.sky_by_year = by_year(database, job.pixel, roles.night, nights[roles.night])
    return result


def sky_map(sky: NDArray[np.int64]) -> SkyMap:
    """Return the number of rows per pixel of SKY_ORDER, without empty pixels."""
    counts = sky.reshape(12 * 4**SKY_ORDER, -1).sum(axis=1)
    return SkyMap(order=SKY_ORDER, counts={str(p): int(counts[p]) for p in np.flatnonzero(counts)})


def _taken(field: Field, missing: list[Sentinel], index: int) -> list[str]:
    """Return SQL for the parts of a column that are measured: for arrays only whether they are NULL."""
    name = quoted(field.name)
    if is_array(field.type):
        return [f"CASE WHEN {name} IS NOT NULL THEN true END AS v{index}"]
    raw = [f"{name} AS r{index}"] if missing else []
    return [f"{present(field, missing)} AS v{index}", *raw]


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
