"""spectra.json: the description of a set of spectra, read by pages before any spectrum."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import ConfigDict, Field

from .base import Bytes, Count, Format, Record, Texts, compact, in_script, write_whole

PhysicalType = Literal["INT32", "INT64", "FLOAT", "DOUBLE", "BYTE_ARRAY"]


class SpectraId(Record):
    """The id of spectra."""

    name: str = Field(description="Its column in packs, and its parameter in addresses.")
    datatype: Literal["long", "string"] = Field(description="Whole numbers of 64 bits, or texts.")


class MaskBit(Record):
    """The meaning of a bit of a mask."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str]

    bit: Count = Field(description="Counted from 0, the lowest.")
    name: str = Field(description="Name in the pipeline. Further members: the meaning by language code.")


class SpectrumLayout(Record):
    """A layout of source files."""

    masks: dict[str, list[MaskBit]] = Field(description="By column, the bits of a mask.")


class PackColumn(Record):
    """A column of the packs. Each is one page of a row group, in this order."""

    name: str = Field(description="As in the Parquet files.")
    type: PhysicalType = Field(description="Physical type of Parquet; for arrays, of their elements.")
    array: bool = Field(description="A list in each row.")
    optional: bool = Field(description="May be NULL.")
    encoding: Literal["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"] = Field(
        description="Of its values."
    )
    codec: Literal["UNCOMPRESSED", "ZSTD"] = Field(description="Of its page.")


class SpectraGrid(Record):
    """Wavelengths shared by many spectra: a row group of grids.parquet."""

    offset: Bytes = Field(description="First byte in the file.")
    bytes: Bytes = Field(description="Length.")
    pixels: Count = Field(description="Wavelengths of the grid.")


class SpectraGrids(Record):
    """The file of grids."""

    path: str = Field(description="In the set's folder.")
    size: Bytes = Field(description="Of the whole file.")
    footer: Bytes = Field(description="Where the footer begins.")
    type: Literal["FLOAT", "DOUBLE"] = Field(description="Of the wavelengths.")
    grids: list[SpectraGrid] = Field(description="In the order of their numbers.")


class SpectraIndexFile(Record):
    """A Parquet file of ids in ascending order, each with the position of its spectrum."""

    path: str = Field(description="In the set's folder.")
    size: Bytes = Field(description="Of the whole file.")
    footer: Bytes = Field(description="Where the footer begins.")
    rows: Count = Field(description="Spectra in it.")
    first: str = Field(description="The first id, as text.")
    last: str = Field(description="The last id, inclusive.")


class SpectraTwin(Record):
    """Bytes of grids or index contained in chunks/index/NNNNNN.js, numbered by its place in the list."""

    path: str = Field(description="The file, in the set's folder.")
    offset: Bytes = Field(description="First byte.")
    bytes: Bytes = Field(description="Length.")


class Shipped(Record):
    """Original files published with the packs."""

    files: Count = Field(description="How many.")
    bytes: Bytes = Field(description="Of all.")


class LeftOutFile(NamedTuple):
    """A source file that could not be read."""

    path: Annotated[str, Field(description="Relative to the release's folder.")]
    why: Annotated[str, Field(description="What is wrong with it.")]


class SpectraLeftOut(Record):
    """Source files that are not in the set."""

    count: Count = Field(description="How many.")
    files: list[LeftOutFile] = Field(description="The first 1,000; empty if something is withheld.")


class PartOf(Record):
    """The larger set from which a medium contains a part."""

    spectra: Count = Field(description="Of the larger set.")
    where: str | None = Field(
        description="The SQL condition that selected them; null if they were chosen to fit the disc."
    )


class Spectra(Format):
    """A set of packed spectra."""

    FILE: ClassVar[str] = "spectra.json"
    SCRIPT: ClassVar[str] = "spectra.js"

    name: str = Field(description="In addresses and names of folders.")
    title: Texts = Field(description="By language.")
    description: Texts = Field(description="By language.")
    catalogue: str | None = Field(description="The catalogue whose rows these are spectra of.")
    simulated: bool = Field(description="Drawn by drportal, not observed.")
    id: SpectraId = Field(description="Identifies a spectrum.")
    spectra: Count = Field(description="How many.")
    parts: Count = Field(description="Arms and exposures of all.")
    pixels: Count = Field(description="Of all parts.")
    packs: Count = Field(description="Parquet files packs/NNN/NNNNNN.parquet, numbered from 0.")
    bytes: Bytes = Field(description="Of the packs.")
    wavelength_unit: str = Field(description="In VOUnit syntax.")
    flux_unit: str = Field(description='In VOUnit syntax; "" if it is not known or differs.')
    layouts: dict[str, SpectrumLayout] = Field(description="Of the source files, by name.")
    columns: list[PackColumn] = Field(description="Of the packs, in the order of their pages.")
    grids: SpectraGrids | None = Field(description="null if no spectra share wavelengths.")
    index: list[SpectraIndexFile] = Field(description="In the order of ids.")
    twins: list[SpectraTwin] = Field(description="In the order of their numbers.")
    originals: bool = Field(description="Whether original files are published with the packs.")
    shipped: Shipped = Field(description="Those original files.")
    scripts: Bytes = Field(description="Of the script twins of the packs.")
    left_out: SpectraLeftOut = Field(description="Source files that could not be used.")
    part_of: PartOf | None = Field(default=None, description="Present in a part of a larger set.")

    def write(self, folder: Path) -> None:
        """Write spectra.json, and the same as a script."""
        text = in_script(compact(self.members()))
        write_whole(folder / self.FILE, text.encode() + b"\n")
        write_whole(folder / self.SCRIPT, f"drportal.spectra({text});\n".encode())
