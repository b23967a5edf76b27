"""The walk of a catalogue, from its sources to the folder that pages read.

It has four parts: rows, statistics, indexes of ids, and all files with words from the release; `scripts.py`
repeats their files as script twins. Each part writes a folder of its own, so that a build can cache them
separately. The DATA folder of each part goes into a site.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

import duckdb

from ..checksums import Progress, digest, link_tree, silent
from ..formats import ColumnStatistics, Partition
from ..formats.statistics import SourceFile, Suspect
from ..model import CatalogueSource, Release
from ..pieces import DATA
from ..pieces.sums import listed, sum_up, sums_file
from ..problems import InputError, Problem
from .checks.doubts import doubts
from .checks.rules import broken_promises
from .folders import WORDS, collection_of, content_of, travelling
from .inputs import Columns, Input
from .job import Job
from .kept_rows import KeptRows, RowNotes
from .margin import make_margin
from .measure.statistics import Share, files_of, in_threads, measure, sky_map
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
from .write.ids import IdColumn, Made, id_columns, indexes, write_index
from .write.order import order
from .write.partitions import Read, Written, write_in_turn, write_partitions
from .write.repeated import object_columns, write_repeated


@dataclass(frozen=True)
class Makers:
    """The makers of three parts of a catalogue, with the arguments of those below."""

    rows: Callable[[CatalogueSource, Release, Path, Progress, Mapping[Path, str]], list[Problem]]
    statistics: Callable[[CatalogueSource, Release, Path, Path, Progress], None]
    ids: Callable[[CatalogueSource, Path, list[tuple[Field, list[Sentinel]]], Path, Progress], None]


def ingest_catalogue(
    spec: CatalogueSource,
    release: Release,
    out: Path,
    *,
    progress: Progress,
    makers: Makers | None = None,
    scripts: bool = True,
    collection: Path | None = None,
) -> list[Problem]:
    """Write one catalogue of a release into the folder `out`, which must be empty or not exist.

    `makers` make its parts if not this process. Without `scripts` the catalogue has no script twins.
    `collection` is a folder beside it for its margins.
    Returns remarks about the sources.

    `progress(stage, done, total)` is called during the work, in rows. Raises InputError; `out` is then empty.
    """
    out.mkdir(parents=True, exist_ok=True)
    with scratch_beside(spec, out) as scratch, ThreadPoolExecutor(1) as beside:
        names = ("rows", "statistics", "ids", "margin", "words", "twins")
        rows, statistics, ids, margin, words, twins = (scratch / name for name in names)
        for folder in (rows, statistics, ids, margin, words, twins):
            folder.mkdir()
        make = makers or HERE
        notes = make.rows(spec, release, rows, progress, {})
        of_rows = beside.submit(write_row_scripts, rows, twins, silent) if scripts else None
        make.statistics(spec, release, rows, statistics, progress)
        schema = schema_table(spec, release)
        make.ids(spec, rows, chosen_ids(spec, release, schema, rows, statistics), ids, progress)
        for folder in (rows, statistics, ids):
            sum_up(folder)
        files, indexes = list(listed(sums_file(rows))), listed(sums_file(ids))
        content = content_of(files, listed(sums_file(statistics)))
        others = travelling([*files, *indexes])
        wording = words_of_release(spec, release, schema, rows)
        write_words(wording, content, rows, statistics, ids, others, words, progress)
        if collection:
            make_margin(rows, spec.margin, margin, progress, collection.name.removesuffix(collection_of("")))
            link_tree(margin / DATA, collection)
        for folder in (rows, ids, words):
            link_tree(folder / DATA, out)
        if of_rows:
            of_rows.result()
            link_tree(twins, out)
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
    with scratch_beside(spec, folder) as scratch:
        source = open_input(spec, release, scratch, progress)
        job = rows_job(spec, release, source, folder, scratch, progress)
        with ShownRows(spec, release, source, withheld_ids(folder / DATA)) as shown:
            reading = Reading(job, source, shown)
            ordered = order(job, reading)
            write = partial(write_in_turn, job, ordered.rows)
            written = write_partitions(job, reading, ordered.sample, write, folder / DATA)
            finish_rows(job, source, reading, written, folder, source_sums(source, spec, sums))
            return shown.notes()


def rows_job(
    spec: CatalogueSource, release: Release, source: Columns, folder: Path, scratch: Path, progress: Progress
) -> Job:
    """Return the job that writes rows into `folder`.

    The words of the release are added later: changing them leaves the rows as they are.
    """
    bare = release.model_copy(update={"title": {}, "name": spec.name, "version": "", "published": "1970"})
    (folder / DATA).mkdir()
    return Job(spec, bare, source, KeptRows(folder).data, scratch, progress)


def finish_rows(
    job: Job, source: Input, read: Read, written: Written, folder: Path, files: list[SourceFile]
) -> None:
    """Describe the rows that were written into `folder`.

    `files` are the source files with their checksums.
    """
    notes = RowNotes(
        first=source.sources[0].file.name,
        more=len(source.sources) - 1,
        sources=files,
        lengths={},
        unicode=[],
        left_out=written.left_out,
        sky=None if written.sky is None else sky_map(written.sky),
    )
    describe_rows(job, source, read, written, folder, notes)


def describe_rows(
    job: Job, source: Columns, read: Read, written: Written, folder: Path, notes: RowNotes
) -> None:
    """Describe the rows that were written into `folder`; `notes` are of their sources, without texts."""
    leave_open(folder / DATA, folder / WORDS)
    about = bare_description(job, written.partitions, written.rows)
    texts = {"lengths": read.lengths, "unicode": sorted(read.unicode)}
    KeptRows(folder).write(notes.model_copy(update=texts), source, about)


def listed_sources(spec: CatalogueSource, source: Input) -> list[Path]:
    """Return the source files that may be named with their checksums."""
    return [] if spec.simulate or source.hidden.checksums else [s.file for s in source.sources]


def source_sums(source: Input, spec: CatalogueSource, sums: Mapping[Path, str]) -> list[SourceFile]:
    return [
        SourceFile(file=f.name, bytes=f.stat().st_size, sha256=sums.get(f) or digest(f))
        for f in listed_sources(spec, source)
    ]


@contextlib.contextmanager
def scratch_beside(spec: CatalogueSource, folder: Path) -> Iterator[Path]:
    """Yield a temporary folder next to `folder`."""
    scratch = Path(tempfile.mkdtemp(prefix=f".{spec.name}-", dir=folder.parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def make_statistics(
    spec: CatalogueSource,
    release: Release,
    rows: Path,
    folder: Path,
    progress: Progress,
    share: Share = in_threads,
) -> None:
    """Measure the rows in the folder `rows` and check them against the release.

    `share` gives the columns to those that measure them. Raises InputError.
    """
    kept = KeptRows(rows)
    about, notes = kept.about, kept.notes
    schema, first = schema_table(spec, release), Path(notes.first)
    columns = known_columns(spec, release, schema, first, notes.more, kept.every, kept.shown)
    with scratch_beside(spec, folder) as scratch:
        job = Job(spec, release, columns, kept.data, scratch, progress)
        with connect(scratch) as database:
            view_rows(database, files_of(job, about))
            statistics = measure(job, about, notes, database, share)
            _check(job, database, statistics.columns)
    statistics.write(folder)


def _check(job: Job, database: duckdb.DuckDBPyConnection, columns: list[ColumnStatistics]) -> None:
    """Check what was written against the release; find values that look like undeclared missing values.

    `database` has the view `t` of all rows; `columns` are those of statistics.json: their `suspects` are set.
    Raises InputError.
    """
    job.progress("check", 0, 0)
    ask = partial(one_row, database)
    if problems := broken_promises(ask, job.spec, job.release, job.source):
        raise InputError(problems)
    suspects: dict[str, list[Suspect]] = {}
    for doubt in doubts(ask, job.spec, job.source, columns):
        suspects.setdefault(doubt.column, []).append(Suspect(doubt.value, doubt.count))
    for column in columns:
        if column.name in suspects:
            column.suspects = suspects[column.name]


Index = Callable[[Path, Path, list[Partition], list[IdColumn], Path, Progress], Iterable[Made]]
"""Writes the index of each column; its arguments are those of `in_order`."""


def in_order(
    out: Path,
    rows: Path,
    partitions: list[Partition],
    columns: list[IdColumn],
    scratch: Path,
    progress: Progress,
) -> Iterator[Made]:
    """Write the index of each column, one after the other."""
    if columns:
        with connect(scratch) as database:
            for column in columns:
                yield write_index(out, rows, partitions, column, database, progress)


def make_ids(
    spec: CatalogueSource,
    rows: Path,
    columns: list[tuple[Field, list[Sentinel]]],
    folder: Path,
    progress: Progress,
    index: Index = in_order,
) -> None:
    """Index id columns, each with its missing values, and list the objects observed more than once."""
    kept, data = KeptRows(rows), folder / DATA
    data.mkdir()
    about = kept.about
    chosen = id_columns(columns, kept.notes.lengths)
    with scratch_beside(spec, folder) as scratch:
        made = index(data, kept.data, about.partitions, chosen, scratch, progress)
        found = indexes(made)
        if about.id and (objects := object_columns(spec, columns, about.id)):
            progress("observed more than once", 0, 0)
            files = [kept.data / one.path for one in about.partitions]
            repeated = write_repeated(data, files, columns, about.id, objects, scratch)
            if repeated:
                found.repeated = repeated[0]
                found.files.append(repeated[1])
    found.write(folder)


HERE = Makers(make_rows, make_statistics, make_ids)
"""This process alone."""
