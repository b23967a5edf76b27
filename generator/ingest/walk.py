"""The walk of a catalogue, from its sources to the folder that pages read."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from ..checksums import Progress
from ..formats import ColumnStatistics
from ..formats.statistics import Suspect
from ..model import CatalogueSource, Release
from ..problems import InputError, Problem
from .checks.doubts import doubts
from .checks.rules import broken_promises
from .job import Job
from .measure.statistics import measure
from .opening import open_input
from .read import Reading
from .values.database import connect, one_row, view_rows
from .withhold import ShownRows
from .write.description import description
from .write.ids import write_indexes
from .write.order import order
from .write.partitions import Written, write_partitions
from .write.scripts import write_chunks


def ingest_catalogue(
    spec: CatalogueSource, release: Release, out: Path, *, progress: Progress, note: Path | None = None
) -> list[Problem]:
    """Write one catalogue of a release into the folder `out`, which is empty or does not exist yet.

    Returns what to report of what was read.

    `progress(stage, done, total)` is called as work goes on, in rows. `note` is the file that gets the
    ids of withheld rows, if any are. Raises InputError; `out` is then empty.
    """
    out.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{spec.name}-", dir=out.parent))
    try:
        source = open_input(spec, release, scratch, progress)
        with ShownRows(spec, release, source, note) as shown:
            _walk(Job(spec, release, source, out, scratch, progress), shown)
            return shown.notes()
    except BaseException:
        for path in out.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _walk(job: Job, shown: ShownRows) -> None:
    """Read, order, write, measure, check, index, repeat as scripts, describe."""
    reading = Reading(job, shown)
    ordered = order(job, reading)
    written = write_partitions(job, reading, ordered)
    statistics = measure(job, written)
    _check(job, written, statistics.columns)
    ids, files = write_indexes(job, written.partitions, statistics.columns, reading.lengths)
    chunks = write_chunks(job.out, job.spec.name, [*written.partitions, *files], job.progress)
    description(job, written, statistics.columns, ids, chunks).write(job.out)
    statistics.write(job.out)


def _check(job: Job, written: Written, columns: list[ColumnStatistics]) -> None:
    """Compare what was written with what the release promises; note values that look like "nothing".

    `columns` are those of statistics.json: they get `suspects`. Raises InputError.
    """
    job.progress("check", 0, 0)
    with connect(job.scratch) as database:
        view_rows(database, (job.out / p.path for p in written.partitions))

        def ask(question: str) -> tuple[Any, ...]:
            return one_row(database, question)

        if problems := broken_promises(ask, job.spec, job.release, job.source):
            raise InputError(problems)
        suspects: dict[str, list[Suspect]] = {}
        for doubt in doubts(ask, job.spec, job.source):
            suspects.setdefault(doubt.column, []).append(Suspect(doubt.value, doubt.count))
    for column in columns:
        if column.name in suspects:
            column.suspects = suspects[column.name]
