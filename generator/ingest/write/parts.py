"""Write the files of a HATS catalogue that pages do not read: margins, and pairs of cross-matches."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .edges import Pixel
from .hats_files import partition_path
from .tiles import LEVEL, TILE_ROWS, keeps_schema


def write_part(folder: Path, pixel: Pixel, table: pa.Table) -> int:
    """Write the rows of a part of the sky, with the metadata of their schema; returns the number of bytes."""
    file = folder / partition_path(*pixel)
    file.parent.mkdir(parents=True, exist_ok=True)
    options = {"compression": "zstd", "compression_level": LEVEL, "version": "2.6"}
    with pq.ParquetWriter(file, table.schema, store_schema=keeps_schema(table.schema), **options) as writer:
        writer.write_table(table.combine_chunks(), row_group_size=TILE_ROWS[1])
        writer.add_key_value_metadata(table.schema.metadata or {})
    return file.stat().st_size
