"""Write all rows of a catalogue as partitions, with the files of a HATS catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...files import in_parallel
from ...formats import Partition
from ..job import Job
from ..positions import Positions, split
from ..values.fields import with_pixel
from .hats_files import partition_path, write_hats
from .tiles import Plan, Rows, make_plan, write_partition
from .votable_footer import votable_header, without_words

MAP_ORDER = 6
"""HEALPix order of the density map."""
AT_ONCE = 2
"""Partitions written at the same time."""
FITTED_TO = 3
"""The number of rows per tile of most partitions is fitted to the sizes of so many, the first."""
WORDS_BYTES = 200
"""Bytes reserved in a footer for unit, UCD and description of a column."""


class Read(Protocol):
    """What is known of the rows once all have been read."""

    rows: int
    lengths: dict[str, int]
    """Length in characters of the longest value, by text column."""
    unicode: set[str]
    """Text columns with characters beyond ASCII."""
    positions: Positions | None

    def pixels(self, limit: int) -> Iterator[NDArray[np.int64]]:
        """Yield the order-29 pixels of rows, some at a time: at least of those that are in pixels of
        COUNT_ORDER with more than `limit` rows.
        """


class Piece(NamedTuple):
    """A file to be written: its path, its number of rows, and its HEALPix pixel if rows have positions."""

    path: str
    rows: int
    order: int = 0
    pixel: int = 0


def planned(number: int, plan: Plan, written: list[Partition]) -> Plan:
    """Return how the partition with this number is written; `written` are those before it, as far as known.

    The first depend on none, and all others on the first few alone, so that many can be written at once and
    the bytes do not depend on how many are.
    """
    return plan if number < FITTED_TO + AT_ONCE else plan.fitted(written[:FITTED_TO])


Write = Callable[[list[Piece], Plan], Iterator[Partition]]
"""Writes the files, in their order."""


@dataclass(frozen=True)
class Written:
    """The rows of a catalogue as written."""

    partitions: list[Partition]
    rows: int
    sky: NDArray[np.int64] | None
    """Rows per nested pixel of MAP_ORDER, if rows have positions."""
    left_out: int
    """Number of source rows that have no position and are not written."""

    @property
    def bytes(self) -> int:
        return sum(p.size for p in self.partitions)


def write_partitions(job: Job, read: Read, sample: pa.Table, write: Write, out: Path) -> Written:
    """Write the rows as Parquet files whose row groups are tiles; each file is a part of the sky.

    `sample` are the first rows in order. The files that make their folder a HATS catalogue go into `out`.
    """
    total, positions = read.rows, read.positions
    fields = with_pixel(job.source.shown, job.position is not None)
    # Descriptions must not affect the size of tiles: space for them is reserved.
    header = votable_header(job.spec.name, without_words(fields), total, read.lengths, read.unicode)
    plan = make_plan(sample, len(header) + WORDS_BYTES * len(fields), read.lengths)
    pieces = _plain_pieces(total, plan.partition_rows)
    if positions:
        pixels = split(positions.counts, plan.partition_rows, read.pixels(plan.partition_rows)) or [(0, 0, 0)]
        pieces = [Piece(partition_path(o, pixel), rows, o, pixel) for o, pixel, rows in pixels]
    partitions: list[Partition] = []
    done = 0
    job.progress("write", done, total)
    for partition in write(pieces, plan):
        partitions.append(partition)
        done += partition.rows
        job.progress("write", done, total)
    sky = positions.counts.astype(np.int64).reshape(12 * 4**MAP_ORDER, -1).sum(axis=1) if positions else None
    written = Written(partitions, total, sky, positions.left_out if positions else 0)
    if job.position and sky is not None:
        pixels = [(piece.order, piece.pixel, piece.rows) for piece in pieces]
        write_hats(out, job.spec.name, job.release, job.position, pixels, sky, MAP_ORDER, written.bytes)
    return written


def write_in_turn(job: Job, rows: Rows, pieces: list[Piece], plan: Plan) -> Iterator[Partition]:
    """Write files from a stream of sorted rows."""
    partitions: list[Partition] = []

    def in_turn() -> Iterator[tuple[str, pa.Table, Plan]]:
        for number, piece in enumerate(pieces):
            yield piece.path, rows.take(piece.rows), planned(number, plan, partitions)

    def write(one: tuple[str, pa.Table, Plan]) -> Partition:
        path, table, fitted = one
        return write_partition(table, fitted, job.rows, path, job.pixel)

    for partition in in_parallel(write, in_turn(), AT_ONCE, ahead=AT_ONCE):
        partitions.append(partition)
        yield partition


def _plain_pieces(total: int, step: int) -> list[Piece]:
    """Return the files of a catalogue without sky positions, and the number of rows of each."""
    count = max(-(-total // step), 1)
    return [Piece(f"dataset/part-{i:04d}.parquet", min(step, total - i * step)) for i in range(count)]
