"""The walk of a catalogue whose rows are read, ordered, written and measured by many workers.

The stages and the files are those of `ingest/walk.py`. What remains for the process that begins the work is
what costs little for each row: plans, scripts, footers with the words of the release, checksums.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from ..checksums import Progress, silent
from ..formats import Catalogue, ColumnStatistics, Partition
from ..formats.statistics import SourceFile
from ..ingest.inputs import Columns, Input
from ..ingest.job import Job
from ..ingest.kept_rows import KeptRows
from ..ingest.opening import open_input
from ..ingest.positions import Positions
from ..ingest.read import Reading
from ..ingest.readers.remote_source import complete, open_named
from ..ingest.readers.source import Source
from ..ingest.readers.unpack import source_files
from ..ingest.values.fields import Field, with_pixel
from ..ingest.values.missing import Sentinel
from ..ingest.walk import (
    Makers,
    finish_rows,
    ingest_catalogue,
    listed_sources,
    make_ids,
    make_statistics,
    rows_job,
    scratch_beside,
    source_sums,
)
from ..ingest.withhold import ShownRows, names_beside, withheld_ids
from ..ingest.write.ids import IdColumn, Made
from ..ingest.write.order import order
from ..ingest.write.partitions import Piece, Read, Written, write_in_turn, write_partitions
from ..ingest.write.tiles import Plan
from ..model import CatalogueSource, Release
from ..pieces import DATA
from ..problems import Problem
from .crew import Crew
from .gathered import Gathered
from .runs import RUN_BYTES
from .shared import Shared
from .tasks import CATALOGUE, Asked, Slice, index_column, measure_some, merge_noted, read_slice, sum_source

OWN_BYTES = 16
"""Of the pixel and the number of a row."""
TEXT_BYTES = 16
"""Of a text or an array, for an estimate of the size of a row."""


def ingest_on(
    crew: Crew,
    shared: Shared,
    spec: CatalogueSource,
    release: Release,
    names: Sequence[str],
    out: Path,
    progress: Progress,
    collection: Path | None = None,
) -> list[Problem]:
    """Write one catalogue into the folder `out`, which must be empty or not exist, with the same bytes as
    `ingest_catalogue`.

    `names` are paths and addresses of its sources; without any they are those of the release. `shared` is a
    folder for this catalogue alone, `collection` one for its margins. Returns remarks about the sources.
    Raises InputError.
    """
    names = names or local_sources(spec, release)
    makers = makers_of(crew, shared, names)
    return ingest_catalogue(spec, release, out, progress=progress, makers=makers, collection=collection)


def local_sources(spec: CatalogueSource, release: Release) -> list[str]:
    """Return the paths of the sources that the release names. Raises InputError."""
    return [str(file.absolute()) for file in source_files(spec, release)]


def makers_of(crew: Crew, shared: Shared, names: Sequence[str]) -> Makers:
    """Return the makers of a catalogue's parts; the arguments are those of `ingest_on`."""
    work = _Work(crew, shared, list(names))
    return Makers(work.rows, work.statistics, work.ids)


@dataclass(frozen=True)
class _Work:
    """Makes the parts of a catalogue, with the arguments of the functions of `ingest/walk.py`."""

    crew: Crew
    shared: Shared
    names: list[str]
    there: list[Partition] = field(default_factory=list)
    """The partitions that all workers can read."""

    def rows(
        self,
        spec: CatalogueSource,
        release: Release,
        folder: Path,
        progress: Progress,
        sums: Mapping[Path, str],
    ) -> list[Problem]:
        note = withheld_ids(folder / DATA)
        with scratch_beside(spec, folder) as scratch:
            opened = [open_named(name, spec, scratch, number) for number, name in enumerate(self.names)]
            source = open_input(spec, release, scratch, progress, opened)
            job = rows_job(spec, release, source, folder, scratch, progress)
            with ShownRows(spec, release, source, None if job.position else note) as shown:
                if job.position:
                    read, written = self._of_sky(job, source, shown, folder / DATA)
                else:
                    read, written = self._by_id(job, source, shown, folder / DATA)
                finish_rows(job, source, read, written, folder, self._sums(spec, source, sums))
                self.there[:] = written.partitions
                return shown.notes()

    def _sums(self, spec: CatalogueSource, source: Input, known: Mapping[Path, str]) -> list[SourceFile]:
        """Return the checksums of the sources, of which some are known."""
        named = listed_sources(spec, source)
        if all(file in known for file in named):
            return source_sums(source, spec, known)
        return list(self.crew.map("checksum", sum_source, self.names))

    def _of_sky(self, job: Job, source: Input, shown: ShownRows, data: Path) -> tuple[Read, Written]:
        """Read and write rows by tasks, and collect the files as they are finished."""
        spec, release = job.spec, job.release
        assert job.position and spec.positions != "none"
        self.shared.store_object(CATALOGUE, Asked(spec, release, _columns(source)))
        schema = pa.schema([(f.name, f.type) for f in with_pixel(source.shown, True)])
        positions = Positions(*job.position, spec.positions, spec.wrap_ra, source.missing)
        gathered = Gathered(self.shared, self.crew, schema, positions)
        slices = list(_slices(source.sources, self.names))
        done = self.crew.map("read", partial(read_slice, self.shared, schema.names), slices)
        for piece, one in zip(slices, done, strict=True):
            gathered.add(one, piece.of, source, shown)
            job.progress("read", gathered.rows, source.rows)
        job.progress("order", 0, 0)

        def write(pieces: list[Piece], plan: Plan) -> Iterator[Partition]:
            for one in gathered.write(pieces, plan):
                self.shared.collect(f"rows/{one.path}", job.rows / one.path)
                yield one

        written = write_partitions(job, gathered, gathered.sample(), write, data)
        for target in (withheld_ids(data), names_beside(withheld_ids(data))):
            merge_noted(self.shared, [n for n in gathered.noted if n.endswith(target.suffix)], target)
        self.shared.remove("runs")
        return gathered, written

    def _by_id(self, job: Job, source: Input, shown: ShownRows, data: Path) -> tuple[Read, Written]:
        """Read and write rows without positions here: they are ordered by their ids, in one piece."""
        for number, name in enumerate(self.names):
            complete(name, source.sources[number], job.scratch, number)
        reading = Reading(job, source, shown)
        ordered = order(job, reading)
        write = partial(write_in_turn, job, ordered.rows)
        written = write_partitions(job, reading, ordered.sample, write, data)
        give_rows(self.shared, job.rows, written.partitions)
        return reading, written

    def statistics(
        self, spec: CatalogueSource, release: Release, rows: Path, folder: Path, progress: Progress
    ) -> None:
        self._give(rows)
        make_statistics(spec, release, rows, folder, progress, self._measure)

    def _give(self, rows: Path) -> None:
        """Let workers read rows that they have not written just now: those of the cache, or matched ones."""
        kept = KeptRows(rows)
        if (partitions := kept.about.partitions) != self.there:
            give_rows(self.shared, kept.data, partitions)
            self.there[:] = partitions

    def _measure(
        self, job: Job, about: Catalogue, step: int, firsts: Sequence[int]
    ) -> Iterator[list[ColumnStatistics]]:
        task = partial(measure_some, self.shared, replace(job, progress=silent), about, step)
        yield from self.crew.map("measure", task, firsts)

    def ids(
        self,
        spec: CatalogueSource,
        rows: Path,
        columns: list[tuple[Field, list[Sentinel]]],
        folder: Path,
        progress: Progress,
    ) -> None:
        self._give(rows)
        make_ids(spec, rows, columns, folder, progress, self._index)

    def _index(
        self,
        out: Path,
        _rows: Path,
        partitions: list[Partition],
        columns: list[IdColumn],
        _scratch: Path,
        progress: Progress,
    ) -> Iterator[Made]:
        task = partial(index_column, self.shared, partitions)
        for number, made in enumerate(self.crew.map("index", task, columns), start=1):
            progress("index", number, len(columns))
            for file in made[1]:
                self.shared.collect(file.path, out / file.path)
            yield made


def give_rows(shared: Shared, data: Path, partitions: Sequence[Partition]) -> None:
    """Put partitions where workers can read them."""
    for one in partitions:
        shared.give(data / one.path, f"rows/{one.path}")


def _columns(source: Input) -> Columns:
    return Columns(**{field.name: getattr(source, field.name) for field in fields(Columns)})


def _slices(sources: list[Source], names: Sequence[str]) -> Iterator[Slice]:
    """Divide the sources into parts of about the size of a run, as far as their formats allow."""
    number = 0
    for of, source in enumerate(sources):
        name = names[of] if names else ""
        most = RUN_BYTES // (OWN_BYTES + sum(_width(f.type) for f in source.fields))
        ends: list[tuple[int, int] | None] = [None]
        if source.part and source.rows:
            starts = [0]
            for start, following in pairwise([*source.cuts, source.rows]):
                if start and following - starts[-1] > most:
                    starts.append(start)
            ends = list(zip(starts, [*starts[1:], source.rows], strict=True))
        for rows in ends:
            yield Slice(number, name, of, rows)
            number += 1


def _width(kind: pa.DataType) -> int:
    """Return about how many bytes a value takes in memory."""
    try:
        return max(int(kind.bit_width) // 8, 1)
    except ValueError:
        return TEXT_BYTES
