"""Sorted runs: the rows that one task has read, in order of the sky, in a file from which ranges are read.

A file has its rows in blocks. Its index, the first pixel and the place of each block, is kept by the process
that began the work, so a reader fetches the rows of any part of the sky by one range of each file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..ingest.values.fields import PIXEL
from .shared import Shared

BLOCK_ROWS = 2048
RUN_BYTES = 256_000_000
"""Bytes of rows in memory before they are sorted and written."""


@dataclass(frozen=True)
class Run:
    """A file of sorted rows and its index."""

    name: str
    rows: int
    first: NDArray[np.int64]
    """The first pixel of each block."""
    places: NDArray[np.int64]
    """Where each block begins, and where the last one ends."""

    def portion(self, low: int, high: int) -> Portion | None:
        """Return the blocks that may have pixels from `low` to below `high`."""
        # A pixel may begin in the block before the first that begins with it.
        begin = max(int(np.searchsorted(self.first, low, "left")) - 1, 0)
        end = int(np.searchsorted(self.first, high, "left"))
        if begin >= end:
            return None
        return Portion(self.name, int(self.places[begin]), int(self.places[end]))


class Portion(NamedTuple):
    """Consecutive blocks of a file."""

    name: str
    start: int
    end: int


def cut(batches: Iterable[pa.RecordBatch], most: int = RUN_BYTES) -> Iterator[pa.Table]:
    """Yield batches together, as tables of about so many bytes."""
    waiting: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        waiting.append(batch)
        size += batch.nbytes
        if size >= most:
            yield pa.Table.from_batches(waiting)
            waiting, size = [], 0
    if size:
        yield pa.Table.from_batches(waiting)


def write_run(table: pa.Table, file: Path, name: str) -> Run:
    """Sort rows by pixel, and write them; rows of one pixel keep their order."""
    table = in_order(table)
    pixels = table.column(PIXEL).to_numpy()
    places: list[int] = []
    with (
        pa.OSFile(str(file), "wb") as out,
        pa.ipc.new_stream(out, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer,
    ):
        for start in range(0, table.num_rows, BLOCK_ROWS):
            places.append(out.tell())
            (batch,) = table.slice(start, BLOCK_ROWS).combine_chunks().to_batches()
            writer.write_batch(batch)
        places.append(out.tell())
    return Run(name, table.num_rows, pixels[::BLOCK_ROWS].copy(), np.array(places))


def in_order(table: pa.Table) -> pa.Table:
    """Return rows in order of their pixels, those of one pixel in the order they had."""
    pixels = table.column(PIXEL).to_numpy()
    if (pixels[1:] >= pixels[:-1]).all():
        return table
    # `take` copies texts into one array, whose length is limited to 2 GB.
    wide = pa.schema([f.with_type(pa.large_string()) if f.type == pa.string() else f for f in table.schema])
    order = np.argsort(pixels, kind="stable")
    return table.cast(wide).combine_chunks().take(pa.array(order)).cast(table.schema)


def read_rows(
    shared: Shared, portions: Sequence[Portion], schema: pa.Schema, low: int, high: int
) -> pa.Table:
    """Return the rows with pixels from `low` to below `high`, in order.

    `portions` are of runs in the order in which their rows were read.
    """
    found = []
    for portion in portions:
        data = shared.read(portion.name, portion.start, portion.end - portion.start)
        source = pa.BufferReader(data)
        batches = []
        while source.tell() < len(data):
            message = pa.ipc.read_message(source)
            if message.type == "record batch":  # the first block begins with the schema
                batches.append(pa.ipc.read_record_batch(message, schema))
        table = pa.Table.from_batches(batches, schema)
        pixels = table.column(PIXEL).to_numpy()
        start, end = (int(n) for n in np.searchsorted(pixels, [low, high], "left"))
        found.append(table.slice(start, end - start))
    return in_order(pa.concat_tables(found)) if found else schema.empty_table()
