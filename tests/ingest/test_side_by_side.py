"""Parquet files with one column after the other, read by other programs."""

from __future__ import annotations

import io
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.table import Table

from drportal.ingest.write.side_by_side import side_by_side

ROWS = 5000
GROUP = 700


def table() -> pa.Table:
    random = np.random.default_rng(3)
    number = pa.array([None if i % 7 == 0 else i for i in range(ROWS)], pa.int64())
    return pa.table(
        {
            "id": np.arange(ROWS) * 3,
            "flux": random.normal(size=ROWS).astype("f4"),
            "class": np.array(["STAR", "QSO", "GALAXY"])[random.integers(0, 3, ROWS)],
            "a.b": random.normal(size=ROWS),
            "number": number,
            "nothing": pa.nulls(ROWS, pa.float64()),
            "pair": pa.StructArray.from_arrays([number, pa.array(np.arange(ROWS) % 5)], ["low", "high"]),
            "list": pa.array([[float(k) for k in range(i % 4)] for i in range(ROWS)]),
            "flag": np.arange(ROWS) % 2 == 0,
        }
    )


def written(rows: pa.Table) -> tuple[bytes, bytes]:
    """A file as pyarrow writes it, and by columns."""
    out = io.BytesIO()
    encodings = {"id": "DELTA_BINARY_PACKED", "flux": "BYTE_STREAM_SPLIT"}
    pq.write_table(
        rows,
        out,
        row_group_size=GROUP,
        compression="zstd",
        use_dictionary=["class"],
        column_encoding=encodings,
    )
    return out.getvalue(), bytes(side_by_side(memoryview(out.getvalue())))


def starts(meta: pq.FileMetaData, column: int) -> list[tuple[int, int]]:
    """First byte of a column chunk in each row group, and the byte after it."""
    chunks = [meta.row_group(group).column(column) for group in range(meta.num_row_groups)]
    first = [min(c.data_page_offset, c.dictionary_page_offset or c.data_page_offset) for c in chunks]
    return [(at, at + c.total_compressed_size) for at, c in zip(first, chunks, strict=True)]


def test_values_and_footers_are_the_same_but_for_the_order() -> None:
    rows = table()
    former, moved = written(rows)
    assert pq.read_table(io.BytesIO(moved)).equals(rows)
    old, new = pq.read_metadata(io.BytesIO(former)), pq.read_metadata(io.BytesIO(moved))
    assert (new.num_row_groups, new.num_columns) == (old.num_row_groups, old.num_columns)
    assert new.schema.equals(old.schema)
    assert new.metadata == old.metadata
    one = new.to_dict()["row_groups"], old.to_dict()["row_groups"]
    for ours, theirs in zip(*one, strict=True):
        for a, b in zip(ours["columns"], theirs["columns"], strict=True):
            for key in ("data_page_offset", "dictionary_page_offset", "file_offset"):
                del a[key], b[key]
            assert a == b


def test_a_column_is_one_range() -> None:
    meta = pq.read_metadata(io.BytesIO(written(table())[1]))
    end, names = 4, [meta.schema.column(c).path for c in range(meta.num_columns)]
    for column, name in enumerate(names):
        if name.startswith("pair."):  # its two leaves stay together
            continue
        for start, after in starts(meta, column):
            assert start == end
            end = after
        if name == "nothing":
            pairs = zip(starts(meta, column + 1), starts(meta, column + 2), strict=True)
            for (low, middle), (begin, after) in pairs:
                assert (low, middle) == (end, begin)
                end = after


def test_moved_again_nothing_changes() -> None:
    moved = written(table())[1]
    assert side_by_side(memoryview(moved)) == moved


def test_large_offsets() -> None:
    """Numbers in the footer take more bytes than before."""
    rows = pa.table({f"c{i}": np.random.default_rng(i).normal(size=40_000) for i in range(9)})
    moved = written_plain(rows)
    assert pq.read_table(io.BytesIO(moved)).equals(rows)


def written_plain(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(rows, out, row_group_size=100, use_dictionary=False, compression="none")
    return side_by_side(memoryview(out.getvalue()))


def test_duckdb_and_astropy_read_it(tmp_path: Path) -> None:
    rows = table()
    for name, content in zip(("former", "moved"), written(rows), strict=True):
        (tmp_path / f"{name}.parquet").write_bytes(content)
    connection = duckdb.connect()
    for columns in ("*", '"class", "a.b", pair', "list"):
        found = [
            connection.execute(f"SELECT {columns} FROM '{tmp_path}/{name}.parquet'").fetchall()
            for name in ("former", "moved")
        ]
        assert found[0] == found[1]
    kept = connection.execute(f"SELECT id FROM '{tmp_path}/moved.parquet' WHERE id BETWEEN 2997 AND 3003")
    assert [value for (value,) in kept.fetchall()] == [2997, 3000, 3003]
    read = Table.read(tmp_path / "moved.parquet", include_names=["id", "flux", "class"])
    for name in read.colnames:
        assert read[name].tolist() == rows[name].to_pylist()
