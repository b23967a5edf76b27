"""The JSON in pages: elements `<script type="application/json">`, each for the scripts of its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, RootModel

from .base import Bytes, Count, Datatype, Mark, Order, Record, Rows
from .catalogue import CatalogueColumn, Position
from .statistics import FoundRoles


class PageRelease(Record):
    """The release of a page."""

    id: str = Field(description="Its folder in the portal.")
    label: str = Field(description="For people.")
    simulated: bool = Field(description="Whether drportal drew its data.")


class EngineFile(Record):
    """A part of the query engine, as a file and as a script."""

    file: str = Field(description="In assets/.")
    script: str = Field(description="In assets/.")
    size: Bytes = Field(description="Of the file.")
    script_size: Bytes = Field(description="Of the script.")
    raw: Bytes = Field(description="Of what is unpacked from either.")


class Engine(Record):
    """The query engine of a page."""

    duckdb: str = Field(description="Version of DuckDB.")
    platform: str = Field(description="As DuckDB names what extensions are built for.")
    wasm: EngineFile = Field(description="The engine.")
    worker: EngineFile = Field(description="The worker that runs it.")
    parquet: EngineFile = Field(description="Its extension for Parquet.")


class PageCatalogue(Record):
    """A catalogue, as every page of its release knows it."""

    name: str = Field(description="In addresses and SQL.")
    stored: str = Field(description="The view of free SQL that has its values as they are stored.")
    title: str = Field(description="In the language of the page.")
    rows: Rows = Field(description="In all partitions.")
    bytes: Bytes = Field(description="Of the partitions.")
    script: str = Field(description="Path of catalogue.js.")
    issues: str | None = Field(description="Path of the script of its known issues; null where it has none.")


class PageSpectra(Record):
    """A set of spectra, as every page of its release knows it."""

    name: str = Field(description="In addresses.")
    title: str = Field(description="In the language of the page.")
    catalogue: str | None = Field(description="Whose ids they bear.")
    script: str = Field(description="Path of spectra.js.")
    bytes: Bytes = Field(description="Of the packs.")
    id: str = Field(description="What the ids are called.")
    datatype: Literal["long", "string"] = Field(description="Whole numbers of 64 bits, or texts.")
    templates_of: str | None = Field(description="The set whose spectra these are templates for.")


class PageBlock(Record):
    """What scripts know of the page they are in."""

    lang: str = Field(description="Code of its language.")
    base: str = Field(description="From the page to the folder of its release, or of the portal.")
    kind: str = Field(description="Which page it is.")
    release: PageRelease | None = Field(description="null on pages of the portal.")
    portal: str = Field(description="Name of the portal.")
    address: str | None = Field(description="Where the site is published, if that is known.")
    citation: str | None = Field(description="The release, as a list of references has it.")
    cite: str = Field(description="The words to put into a publication; may be empty.")
    engine: Engine | None = Field(description="null where there is nothing to query.")
    catalogues: list[PageCatalogue] = Field(description="Of the release.")
    spectra: list[PageSpectra] = Field(description="Of the release.")
    strings: dict[str, str] = Field(description="Translations of what scripts say, by the English text.")


class Bit(NamedTuple):
    """A bit of a mask."""

    bit: Annotated[Count, Field(description="From 0.")]
    name: Annotated[str, Field(description="Short.")]
    about: Annotated[str, Field(description="What it means, in the language of the page.")]


class _Column(Record):
    @classmethod
    def of(cls, column: CatalogueColumn, **more: Any) -> Self:
        """What a page knows of a column."""
        known = {n: getattr(column, n) for n in cls.model_fields if n in column.model_fields_set}
        return cls.model_construct(None, **known, **more)


class ConsoleColumn(_Column):
    """A column, as the console lists it; members are those of catalogue.json."""

    name: str = Field(description="As in the Parquet files.")
    datatype: Datatype = Field(description="Of arrays, of their elements.")
    unit: str | None = Field(description="In VOUnit syntax.")
    ucd: str | None = Field(description="UCD1+.")
    description: str | None = Field(description="As the data have it.")
    missing: list[Mark] = Field(description='Values that mean "nothing".')
    about: str = Field(default="", description="The description in the language of the page.")
    bits: list[Bit] = Field(default=[], description="Of a mask.")


class ConsoleSchema(Record):
    """A catalogue, as the console lists it: `console` of sql.html is a list of them."""

    name: str = Field(description="In SQL.")
    stored: str = Field(description="The view that has its values as they are stored.")
    title: str = Field(description="In the language of the page.")
    columns: list[ConsoleColumn] = Field(description="In the order of the table.")
    examples: list[str] = Field(description="Statements to begin with.")


class FormColumn(_Column):
    """A column, as a form asks for it; members are those of catalogue.json."""

    name: str = Field(description="As in the Parquet files.")
    datatype: Datatype = Field(description="Of arrays, of their elements.")
    unit: str | None = Field(description="In VOUnit syntax.")
    description: str | None = Field(description="As the data have it.")
    missing: list[Mark] = Field(description='Values that mean "nothing".')
    arraysize: str | None = Field(description="As VOTable writes it; null for single values.")
    about: str = Field(default="", description="The description in the language of the page.")
    bits: list[Bit] = Field(default=[], description="Of a mask.")
    scale: Count = Field(default=0, description="Digits behind the point.")
    unsigned: bool = Field(default=False, description="Whole numbers of 64 bits without a sign.")
    dates: bool = Field(default=False, description="Dates as text, 2015-10-27 or longer.")


class FormBlock(Record):
    """The form of a catalogue on search.html."""

    name: str = Field(description="Of the catalogue.")
    rows: Rows = Field(description="In all partitions.")
    position: Position | None = Field(description="null where rows have no place on the sky.")
    id: str | None = Field(description="Column of the role `id`.")
    columns: list[FormColumn] = Field(description="In the order of the table.")


class ShownHistogram(NamedTuple):
    """The histogram of a column, beside the form."""

    edges: Annotated[
        Sequence[float],
        Field(description="Of bins of one width the first, second, last but one and last alone."),
    ]
    counts: Annotated[Sequence[int], Field(description="Rows in each bin.")]


class ShownHistograms(RootModel[dict[str, ShownHistogram]]):
    """Histograms by column, of those that are asked for by range."""


class ObjectFacts(Record):
    """A catalogue, as object.html shows its rows."""

    roles: FoundRoles = Field(description="Columns by their roles.")
    typical: list[str] = Field(description="Columns that matter most.")
    indexed: list[str] = Field(description="Columns of ids that have an index.")


class ObjectBlock(Record):
    """What object.html knows before it reads a catalogue."""

    objects: dict[str, ObjectFacts] = Field(description="By catalogue.")
    identifiers: list[str] = Field(description="Columns by which objects are found.")


class ShownLine(Record):
    """A spectral line."""

    name: str = Field(description="In the language of the page.")
    wavelength: float = Field(description="At rest, in vacuum.", json_schema_extra={"unit": "Angstrom"})
    weight: int = Field(description="How much its label matters where there is no room for all.")
    to: float = Field(default=0.0, description="The end of a band.", json_schema_extra={"unit": "Angstrom"})


class ShownLines(Record):
    """A list of lines: `line-lists` of spectrum.html is a list of them."""

    id: str = Field(description="In addresses.")
    title: str = Field(description="In the language of the page.")
    moves: bool = Field(description="With the redshift of the object.")
    shown_for: list[str] = Field(description="Classes of spectra over which it is drawn at first.")
    lines: list[ShownLine] = Field(description="As the file of the portal lists them.")


class Cover(Record):
    """Which part of the sky has rows."""

    order: Order = Field(description="Of the pixels.")
    cover: str = Field(
        description="Base64 of a bit for each HEALPix pixel (NESTED), the first in the lowest bit of a byte."
    )


class SkyCover(Cover):
    """The same of a catalogue: `plot-sky` has one for each, by name."""

    position: Position = Field(description="Columns of the position.")
