"""Write all rows of a catalogue as partitions, with the files of a HATS catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...files import in_parallel
from ...formats import Partition
from ..job import Job
from ..positions import MAP_ORDER, rows_of_pixels, split
from ..read import Reading
from .hats_files import partition_path, write_hats
from .order import Ordered
from .tiles import Plan, make_plan, write_partition
from .votable_footer import votable_header, without_words

AT_ONCE = 2
"""Partitions written at the same time."""
WORDS_BYTES = 200
"""Bytes reserved in a footer for unit, UCD and description of a column."""


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


def write_partitions(job: Job, reading: Reading, ordered: Ordered, out: Path) -> Written:
    """Write the rows as Parquet files whose row groups are tiles; each file is a part of the sky.

    The files that make their folder a HATS catalogue go into `out`.
    """
    total, positions = reading.rows, reading.positions
    # Descriptions must not affect the size of tiles: space for them is reserved.
    header = votable_header(
        job.spec.name, without_words(ordered.fields), total, reading.lengths, reading.unicode
    )
    plan = make_plan(ordered.sample, len(header) + WORDS_BYTES * len(ordered.fields), reading.lengths)
    pixels: list[tuple[int, int, int]] = []
    if positions:
        pixels = split(positions.counts, plan.partition_rows, reading.pixels()) or [(0, 0, 0)]
        pieces = [(partition_path(order, pixel), n) for order, pixel, n in pixels]
    else:
        pieces = _plain_pieces(total, plan.partition_rows)
    partitions: list[Partition] = []

    def in_turn() -> Iterator[tuple[str, pa.Table, Plan]]:
        for path, count in pieces:
            yield path, ordered.rows.take(count), plan.fitted(partitions) if partitions else plan

    def write(one: tuple[str, pa.Table, Plan]) -> Partition:
        path, table, fitted = one
        return write_partition(table, fitted, job.rows, path, job.pixel)

    done = 0
    job.progress("write", done, total)
    # How a partition is written depends on those before it, except those that may be unfinished.
    for partition in in_parallel(write, in_turn(), AT_ONCE, ahead=AT_ONCE):
        partitions.append(partition)
        done += partition.rows
        job.progress("write", done, total)
    sky = rows_of_pixels(positions.counts, MAP_ORDER) if positions else None
    written = Written(partitions, total, sky, positions.left_out if positions else 0)
    if job.position and sky is not None:
        size = written.bytes
        write_hats(out, job.spec.name, job.release, job.position, pixels, sky, MAP_ORDER, size)
    return written


def _plain_pieces(total: int, step: int) -> list[tuple[str, int]]:
    """Return the files of a catalogue without sky positions, and the number of rows of each."""
    count = max(-(-total // step), 1)
    return [(f"dataset/part-{i:04d}.parquet", min(step, total - i * step)) for i in range(count)]
