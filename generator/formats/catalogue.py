"""catalogue.json: the description of a catalogue, read by pages before any other of its files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, NamedTuple

from pydantic import Field

from .base import (
    Bytes,
    Count,
    Datatype,
    Format,
    Mark,
    Pixel,
    Record,
    Rows,
    Value,
    compact,
    in_script,
    write_whole,
)


class Known(NamedTuple):
    """What is known of a column's values, without those that mean missing."""

    type: Annotated[
        str, Field(description="DuckDB's type of numbers, texts, dates and truth values; empty for others.")
    ]
    values: Annotated[Rows, Field(description="Rows with a value.")]
    min: Annotated[
        Value, Field(description="The least value; null without values, or where it is not known exactly.")
    ]
    max: Annotated[Value, Field(description="The greatest, likewise.")]


class CatalogueColumn(Record):
    """A column, as the schema describes it."""

    name: str = Field(description="As in the Parquet files.")
    datatype: Datatype = Field(description="The narrowest Felis datatype; for arrays, of their elements.")
    unit: str | None = Field(description="In VOUnit syntax, if the source or the schema has one.")
    ucd: str | None = Field(description="UCD1+, if known.")
    description: str | None = Field(description="From the schema, else from the source.")
    missing: list[Mark] = Field(description="Missing values, as declared in release.toml.")
    marked: list[Mark] = Field(description="Those of `missing` that occur in the column; for arrays, all.")
    arraysize: str | None = Field(description="As in VOTable; null for single values.")
    unsigned: bool = Field(default=False, description="Unsigned 64-bit integers.")
    scale: Count = Field(
        default=0, description="Digits after the decimal point: of decimals, and 9 for times in nanoseconds."
    )
    known: Known | None = Field(
        default=None, description="From the statistics, for questions that need no rows; null for arrays."
    )


class Position(Record):
    """The columns of the position."""

    ra: str = Field(description="Column of the right ascension, ICRS, in degrees.")
    dec: str = Field(description="Column of the declination, ICRS, in degrees.")


class Tile(NamedTuple):
    """A row group, compact on the sky: 0.4 to 4 MB, more for more columns."""

    offset: Annotated[
        Bytes,
        Field(description="First byte in the file; in one by columns, its first byte if it were not."),
    ]
    bytes: Annotated[Bytes, Field(description="Of all its columns.")]
    rows: Annotated[Rows, Field(description="How many.")]
    first_pixel: Annotated[
        Pixel | None, Field(description="Lowest pixel of its rows, order 24, nested; null without positions.")
    ]
    last_pixel: Annotated[Pixel | None, Field(description="Highest, inclusive.")]


class Partition(Record):
    """A Parquet file with some of the rows."""

    path: str = Field(description="In the catalogue's folder.")
    size: Bytes = Field(description="Of the whole file.")
    rows: Rows = Field(description="How many.")
    footer: Bytes = Field(description="Where the footer begins: the end of the rows.")
    by_columns: bool = Field(
        default=False,
        description="Whether the file has one column after the other, each with all tiles; "
        "otherwise it has one tile after the other.",
    )
    tiles: list[Tile] = Field(description="Row groups in the order of the file.")


class IdIndexFile(Record):
    """A Parquet file of ids in ascending order, each with the number of its tile."""

    path: str = Field(description="In the catalogue's folder.")
    size: Bytes = Field(description="Of the whole file.")
    footer: Bytes = Field(description="Where the footer begins.")
    first: int | str = Field(description="The first id; a number beyond 2^53 is text.")
    last: int | str = Field(description="The last id, inclusive.")


class IdIndex(Record):
    """An index of a column of ids, to look up rows without reading all of them."""

    column: str = Field(description="The id column.")
    rows: Rows = Field(description="Pairs of id and tile in all files.")
    files: list[IdIndexFile] = Field(description="In the order of ids.")


class Repeated(Record):
    """A Parquet file of the ids of rows whose object was observed more than once, in ascending order."""

    path: str = Field(description="In the catalogue's folder.")
    size: Bytes = Field(description="Of the whole file.")
    footer: Bytes = Field(description="Where the footer begins.")
    rows: Rows = Field(description="Ids in it.")
    objects: list[str] = Field(
        description="Columns that identify objects: one of them has the same value with another id."
    )


class Chunk(NamedTuple):
    """A script twin: the bytes contained in chunks/NNNN.js, numbered by its place in the list."""

    file: Annotated[
        Count, Field(description="Counted over the partitions, the files of `ids`, then that of `repeated`.")
    ]
    offset: Annotated[Bytes, Field(description="First byte in the file.")]
    bytes: Annotated[Bytes, Field(description="Length.")]


class Catalogue(Format):
    """A catalogue: its columns, and the files that contain its rows."""

    FILE: ClassVar[str] = "catalogue.json"
    SCRIPT: ClassVar[str] = "catalogue.js"
    FOOTERS: ClassVar[str] = "footers.bin"

    name: str = Field(description="In addresses, SQL and names of folders.")
    rows: Rows = Field(description="In all partitions.")
    position: Position | None = Field(description="null if rows have no sky position.")
    id: str | None = Field(description="Column with the role `id`.")
    columns: list[CatalogueColumn] = Field(description="In the order of the source, without `_healpix_29`.")
    default_columns: list[str] = Field(
        default=[],
        description="Those to show first: chosen by the release or its schema, or the most important ones.",
    )
    partitions: list[Partition] = Field(description="In the order of the rows.")
    footers: list[Bytes] = Field(
        default=[],
        description="Length of each partition's footer in footers.bin, where each is compressed (zlib).",
    )
    ids: list[IdIndex] = Field(description="Indexes of id columns.")
    repeated: Repeated | None = Field(
        default=None, description="Objects observed more than once, if there are any and ids say so."
    )
    chunks: list[Chunk] = Field(description="Script twins in the order of their numbers.")
    bytes: Bytes = Field(description="Of the partitions.")
    content: str = Field(
        default="",
        description="Digest of rows and statistics, independent of descriptions.",
    )

    def write(self, folder: Path) -> None:
        """Write catalogue.json, and the same as a script."""
        text = in_script(compact(self.members()))
        write_whole(folder / self.FILE, text.encode() + b"\n")
        write_whole(folder / self.SCRIPT, f"drportal.catalogue({text});\n".encode())
