"""Write sorted rows as Parquet files whose row groups are tiles."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...formats import Partition, Tile
from ..values.fields import is_array, is_number, is_text
from .side_by_side import side_by_side

TILE_BYTES = (260_000, 4_000_000)
CHUNK_BYTES = 12_000
"""Of a column in a tile, on average: with more columns a tile is larger, as smaller requests cost as much."""
TILE_ROWS = (1_000, 16_000)
PARTITION_ROWS = 1 << 20
PARTITION_BYTES = 20_000_000
"""Target file size: static hosts accept up to 25 MB; the margin covers the error of the sample."""
FOOTER_BYTES = 280_000
MOST_BY_COLUMNS = 200
"""With more columns, these are so near to each other that reading a tile would read most of its file."""
SAMPLE_ROWS = 16_384
LEVEL = 6
"""zstd level: above it files hardly shrink and writing takes twice as long."""
TILE_ORDER = 24
MAGIC = 4
"""Length of the magic number at the start of a Parquet file."""
LONG_TEXT = 64
"""Longer texts have no minimum and maximum in the footer, which they would enlarge."""


@dataclass(frozen=True)
class Plan:
    """How a catalogue's Parquet files are written; the same for all partitions."""

    dictionary: list[str]
    encodings: dict[str, str]
    statistics: list[str]
    tile_bytes: int
    tile_rows: int
    partition_rows: int
    store_schema: bool
    by_columns: bool
    """Whether a file has one column after the other, rather than one tile after the other."""

    def fitted(self, written: list[Partition]) -> Plan:
        """Return the plan with the rows per tile adjusted to the partitions written so far."""
        per_row = sum(p.footer for p in written) / max(sum(p.rows for p in written), 1)
        return replace(self, tile_rows=_tile_rows(per_row, self.tile_bytes))

    def options(self) -> dict[str, Any]:
        return {
            "compression": "zstd",
            "compression_level": LEVEL,
            "use_dictionary": self.dictionary or False,
            "column_encoding": self.encodings or None,
            "write_statistics": self.statistics or False,
            "store_schema": self.store_schema,
            "version": "2.6",
            "data_page_size": 1 << 24,
            "dictionary_pagesize_limit": 1 << 22,
        }


def make_plan(sample: pa.Table, header: int, lengths: dict[str, int]) -> Plan:
    """Choose the encoding of each column that makes a sample of sorted rows smallest, and the tile size.

    `header` is the size in bytes of a footer without row groups; `lengths` are the numbers of characters of
    the longest value by text column.
    """
    schema = sample.schema
    dictionary, encodings = [], {}
    total = 0
    piece = sample.slice(0, min(sample.num_rows, 4096))
    for name in schema.names:
        kind = schema.field(name).type
        choices: list[tuple[int, int, str]] = []
        column = piece.select([name])
        # Repeated texts are read much faster from a dictionary, even if zstd makes them as small without one.
        repeats = is_text(kind) and pc.count_distinct(column.column(0)).as_py() < 0.3 * piece.num_rows
        for rank, encoding in enumerate(["DICTIONARY"] if repeats else _candidates(kind)):
            choices.append((_size(column, encoding), rank, encoding))
        size, _, best = min(choices)
        total += size
        if best == "DICTIONARY":
            dictionary.append(name)
        elif best != "PLAIN":
            encodings[name] = best
    useful = [f.name for f in schema if _prunes(f.type) and lengths.get(f.name, 0) <= LONG_TEXT]
    per_row = max(total / max(piece.num_rows, 1), 1)
    tile_bytes = min(max(TILE_BYTES[0], CHUNK_BYTES * len(schema)), TILE_BYTES[1])
    tile_rows = _tile_rows(per_row, tile_bytes)
    groups = max((FOOTER_BYTES - header) // (len(useful) * 130 + (len(schema) - len(useful)) * 75), 1)
    fitting = max(int(PARTITION_BYTES / per_row), tile_rows)
    partition_rows = min(PARTITION_ROWS, max(tile_rows * groups, tile_rows), fitting)
    return Plan(
        dictionary,
        encodings,
        useful,
        tile_bytes,
        tile_rows,
        partition_rows,
        keeps_schema(schema),
        len(schema) <= MOST_BY_COLUMNS,
    )


def keeps_schema(schema: pa.Schema) -> bool:
    """Return whether files must store the Arrow schema: Parquet has no arrays of fixed size."""
    return any(pa.types.is_fixed_size_list(f.type) for f in schema)


def _tile_rows(per_row: float, tile_bytes: int) -> int:
    per_row = max(per_row, 1)
    fewest = min(TILE_ROWS[0], max(PARTITION_BYTES / per_row, 1))
    return int(min(max(tile_bytes / per_row, fewest), TILE_ROWS[1]))


def _candidates(kind: pa.DataType) -> list[str]:
    if pa.types.is_boolean(kind) or is_array(kind):
        return ["PLAIN"]
    if pa.types.is_floating(kind):
        return ["DICTIONARY", "BYTE_STREAM_SPLIT", "PLAIN"]
    if pa.types.is_integer(kind) or pa.types.is_temporal(kind):
        return ["DICTIONARY", "DELTA_BINARY_PACKED", "PLAIN"]
    return ["DICTIONARY", "PLAIN"]


def _prunes(kind: pa.DataType) -> bool:
    """Return whether minimum and maximum of a tile help to skip it."""
    return is_number(kind) or is_text(kind) or pa.types.is_temporal(kind)


def _size(column: pa.Table, encoding: str) -> int:
    out = io.BytesIO()
    name = column.schema.names[0]
    pq.write_table(
        column,
        out,
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=encoding == "DICTIONARY",
        column_encoding=None if encoding in ("DICTIONARY", "PLAIN") else {name: encoding},
        write_statistics=False,
        store_schema=False,
        version="2.6",
    )
    meta = pq.ParquetFile(out).metadata
    return sum(
        meta.row_group(g).column(c).total_compressed_size
        for g in range(meta.num_row_groups)
        for c in range(meta.num_columns)
    )


class Rows:
    """A stream of batches from which exact numbers of rows are taken."""

    def __init__(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        self._batches, self.schema = batches, schema
        self._buffer: list[pa.RecordBatch] = []
        self._count = 0

    def _fill(self, rows: int) -> None:
        while self._count < rows and (batch := next(self._batches, None)) is not None:
            self._buffer.append(batch)
            self._count += batch.num_rows

    def peek(self, rows: int) -> pa.Table:
        """Return the next rows without removing them."""
        self._fill(rows)
        return pa.Table.from_batches(self._buffer, self.schema).slice(0, rows)

    def take(self, rows: int) -> pa.Table:
        table = self.peek(rows)
        self._count -= table.num_rows
        left = table.num_rows
        while self._buffer and left >= self._buffer[0].num_rows:
            left -= self._buffer.pop(0).num_rows
        if left:
            self._buffer[0] = self._buffer[0].slice(left)
        return table


def write_partition(table: pa.Table, plan: Plan, folder: Path, path: str, pixel: str | None) -> Partition:
    """Write rows as a file of equal tiles. `pixel` names the column of order-29 pixels."""
    # How rows arrived must not matter: an encoder may look at its limits at the end of each batch.
    table = table.combine_chunks()
    file, count = folder / path, table.num_rows
    file.parent.mkdir(parents=True, exist_ok=True)
    tiles = max(-(-count // plan.tile_rows), 1) if count else 0
    pixels: list[tuple[int | None, int | None]] = []
    content = pa.BufferOutputStream()
    with pq.ParquetWriter(content, table.schema, **plan.options()) as writer:
        for tile in range(tiles):
            first = count * tile // tiles
            part = table.slice(first, count * (tile + 1) // tiles - first)
            if pixel is not None:
                ends = pc.min_max(part.column(pixel)).as_py()
                shift = 2 * (29 - TILE_ORDER)
                pixels.append((ends["min"] >> shift, ends["max"] >> shift))
            else:
                pixels.append((None, None))
            writer.write_table(part, row_group_size=part.num_rows)
    written = memoryview(content.getvalue())
    file.write_bytes(side_by_side(written) if plan.by_columns and tiles > 1 else written)
    partition = row_groups(folder, path)
    partition.by_columns = plan.by_columns and tiles > 1
    partition.tiles = [
        tile._replace(first_pixel=lowest, last_pixel=highest)
        for tile, (lowest, highest) in zip(partition.tiles, pixels, strict=True)
    ]
    return partition


def row_groups(folder: Path, path: str) -> Partition:
    """Return a Parquet file's row groups as tiles without sky pixels, as if each followed the one before."""
    meta = pq.read_metadata(folder / path)
    tiles, footer = [], MAGIC
    for index in range(meta.num_row_groups):
        group = meta.row_group(index)
        length = sum(group.column(c).total_compressed_size for c in range(group.num_columns))
        tiles.append(Tile(footer, length, group.num_rows, None, None))
        footer += length
    size = (folder / path).stat().st_size
    return Partition(path=path, size=size, rows=meta.num_rows, footer=footer, tiles=tiles)
