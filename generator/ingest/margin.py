"""The margins of a catalogue, as HATS has them: a second catalogue in which each partition has the rows that
are outside of it and near its edge.

With them a program that matches two catalogues partition by partition finds pairs across edges.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..checksums import Progress
from ..formats import Catalogue
from ..pieces import DATA
from .folders import MARGIN
from .kept_rows import KeptRows
from .values.database import connect
from .values.fields import PIXEL
from .write.edges import Integers, Pixel, Regions, margin_order
from .write.hats_files import (
    pixel_of,
    write_collection,
    write_common_metadata,
    write_margin_properties,
    write_partition_info,
)
from .write.order import sort_batches
from .write.parts import write_part

REGION, ROW = "region", "row"
"""Columns while rows are sorted."""
BATCH = 16_384


def make_margin(rows: Path, arcsec: float, folder: Path, progress: Progress, name: str = "") -> None:
    """Write the margins of the rows in the folder `rows`, and their collection, into `folder`.

    `arcsec` is their width, `name` the folder of the catalogue beside that of the collection, if it is not
    named as the catalogue. Without positions there is nothing to write.
    """
    data = folder / DATA
    data.mkdir()
    kept = KeptRows(rows)
    about, source = kept.about, kept.data
    if about.position is None or not arcsec:
        return
    out = data / MARGIN
    (out / "dataset").mkdir(parents=True)
    order = margin_order(arcsec)
    regions = Regions.around([pixel_of(one.path) for one in about.partitions] if about.rows else [])
    schema = pq.read_schema(source / about.partitions[0].path).remove_metadata()
    sorting = pa.schema([(REGION, pa.int64()), *schema, (ROW, pa.int64())])
    batches = _near_edges(source, about, regions, order, sorting, progress)
    with (
        tempfile.TemporaryDirectory(prefix=".margin-", dir=folder.parent) as scratch,
        connect(Path(scratch)) as database,
    ):
        # By place: the catalogue may have columns with the same names.
        keys = [0, 1 + schema.get_field_index(PIXEL), len(sorting) - 1]
        ordered = sort_batches(database, batches, sorting, keys, BATCH)
        written = list(_write(out, regions, ordered, schema))
    write_collection(data, name or about.name)
    write_common_metadata(out, schema, [])
    write_partition_info(out, [pixel for pixel, _ in written])
    write_margin_properties(
        out,
        about.name,
        (about.position.ra, about.position.dec),
        arcsec,
        [count for _, count in written],
        sum(file.stat().st_size for file in out.rglob("*.parquet")),
    )


def _near_edges(
    source: Path, about: Catalogue, regions: Regions, order: int, schema: pa.Schema, progress: Progress
) -> Iterator[pa.RecordBatch]:
    """Yield the rows near edges, once for each region that they are near to."""
    done = 0
    for number, partition in zip(regions.partitions.tolist(), about.partitions, strict=False):
        with pq.ParquetFile(source / partition.path) as file:
            for group in range(file.num_row_groups):
                pixels = file.read_row_group(group, [PIXEL]).column(0).to_numpy()
                places, near = regions.near(pixels, number, order)
                if len(places):
                    yield from _taken(file.read_row_group(group), places, near, done, schema)
                done += len(pixels)
                progress("margin", done, about.rows)


def _taken(
    table: pa.Table, places: Integers, near: Integers, before: int, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(places), BATCH):
        some = places[start : start + BATCH]
        taken = table.take(pa.array(some)).combine_chunks()
        columns = [column.combine_chunks() for column in taken.columns]
        own = [pa.array(near[start : start + BATCH]), *columns, pa.array(some + before)]
        yield from pa.Table.from_arrays(own, schema=schema).to_batches()


def _write(
    folder: Path, regions: Regions, batches: Iterable[pa.RecordBatch], schema: pa.Schema
) -> Iterator[tuple[Pixel, int]]:
    """Write a file for each region; yields its pixel and number of rows."""
    for region, some in groupby(_by_region(batches), key=lambda one: one[0]):
        table = (
            pa.Table.from_batches([batch for _, batch in some])
            .select(list(range(1, len(schema) + 1)))
            .cast(schema)
        )
        write_part(folder, regions.pixels[region], table)
        yield regions.pixels[region], table.num_rows


def _by_region(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Divide batches where the region changes."""
    for batch in batches:
        regions = batch.column(0).to_numpy()
        ends: Sequence[int] = [0, *(np.flatnonzero(np.diff(regions)) + 1).tolist(), len(regions)]
        for start, end in pairwise(ends):
            if end > start:
                yield int(regions[start]), batch.slice(start, end - start)
