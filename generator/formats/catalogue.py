"""catalogue.json: what a page must know of a catalogue before it opens a file of it."""

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
    compact,
    in_script,
    write_whole,
)


class CatalogueColumn(Record):
    """A column, as the schema describes it."""

    name: str = Field(description="As in the Parquet files.")
    datatype: Datatype = Field(description="The narrowest Felis datatype; of arrays, of their elements.")
    unit: str | None = Field(description="In VOUnit syntax, where the source or the schema says one.")
    ucd: str | None = Field(description="UCD1+, where one is known.")
    description: str | None = Field(description="Of the schema, else of the source.")
    missing: list[Mark] = Field(description='Values that mean "nothing", as release.toml declares them.')
    marked: list[Mark] = Field(description="Those of `missing` that the column has; of arrays, all.")
    arraysize: str | None = Field(description="As VOTable writes it; null for single values.")
    unsigned: bool = Field(default=False, description="Whole numbers of 64 bits without a sign.")
    scale: Count = Field(
        default=0, description="Digits behind the point: of decimals, and 9 of times in nanoseconds."
    )


class Position(Record):
    """The columns of the position."""

    ra: str = Field(description="Column of the right ascension, ICRS, in degrees.")
    dec: str = Field(description="Column of the declination, ICRS, in degrees.")


class Tile(NamedTuple):
    """A row group: about 0.4 MB, compact on the sky."""

    offset: Annotated[Bytes, Field(description="First byte in the file.")]
    bytes: Annotated[Bytes, Field(description="Length.")]
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
    footer: Bytes = Field(description="Where the footer begins: the end of the last tile.")
    tiles: list[Tile] = Field(description="Row groups in the order of the file.")


class IdIndexFile(Record):
    """A Parquet file of ids in ascending order, each with the number of the tile that has it."""

    path: str = Field(description="In the catalogue's folder.")
    size: Bytes = Field(description="Of the whole file.")
    footer: Bytes = Field(description="Where the footer begins.")
    first: int | str = Field(description="The first id; a number beyond 2^53 is text.")
    last: int | str = Field(description="The last id, inclusive.")


class IdIndex(Record):
    """Where ids of a column are looked up without reading the rows."""

    column: str = Field(description="The column of ids.")
    rows: Rows = Field(description="Pairs of id and tile in all files.")
    files: list[IdIndexFile] = Field(description="In the order of ids.")


class Chunk(NamedTuple):
    """A script twin: the bytes that chunks/NNNN.js carries, by its place in the list."""

    file: Annotated[Count, Field(description="Counted through the partitions, then the files of `ids`.")]
    offset: Annotated[Bytes, Field(description="First byte in the file.")]
    bytes: Annotated[Bytes, Field(description="Length.")]


class Catalogue(Format):
    """A catalogue: its columns, and where which rows are."""

    FILE: ClassVar[str] = "catalogue.json"
    SCRIPT: ClassVar[str] = "catalogue.js"

    name: str = Field(description="In addresses, SQL and names of folders.")
    rows: Rows = Field(description="In all partitions.")
    position: Position | None = Field(description="null where rows have no place on the sky.")
    id: str | None = Field(description="Column of the role `id`.")
    columns: list[CatalogueColumn] = Field(description="In the order of the source, without `_healpix_29`.")
    partitions: list[Partition] = Field(description="In the order of the rows.")
    ids: list[IdIndex] = Field(description="Indexes of columns of ids.")
    chunks: list[Chunk] = Field(description="Script twins in the order of their numbers.")
    bytes: Bytes = Field(description="Of the partitions.")
    content: str = Field(
        default="",
        description="The same where rows and statistics are the same, whatever is said of them in words.",
    )

    def write(self, folder: Path) -> None:
        """catalogue.json, and the same as a script."""
        text = in_script(compact(self.members()))
        write_whole(folder / self.FILE, text.encode() + b"\n")
        write_whole(folder / self.SCRIPT, f"drportal.catalogue({text});\n".encode())
