"""Write the index of a set: small Parquet files sorted by id with the position of each spectrum.

As in the indexes of catalogues, a row group is an uncompressed page that is read for one id and is found
by the footer of its file; the set's description lists the first and last id of every file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..formats.spectra import SpectraIndexFile
from ..ingest.write.tiles import row_groups

PAGE_ROWS = 2048
TEXT_PAGE_ROWS = 1024
FILE_PAGES = 32
COLUMNS = {
    "pack": pa.int32(),
    "offset": pa.int64(),
    "bytes": pa.int32(),
    "more": pa.int32(),
    "chunk": pa.int32(),
    "at": pa.int32(),
}


def write_index(
    out: Path, notes: Iterator[tuple[int, dict[str, Any]]], whole: bool, total: int
) -> list[SpectraIndexFile]:
    """Write the index of all packs below `out`; return the description of its files."""
    schema = pa.schema(
        [pa.field("id", pa.int64() if whole else pa.string(), nullable=False)]
        + [pa.field(n, t, nullable=False) for n, t in COLUMNS.items()]
    )
    page = PAGE_ROWS if whole else TEXT_PAGE_ROWS
    # A look-up reads one footer; the description lists the ends of every file: both stay small.
    pages = max(FILE_PAGES, math.isqrt(total // page))
    rows = _tables(notes, schema)
    pending = next(rows, None)
    files: list[SpectraIndexFile] = []
    while pending is not None and pending.num_rows:
        path = f"index/{len(files):04d}.parquet"
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        first, last, count = pending.column("id")[0].as_py(), None, 0
        unfinished = out / f"{path}.part"
        unfinished.unlink(missing_ok=True)
        with pq.ParquetWriter(unfinished, schema, **_writing(whole)) as writer:
            for _ in range(pages):
                while pending.num_rows < page and (more := next(rows, None)) is not None:
                    pending = pa.concat_tables([pending, more])
                if not pending.num_rows:
                    break
                table, pending = pending.slice(0, page), pending.slice(page)
                writer.write_table(table, row_group_size=page)
                count += table.num_rows
                last = table.column("id")[-1].as_py()
        unfinished.replace(out / path)
        if not pending.num_rows:
            pending = next(rows, None)
        file = row_groups(out, path)
        files.append(
            SpectraIndexFile(
                path=path,
                size=file.size,
                footer=file.footer,
                rows=count,
                first=str(first),
                last=str(last),
            )
        )
    return files


def _tables(notes: Iterator[tuple[int, dict[str, Any]]], schema: pa.Schema) -> Iterator[pa.Table]:
    for number, note in notes:
        if note["ids"]:
            columns = {"id": note["ids"], "pack": [number] * len(note["ids"])}
            columns |= {n: note[n] for n in COLUMNS if n != "pack"}
            yield pa.table(columns, schema=schema)


def _writing(whole: bool) -> dict[str, Any]:
    packed = dict.fromkeys(COLUMNS, "DELTA_BINARY_PACKED")
    packed["id"] = "DELTA_BINARY_PACKED" if whole else "DELTA_BYTE_ARRAY"
    return {
        "compression": "none",
        "use_dictionary": False,
        "column_encoding": packed,
        "write_statistics": ["id"],
        "store_schema": False,
        "version": "2.6",
        "data_page_size": 1 << 24,
    }
