"""The walk of a catalogue, from its sources to the folder that pages read.

It has four parts: rows, statistics, indexes of ids, and all files with words from the release; `scripts.py`
repeats their files as script twins. Each part writes a folder of its own, so that a build can cache them
separately. The DATA folder of each part goes into a site.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..checksums import Progress, digest, link_tree
from ..formats import Catalogue, ColumnStatistics
from ..formats.statistics import SourceFile, Suspect
from ..model import CatalogueSource, Release
from ..pieces import DATA
from ..pieces.sums import listed, sum_up, sums_file
from ..problems import InputError, Problem
from .checks.doubts import doubts
from .checks.rules import broken_promises
from .folders import WORDS, content_of, travelling
from .inputs import Input
from .job import Job
from .kept_rows import KeptRows, RowNotes
from .measure.statistics import measure, sky_map
from .opening import known_columns, open_input
from .read import Reading
from .release_words import chosen_ids, words_of_release
from .schema_columns import schema_table
from .scripts import write_footer_scripts, write_index_scripts, write_row_scripts
from .values.database import connect, one_row, view_rows
from .values.fields import Field
from .values.missing import Sentinel
from .withhold import ShownRows, withheld_ids
from .words import leave_open, write_words
from .write.description import bare_description
from .write.ids import write_indexes
from .write.order import order
from .write.partitions import Written, write_partitions


def ingest_catalogue(
    spec: CatalogueSource, release: Release, out: Path, *, progress: Progress, scripts: bool = True
) -> list[Problem]:
    """Write one catalogue of a release into the folder `out`, which must be empty or not exist.

    Returns remarks about the sources. Without `scripts` the catalogue has no script twins.

    `progress(stage, done, total)` is called during the work, in rows. Raises InputError; `out` is then empty.
    """
    out.mkdir(parents=True, exist_ok=True)
    with _scratch(spec, out) as scratch:
        rows, statistics, ids, words = (scratch / name for name in ("rows", "statistics", "ids", "words"))
        for folder in (rows, statistics, ids, words):
            folder.mkdir()
        notes = make_rows(spec, release, rows, progress)
        make_statistics(spec, release, rows, statistics, progress)
        schema = schema_table(spec, release)
        make_ids(spec, rows, chosen_ids(spec, release, schema, rows, statistics), ids, progress)
        for folder in (rows, statistics, ids):
            sum_up(folder)
        files, indexes = list(listed(sums_file(rows))), listed(sums_file(ids))
        content = content_of(files, listed(sums_file(statistics)))
        others = travelling([*files, *indexes])
        wording = words_of_release(spec, release, schema, rows)
        write_words(wording, content, rows, statistics, ids, others, words, progress)
        for folder in (rows, ids, words):
            link_tree(folder / DATA, out)
        if scripts:
            write_row_scripts(rows, out, progress)
            write_index_scripts(rows, ids, out, out, progress)
            write_footer_scripts(out, out, progress)
    return notes


def make_rows(
    spec: CatalogueSource,
    release: Release,
    folder: Path,
    progress: Progress,
    sums: Mapping[Path, str] = MappingProxyType({}),
) -> list[Problem]:
    """Read, order and write rows. Returns remarks. Raises InputError.

    `sums` are checksums of source files; others are computed.
    """
    kept, data = KeptRows(folder), folder / DATA
    data.mkdir()
    # The words of the release are added later: changing them leaves the rows as they are.
    bare_release = release.model_copy(
        update={"title": {}, "name": spec.name, "version": "", "published": "1970"}
    )
    with _scratch(spec, folder) as scratch:
        source = open_input(spec, release, scratch, progress)
        job = Job(spec, bare_release, source, kept.data, scratch, progress)
        with ShownRows(spec, release, source, withheld_ids(data)) as shown:
            reading = Reading(job, source, shown)
            ordered = order(job, reading)
            written = write_partitions(job, reading, ordered, data)
            leave_open(data, folder / WORDS)
            about = bare_description(job, written.partitions, written.rows)
            kept.write(_notes(spec, source, reading, written, sums), source, about)
            return shown.notes()


@contextlib.contextmanager
def _scratch(spec: CatalogueSource, folder: Path) -> Iterator[Path]:
    """Yield a temporary folder next to `folder`."""
    scratch = Path(tempfile.mkdtemp(prefix=f".{spec.name}-", dir=folder.parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _notes(
    spec: CatalogueSource, source: Input, reading: Reading, written: Written, sums: Mapping[Path, str]
) -> RowNotes:
    listed = spec.simulate is None and not source.hidden.checksums
    files = [s.file for s in source.sources] if listed else []
    return RowNotes(
        first=source.sources[0].file.name,
        more=len(source.sources) - 1,
        sources=[
            SourceFile(file=f.name, bytes=f.stat().st_size, sha256=sums.get(f) or digest(f)) for f in files
        ],
        lengths=reading.lengths,
        unicode=sorted(reading.unicode),
        left_out=written.left_out,
        sky=None if written.sky is None else sky_map(written.sky),
    )


def make_statistics(
    spec: CatalogueSource, release: Release, rows: Path, folder: Path, progress: Progress
) -> None:
    """Measure the rows in the folder `rows` and check them against the release.

    Raises InputError.
    """
    kept = KeptRows(rows)
    about, notes = kept.about, kept.notes
    schema, first = schema_table(spec, release), Path(notes.first)
    columns = known_columns(spec, release, schema, first, notes.more, kept.every, kept.shown)
    with _scratch(spec, folder) as scratch:
        job = Job(spec, release, columns, kept.data, scratch, progress)
        statistics = measure(job, about, notes)
        _check(job, about, statistics.columns)
    statistics.write(folder)


def _check(job: Job, about: Catalogue, columns: list[ColumnStatistics]) -> None:
    """Check what was written against the release; find values that look like undeclared missing values.

    `columns` are those of statistics.json: their `suspects` are set. Raises InputError.
    """
    job.progress("check", 0, 0)
    with connect(job.scratch) as database:
        view_rows(database, (job.rows / p.path for p in about.partitions))

        def ask(question: str) -> tuple[Any, ...]:
            return one_row(database, question)

        if problems := broken_promises(ask, job.spec, job.release, job.source):
            raise InputError(problems)
        suspects: dict[str, list[Suspect]] = {}
        for doubt in doubts(ask, job.spec, job.source, columns):
            suspects.setdefault(doubt.column, []).append(Suspect(doubt.value, doubt.count))
    for column in columns:
        if column.name in suspects:
            column.suspects = suspects[column.name]


def make_ids(
    spec: CatalogueSource,
    rows: Path,
    columns: list[tuple[Field, list[Sentinel]]],
    folder: Path,
    progress: Progress,
) -> None:
    """Index id columns, each with its missing values."""
    kept, data = KeptRows(rows), folder / DATA
    data.mkdir()
    about = kept.about
    with _scratch(spec, folder) as scratch:
        found = write_indexes(data, kept.data, about, columns, kept.notes.lengths, scratch, progress)
    found.write(folder)
