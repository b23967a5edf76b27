"""Write Parquet files with new footers that contain words of a release; the rows' bytes are unchanged."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from ...formats import Partition
from .tiles import MAGIC, keeps_schema

COPIED = 1 << 26
"""Bytes per read."""


def write_described(rows: Path, partition: Partition, schema: pa.Schema, out: Path) -> Partition:
    """Copy a file of `rows` to the folder `out`, with the metadata of `schema` in its footer.

    Rows are not decoded: pages, offsets, row groups and statistics are the same.
    """
    file = out / partition.path
    file.parent.mkdir(parents=True, exist_ok=True)
    footer = _footer(rows / partition.path, schema)
    body = max(partition.footer, MAGIC)
    with (rows / partition.path).open("rb") as source, file.open("wb") as target:
        _copy(source, target, body)
        target.write(footer)
    return partition.model_copy(update={"size": body + len(footer)})


def _footer(file: Path, schema: pa.Schema) -> bytes:
    """Return the end of a Parquet file, after its last row group, with other metadata."""
    empty, whole = io.BytesIO(), io.BytesIO()
    with pq.ParquetWriter(empty, schema, store_schema=keeps_schema(schema), version="2.6") as writer:
        writer.add_key_value_metadata(schema.metadata)
    metadata = pq.read_metadata(empty)
    metadata.append_row_groups(pq.read_metadata(file))
    metadata.write_metadata_file(whole)
    return whole.getvalue()[MAGIC:]


def _copy(source: BinaryIO, target: BinaryIO, count: int) -> None:
    """Copy the first bytes of a file, sharing them on disk where the file system supports it."""
    done = 0
    with contextlib.suppress(OSError, AttributeError):  # not supported by every system or file system
        while done < count:
            more = os.copy_file_range(source.fileno(), target.fileno(), min(count - done, COPIED), done, done)
            if not more:
                break
            done += more
    source.seek(done)
    target.seek(done)
    while done < count:
        piece = source.read(min(count - done, 1 << 20))
        if not piece:
            raise OSError(f"{source.name}: is shorter than it was")
        target.write(piece)
        done += len(piece)
