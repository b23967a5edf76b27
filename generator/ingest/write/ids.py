"""Write files sorted by id that give the tile of each row, so that one id is found without reading the rest.

They are Parquet, so that any program can use them: `id`, and `tile`, the number of a row group counted over
all partitions in the order of catalogue.json. Each row group is a page, small enough to be read for one id;
footers give the range of ids of each page. Pages are not compressed: delta-encoded sorted ids hardly
shrink further, and such a page can be read without a decompression library.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ...files import in_parallel
from ...formats import ColumnStatistics, FoundRoles, IdIndex, IdIndexFile, Partition, Repeated
from ...formats.base import Format
from ...model import CatalogueSource
from ...model.strict import NAME, portable
from ...problems import InputError, Problem
from ..values.as_json import plain
from ..values.fields import Field, is_array, is_text
from ..values.missing import Sentinel
from .order import sort_batches
from .tiles import Rows, row_groups

PAGE_ROWS = 8192
TEXT_PAGE_ROWS = 4096
PAGE_TEXT_BYTES = 100_000
FILE_PAGES = 64
SELECTIVE = 0.1
"""A column that is an id only by name or UCD is indexed if the ratio of distinct values to rows is higher."""
BATCH_ROWS = 1 << 17
READ_AT_ONCE = 2
"""Partitions."""
SORTED_HERE = 1 << 24
"""Rows of numbers that NumPy sorts, with 32 bytes each: a third of the time that DuckDB takes."""


class Indexes(Format):
    """The indexes of a catalogue, as stored between builds."""

    FILE: ClassVar[str] = "ids.json"

    ids: list[IdIndex]
    """Their description in catalogue.json."""
    files: list[Partition]
    """All their files."""
    distinct: dict[str, int]
    """Number of distinct ids by column."""
    repeated: Repeated | None = None
    """Objects observed more than once; its file is the last one."""


_UCD = re.compile(r"meta\.id(\..*|;.*)?", re.I)
_NAME = re.compile(r"uid|(.*_)?source_?id|gp_id", re.I)


def indexable(field: Field) -> bool:
    """Return whether ids of this column's type can be looked up."""
    return not is_array(field.type) and (is_text(field.type) or pa.types.is_integer(field.type))


def check_index(spec: CatalogueSource, fields: list[Field], file: Path, place: str) -> None:
    """Check the columns named in `index`. Raises InputError if one does not exist or cannot be an id."""
    by_name = {f.name: f for f in fields}
    problems = []
    for name in spec.index or []:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name, n=3, cutoff=0.5)
            fix = f"did you mean {' or '.join(near)}?" if near else "name columns of the source"
            problems.append(Problem(str(file), f"{place}.index", f"no column {name!r}", fix))
        elif not indexable(by_name[name]):
            what = f"{name!r} is of type {by_name[name].type}"
            fix = "name columns of whole numbers or text"
            problems.append(Problem(str(file), f"{place}.index", what, fix))
    if problems:
        raise InputError(problems)


def index_columns(
    spec: CatalogueSource, fields: list[Field], roles: FoundRoles, measured: list[ColumnStatistics]
) -> list[Field]:
    """Return the columns to index: those named in release.toml, else the catalogue's ids and cross-ids.

    `measured` are the column statistics.
    """
    if spec.index is not None:
        return [f for f in fields if f.name in spec.index]
    counts = {c.name: (c.distinct, c.rows) for c in measured}

    def chosen(field: Field) -> bool:
        if not indexable(field):
            return False
        distinct, rows = counts[field.name]
        if field.name in (roles.id, roles.designation):
            return bool(distinct)
        named = _NAME.fullmatch(field.name) or _UCD.fullmatch((field.ucd or "").strip())
        return bool(named and distinct and distinct >= SELECTIVE * rows)

    return [f for f in fields if chosen(f)]


@dataclass(frozen=True)
class IdColumn:
    """A column of ids to be indexed."""

    field: Field
    missing: list[Sentinel]
    longest: int
    """Number of characters of the longest text."""
    folder: str
    """Folder of its files in that of the catalogue."""


Made = tuple[IdIndex, list[Partition], int]
"""The index of a column: its description, its files, and the number of distinct ids."""


def id_columns(columns: list[tuple[Field, list[Sentinel]]], lengths: dict[str, int]) -> list[IdColumn]:
    """Return the columns to be indexed.

    `columns` are paired with their missing values, `lengths` are the numbers of characters of the longest
    value by text column.
    """
    folders = folder_names([field for field, _ in columns])
    return [
        IdColumn(field, missing, lengths.get(field.name, 0), folder)
        for (field, missing), folder in zip(columns, folders, strict=True)
    ]


def indexes(made: Iterable[Made]) -> Indexes:
    """Return the description of the indexes of all columns."""
    about_ids, files, distinct = list[IdIndex](), list[Partition](), dict[str, int]()
    for one, own, count in made:
        distinct[one.column] = count
        about_ids.append(one)
        files += own
    return Indexes(ids=about_ids, files=files, distinct=distinct)


def write_index(
    out: Path,
    rows: Path,
    partitions: list[Partition],
    column: IdColumn,
    database: duckdb.DuckDBPyConnection,
    progress: Callable[[str, int, int], None],
) -> Made:
    """Write the index of one column into `out`. `rows` is the folder of the partitions.

    NULL and missing values are left out; an id that occurs in several rows of a tile is listed once.
    """
    field, missing, longest, folder = column.field, column.missing, column.longest, column.folder
    # Signed numbers of any width are encoded alike; nothing is wider than uint64.
    kind = field.type if is_text(field.type) or pa.types.is_uint64(field.type) else pa.int64()
    schema = pa.schema([pa.field("id", kind, nullable=False), pa.field("tile", pa.int32(), nullable=False)])
    total = sum(p.rows for p in partitions)
    page = PAGE_ROWS
    if is_text(kind):
        page = min(TEXT_PAGE_ROWS, max(PAGE_TEXT_BYTES // max(longest, 1), 64))
    # A look-up reads one file's footer; catalogue.json lists the ends of each file: both stay small.
    pages = max(FILE_PAGES, math.isqrt(total // page))
    entries = _entries(rows, partitions, field, missing, schema)
    step = f"index of {field.name}"
    entries = _reported(entries, step, sum(len(p.tiles) for p in partitions), progress)
    if total <= SORTED_HERE and not is_text(kind):
        entries = _sorted_numbers(entries, schema)
    else:
        entries = sort_batches(database, entries, schema, ["id", "tile"], BATCH_ROWS)
    ordered = Rows(entries, schema)
    files: list[Partition] = []
    about: list[IdIndexFile] = []
    distinct, former = 0, None
    while ordered.peek(1).num_rows:
        path = f"{folder}/{len(files):04d}.parquet"
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        first = ordered.peek(1).column("id")[0].as_py()
        last, ids = _write_file(out / path, ordered, page, pages, schema, field)
        distinct, former = distinct + ids - (first == former), last
        file = row_groups(out, path)
        files.append(file)
        about.append(
            IdIndexFile(path=path, size=file.size, footer=file.footer, first=plain(first), last=plain(last))
        )
    return IdIndex(column=field.name, rows=sum(f.rows for f in files), files=about), files, distinct


def _reported(
    batches: Iterator[pa.RecordBatch], stage: str, total: int, progress: Callable[[str, int, int], None]
) -> Iterator[pa.RecordBatch]:
    """Yield the same batches, one for each of `total` tiles, and report progress."""
    for number, batch in enumerate(batches, start=1):
        progress(stage, number, total)
        yield batch


def folder_names(fields: list[Field]) -> list[str]:
    """Return a folder for each column's index, named after the column if every file system allows that."""
    names: list[str] = []
    for number, field in enumerate(fields):
        name = field.name.lower()
        usable = NAME.fullmatch(name) and portable(name) and f"ids/{name}" not in names
        names.append(f"ids/{name}" if usable else f"ids/{number}")
    return names


def _entries(
    rows: Path, partitions: list[Partition], field: Field, missing: list[Sentinel], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Yield the id and tile of each row, read from the Parquet files that were written."""
    absent = pa.array(missing, field.type) if missing else None
    before = np.cumsum([0, *(len(p.tiles) for p in partitions)]).tolist()

    def read(one: tuple[Partition, int]) -> list[pa.RecordBatch]:
        partition, tile = one
        found = []
        with pq.ParquetFile(rows / partition.path) as file:
            for group in range(len(partition.tiles)):
                ids = file.read_row_group(group, columns=[field.name]).column(field.name).combine_chunks()
                ids = ids.drop_null()
                if absent is not None:
                    ids = ids.filter(pc.invert(pc.is_in(ids, value_set=absent)))
                # Rows of one object are usually in one tile: removing duplicates here leaves less to sort.
                ids = pc.unique(ids) if is_text(field.type) else pa.array(_distinct(ids.to_numpy()))
                ids = ids.cast(schema.field("id").type)
                tiles = pa.array(np.full(len(ids), tile + group, np.int32))
                found.append(pa.RecordBatch.from_arrays([ids, tiles], schema=schema))
        return found

    for batches in in_parallel(read, zip(partitions, before, strict=False), READ_AT_ONCE):
        yield from batches


def _distinct(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return the distinct numbers in order. Sorting takes a fifth of the time of a hash table, as in
    `numpy.unique`.
    """
    ordered = np.sort(numbers)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _sorted_numbers(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows in the order of ids, those of one id in the order of tiles."""
    table = pa.Table.from_batches(batches, schema)
    ids, tiles = (column.to_numpy() for column in table.itercolumns())
    order = np.argsort(ids)
    found = ids[order]
    if (found[1:] == found[:-1]).any():
        order = np.lexsort((tiles, ids))
    tiles = tiles[order]
    for first in range(0, len(order), BATCH_ROWS):
        part = [pa.array(values[first : first + BATCH_ROWS]) for values in (found, tiles)]
        yield pa.RecordBatch.from_arrays(part, schema=schema)


def _write_file(
    file: Path, rows: Rows, page: int, pages: int, schema: pa.Schema, field: Field
) -> tuple[Any, int]:
    """Write the next ids; return the last of them, and how many are distinct."""
    text = is_text(schema.field("id").type)
    last: Any = None
    distinct = 0
    with pq.ParquetWriter(
        file,
        schema,
        compression="none",
        use_dictionary=False,
        column_encoding={
            "id": "DELTA_BYTE_ARRAY" if text else "DELTA_BINARY_PACKED",
            "tile": "DELTA_BINARY_PACKED",
        },
        write_statistics=["id"],
        store_schema=False,
        version="2.6",
        data_page_size=1 << 24,
    ) as writer:
        writer.add_key_value_metadata(
            {"column": field.name, "tile": "row group, counted through all partitions in their order"}
        )
        for _ in range(pages):
            table = rows.take(page)
            if not table.num_rows:
                break
            ids = table.column("id")
            distinct += 1 + (pc.sum(pc.not_equal(ids[1:], ids[:-1])).as_py() or 0) - (ids[0].as_py() == last)
            last = ids[-1].as_py()
            writer.write_table(table, row_group_size=page)
    return last, distinct
