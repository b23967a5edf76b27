"""Parquet files with the words of a release: the bytes of the rows as they are, and a footer of their own."""

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
"""Bytes asked for at a time."""


def write_described(rows: Path, partition: Partition, schema: pa.Schema, out: Path) -> Partition:
    """Write a file of `rows` once more below `out`, with the metadata of `schema` in its footer.

    No row is decoded: the same pages at the same places, so the same row groups and statistics.
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
    """The end of a Parquet file with other metadata: what follows its last row group."""
    empty, whole = io.BytesIO(), io.BytesIO()
    with pq.ParquetWriter(empty, schema, store_schema=keeps_schema(schema), version="2.6") as writer:
        writer.add_key_value_metadata(schema.metadata)
    metadata = pq.read_metadata(empty)
    metadata.append_row_groups(pq.read_metadata(file))
    metadata.write_metadata_file(whole)
    return whole.getvalue()[MAGIC:]


def _copy(source: BinaryIO, target: BinaryIO, count: int) -> None:
    """Copy the first bytes of a file; where the file system can, both share them on disk."""
    done = 0
    with contextlib.suppress(OSError, AttributeError):  # not every system or file system has it
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
