"""What workers do. The result of a task depends on its arguments and the files of the shared folder alone.

A task that is done again, because a worker was lost, has the same result.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..checksums import PIECE, silent
from ..formats import Catalogue, ColumnStatistics, Partition
from ..formats.statistics import SourceFile
from ..ingest.inputs import Columns, Input
from ..ingest.job import Job
from ..ingest.measure.statistics import some_columns
from ..ingest.opening import open_sources
from ..ingest.read import Reading
from ..ingest.readers.addresses import explained, is_address, size_of, store_of
from ..ingest.readers.remote_source import AddressInMessages, open_part
from ..ingest.values.database import connect
from ..ingest.values.fields import PIXEL
from ..ingest.values.notes import Emptiness, Notes
from ..ingest.withhold import ShownRows, names_beside, withheld_ids, without_hidden_rows
from ..ingest.write.ids import IdColumn, Made, write_index
from ..ingest.write.partitions import Piece
from ..ingest.write.tiles import Plan, write_partition
from ..model import CatalogueSource, Release
from ..pieces import DATA
from ..problems import InputError, Problem
from .runs import Portion, Run, cut, read_rows, write_run
from .shared import Shared

CATALOGUE = "catalogue.pickle"


@dataclass(frozen=True)
class Asked:
    """The catalogue, for all tasks that read its sources."""

    spec: CatalogueSource
    release: Release
    source: Columns


class Slice(NamedTuple):
    """A part of a source that one task reads."""

    number: int
    """Its place in the order of the rows."""
    source: str
    """Path or address."""
    of: int
    """Number of the source."""
    rows: tuple[int, int] | None
    """The first row and that after the last; None for all."""


@dataclass(frozen=True)
class SliceRead:
    """What is known of the rows of a slice, which are in sorted runs."""

    runs: list[Run]
    rows: int
    lengths: dict[str, int]
    unicode: set[str]
    left_out: int
    pixels: NDArray[np.int32]
    """Pixels of the order in which rows are counted, each once; `counts` are their rows."""
    counts: NDArray[np.int32]
    notes: Notes | None
    emptiness: Emptiness
    noted: list[str]
    """Names of the files that note withheld rows, if there are any."""


def read_slice(shared: Shared, columns: list[str], piece: Slice) -> SliceRead:
    """Read rows as they will be stored, and leave them in sorted runs. Raises InputError.

    `columns` are the pixel and all that are stored, in order.
    """
    asked: Asked = shared.load(CATALOGUE)
    with shared.workplace() as work, scratch() as local, AddressInMessages(piece.source):
        if piece.source:
            source = open_part(piece.source, asked.spec, piece.rows, local)
        else:
            (source,) = open_sources(asked.spec, asked.release, local, silent)
        (source,) = without_hidden_rows(asked.spec, asked.release, [source], asked.source.every)
        opened = Input(**vars(asked.source), sources=[source])
        job = Job(asked.spec, asked.release, opened, work, local, silent)
        note = withheld_ids(work / DATA)
        runs = []
        with ShownRows(asked.spec, asked.release, opened, note) as shown:
            reading = Reading(job, opened, shown)
            for number, table in enumerate(cut(reading.batches())):
                name = f"runs/{piece.number:05d}-{number:03d}"
                runs.append(write_run(table.select(columns), work / "run", name))
                shared.put(work / "run", name)
        noted = []
        for file in (note, names_beside(note)):
            if file.exists():
                noted.append(f"noted/{piece.number:05d}{file.suffix}")
                shared.put(file, noted[-1])
        positions = reading.positions
        assert positions is not None
        pixels = np.flatnonzero(positions.counts)
        return SliceRead(
            runs, reading.rows, reading.lengths, reading.unicode, positions.left_out, pixels.astype(np.int32),
            positions.counts[pixels], source.notes, shown.emptiness, noted,
        )  # fmt: skip


class Part(NamedTuple):
    """Consecutive files of a catalogue that one task writes, and where their rows are."""

    pieces: list[Piece]
    portions: list[Portion]
    low: int
    high: int


def sky_range(piece: Piece) -> tuple[int, int]:
    """Return the first order-29 pixel of a partition, and the first after it."""
    shift = 2 * (29 - piece.order)
    return piece.pixel << shift, (piece.pixel + 1) << shift


def write_part(shared: Shared, schema: pa.Schema, plan: Plan, part: Part) -> list[Partition]:
    """Sort the rows of some partitions, and write these. Raises InputError."""
    table = read_rows(shared, part.portions, schema, part.low, part.high)
    pixels = table.column(PIXEL).to_numpy()
    written = []
    with shared.workplace() as work:
        for piece in part.pieces:
            start, end = (int(n) for n in np.searchsorted(pixels, sky_range(piece), "left"))
            if end - start != piece.rows:
                what = f"{piece.path} has {end - start:,} rows, {piece.rows:,} were counted"
                raise InputError(Problem(shared.root, "runs", what, "give the work a folder of its own"))
            written.append(write_partition(table.slice(start, end - start), plan, work, piece.path, PIXEL))
            shared.put(work / piece.path, f"rows/{piece.path}")
    return written


def rows_of_sky(
    shared: Shared, schema: pa.Schema, portions: Sequence[Portion], low: int, high: int, most: int
) -> pa.Table:
    """Return the first rows with pixels from `low` to below `high`, in order."""
    return read_rows(shared, portions, schema, low, high).slice(0, most)


def measure_some(shared: Shared, job: Job, about: Catalogue, step: int, first: int) -> list[ColumnStatistics]:
    """Measure columns of the partitions, as one process does."""
    names = [f.name for f in job.source.fields[first : first + step]]
    with shared.rows(about.partitions, names) as rows, scratch() as local:
        return some_columns(replace(job, rows=rows, scratch=local), about, step, first)


def index_column(shared: Shared, partitions: list[Partition], column: IdColumn) -> Made:
    """Write the index of one column."""
    with shared.rows(partitions, [column.field.name]) as rows, shared.workplace() as work, scratch() as local:
        with connect(local) as database:
            one, files, distinct = write_index(work, rows, partitions, column, database, silent)
        for file in files:
            shared.put(work / file.path, file.path)
        return one, files, distinct


def sum_source(source: str) -> SourceFile:
    """Return name, size and checksum of a source. Raises InputError."""
    size = size_of(source) if is_address(source) else Path(source).stat().st_size
    sha = hashlib.sha256()
    store, path = store_of(source)
    with explained(source), store.open(path, "rb") as file:
        while piece := file.read(PIECE):
            sha.update(piece)
    return SourceFile(file=Path(source).name, bytes=size, sha256=sha.hexdigest())


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder of this worker: on its own disk, where Dask has its files."""
    from distributed import get_worker

    try:
        above: str | None = get_worker().local_directory
    except ValueError:
        above = None
    with tempfile.TemporaryDirectory(prefix="drportal-", dir=above, ignore_cleanup_errors=True) as name:
        yield Path(name)


def merge_noted(shared: Shared, names: Sequence[str], target: Path) -> None:
    """Write the notes of all slices as one file, as one process would."""
    writer: pq.ParquetWriter | None = None
    with scratch() as local:
        for number, name in enumerate(names):
            copy = local / str(number)
            shared.collect(name, copy)
            with pq.ParquetFile(copy) as file:
                writer = writer or pq.ParquetWriter(target, file.schema_arrow)
                for group in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(group))
    if writer:
        writer.close()
