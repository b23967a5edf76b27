"""The JSON in pages: elements `<script type="application/json">` read by the scripts of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, RootModel

from .base import Bytes, Count, Datatype, Mark, Order, Record, Rows, compact
from .catalogue import CatalogueColumn, Position
from .crossmatches import MatchedColumns
from .statistics import FoundRoles


class PageRelease(Record):
    """The release of a page."""

    id: str = Field(description="Its folder in the portal.")
    label: str = Field(description="For display.")
    simulated: bool = Field(description="Whether its data are simulated by drportal.")


class EngineFile(Record):
    """A part of the query engine, as a file and as a script."""

    file: str = Field(description="In assets/.")
    script: str = Field(description="In assets/.")
    size: Bytes = Field(description="Of the file.")
    raw: Bytes = Field(description="Decompressed size.")


class Engine(Record):
    """The query engine of a page."""

    duckdb: str = Field(description="Version of DuckDB.")
    platform: str = Field(description="DuckDB's name of the platform that extensions are built for.")
    wasm: EngineFile = Field(description="The engine.")
    worker: EngineFile = Field(description="The worker that runs it.")
    parquet: EngineFile = Field(description="Its extension for Parquet.")


class PythonPart(EngineFile):
    """A part of Python in the page. Scripts know it as `python/` and its member here."""

    sha256: str = Field(description="SHA-256 of the decompressed bytes.")


class PythonPackage(PythonPart):
    """A package of Pyodide. Scripts know it as `python/packages/` and its name."""

    version: str = Field(description="Of the package.")
    file_name: str = Field(description="Its name in Pyodide's lock file.")
    depends: list[str] = Field(description="Names of packages that it needs; all of them are here too.")
    default: bool = Field(description="Whether every release with Python has it.")


class PythonAssets(Record):
    """Python in the pages of a release: `python-assets` of python.html."""

    pyodide: str = Field(description="Version of Pyodide.")
    python: str = Field(description="Version of Python.")
    worker: PythonPart = Field(description="The script of the worker, with Pyodide's scripts.")
    wasm: PythonPart = Field(description="Python itself.")
    stdlib: PythonPart = Field(description="Its standard library, a zip archive.")
    snapshot: PythonPart = Field(description="Its memory as it is once it has started.")
    lock: PythonPart = Field(description="Pyodide's lock file, with all packages of its version.")
    bridge: PythonPart = Field(description="The package `drportal`, a zip archive.")
    fonts: PythonPart = Field(description="Matplotlib's list of the fonts in its package, as JSON.")
    packages: dict[str, PythonPackage] = Field(description="By name.")


class PageCatalogue(Record):
    """A catalogue, as every page of its release describes it."""

    name: str = Field(description="In addresses and SQL.")
    stored: str = Field(description="The SQL view with values as they are stored.")
    title: str = Field(description="In the language of the page.")
    rows: Rows = Field(description="In all partitions.")
    bytes: Bytes = Field(description="Of the partitions.")
    script: str = Field(description="Path of catalogue.js.")
    issues: str | None = Field(description="Path of the script of its known issues; null where it has none.")


class PageSpectra(Record):
    """A set of spectra, as every page of its release describes it."""

    name: str = Field(description="In addresses.")
    title: str = Field(description="In the language of the page.")
    catalogue: str | None = Field(description="The catalogue whose ids they have.")
    script: str = Field(description="Path of spectra.js.")
    bytes: Bytes = Field(description="Of the packs.")
    id: str = Field(description="Name of the ids.")
    datatype: Literal["long", "string"] = Field(description="Whole numbers of 64 bits, or texts.")
    templates_of: str | None = Field(description="The set whose spectra these are templates for.")


class PageBlock(Record):
    """What scripts need to know about their page."""

    lang: str = Field(description="Code of its language.")
    base: str = Field(description="Path from the page to the folder of its release, or of the portal.")
    kind: str = Field(description="Kind of page.")
    release: PageRelease | None = Field(description="null on pages of the portal.")
    portal: str = Field(description="Name of the portal.")
    address: str | None = Field(description="Address of the published site, if known.")
    citation: str | None = Field(description="The release, as an entry in a list of references.")
    cite: str = Field(description="The acknowledgement for a publication; may be empty.")
    engine: Engine | None = Field(description="null if there is nothing to query.")
    catalogues: list[PageCatalogue] = Field(description="Of the release.")
    spectra: list[PageSpectra] = Field(description="Of the release.")
    strings: dict[str, str] = Field(description="Translations of messages of scripts, by the English text.")


class Bit(NamedTuple):
    """A bit of a mask."""

    bit: Annotated[Count, Field(description="From 0.")]
    name: Annotated[str, Field(description="Short.")]
    about: Annotated[str, Field(description="What it means, in the language of the page.")]


class _Column(Record):
    @classmethod
    def of(cls, column: CatalogueColumn, **more: Any) -> Self:
        """Return what a page needs to know about a column."""
        known = {n: getattr(column, n) for n in cls.model_fields if n in column.model_fields_set}
        return cls.model_construct(None, **known, **more)


class ConsoleColumn(_Column):
    """A column in the console; members are those of catalogue.json."""

    name: str = Field(description="As in the Parquet files.")
    datatype: Datatype = Field(description="For arrays, of their elements.")
    unit: str | None = Field(description="In VOUnit syntax.")
    ucd: str | None = Field(description="UCD1+.")
    description: str | None = Field(description="As in the data.")
    missing: list[Mark] = Field(description="Missing values.")
    about: str = Field(default="", description="The description in the language of the page.")
    bits: list[Bit] = Field(default=[], description="For a mask.")
    decimals: Count | None = Field(default=None, description="Of its numbers, as far as some of them show.")


class FormFilter(Record):
    """A condition that no column has: a list of ids that it is computed from."""

    name: str = Field(description="In addresses; no column has this name.")
    kind: Literal["spectrum", "repeated", "issue"] = Field(
        description="Whether a row has a spectrum here, another observation of its object, a known issue."
    )
    id: str | None = Field(description="The column of ids; null if the release has conditions alone.")
    table: str = Field(description="The list in SQL, with the column `id`; no catalogue has this name.")
    title: str = Field(description="In the language of the page.")


class ConsoleSchema(Record):
    """A catalogue in the console: `console` of sql.html is a list of them."""

    name: str = Field(description="In SQL.")
    stored: str = Field(description="The view with values as they are stored.")
    title: str = Field(description="In the language of the page.")
    columns: list[ConsoleColumn] = Field(description="In the order of the table.")
    position: Position | None = Field(default=None, description="Its columns with positions.")
    examples: list[str] = Field(description="Example statements.")
    filters: list[FormFilter] = Field(default=[], description="Lists of ids that statements can name.")


class FormColumn(_Column):
    """A column in a search form; members are those of catalogue.json."""

    name: str = Field(description="As in the Parquet files.")
    datatype: Datatype = Field(description="For arrays, of their elements.")
    unit: str | None = Field(description="In VOUnit syntax.")
    description: str | None = Field(description="As in the data.")
    missing: list[Mark] = Field(description="Missing values.")
    arraysize: str | None = Field(description="As in VOTable; null for single values.")
    about: str = Field(default="", description="The description in the language of the page.")
    bits: list[Bit] = Field(default=[], description="For a mask.")
    scale: Count = Field(default=0, description="Digits after the decimal point.")
    unsigned: bool = Field(default=False, description="Unsigned 64-bit integers.")
    dates: bool = Field(default=False, description="Dates as text, 2015-10-27 or longer.")


class FormBlock(Record):
    """The form of a catalogue on search.html."""

    name: str = Field(description="Of the catalogue.")
    rows: Rows = Field(description="In all partitions.")
    position: Position | None = Field(description="null if rows have no sky position.")
    id: str | None = Field(description="Column with the role `id`.")
    columns: list[FormColumn] = Field(description="In the order of the table.")
    filters: list[FormFilter] = Field(default=[], description="Conditions that no column has.")
    plots: list[str] = Field(
        default=[], description="Plots to open with, as `plot` in permalinks; empty: chosen by the columns."
    )


class ShownHistogram(NamedTuple):
    """The histogram of a column, next to the form."""

    edges: Annotated[
        Sequence[float],
        Field(description="Of bins of equal width only the first, second, last but one and last edge."),
    ]
    counts: Annotated[Sequence[int], Field(description="Rows in each bin.")]


class ShownHistograms(RootModel[dict[str, ShownHistogram]]):
    """Histograms by column, for columns that are searched by range."""

    def script(self, catalogue: str) -> str:
        """The script that the form of the catalogue loads."""
        return f'drportal.chunk("histograms","{catalogue}",{compact(self.root)});\n'


class NamesBlock(Record):
    """Names of objects that boxes of positions take."""

    objects: str = Field(description="Script with the list of names, in assets/.")
    fields: list[str] = Field(description="Catalogues with a script of the names of their plates or fields.")
    resolver: str | None = Field(
        description="Address of Sesame, if the team allows to ask it for other names."
    )


class ShownField(NamedTuple):
    """A plate or field."""

    name: Annotated[Mark, Field(description="As in the catalogue.")]
    ra: Annotated[float, Field(description="Of its centre, deg.")]
    dec: Annotated[float, Field(description="Of its centre, deg.")]


class ShownFields(Record):
    """The plates or fields of a catalogue."""

    column: str = Field(description="That has their names.")
    places: list[ShownField] = Field(description="Each once.")

    def script(self, catalogue: str) -> str:
        """The script that boxes of positions load."""
        return f'drportal.chunk("fields","{catalogue}",{compact(self.members())});\n'


class ObjectMatch(Record):
    """A catalogue that the rows are matched with."""

    name: str = Field(description="Its anchor on matched.html.")
    title: str = Field(description="In the language of the page.")
    columns: MatchedColumns = Field(description="Those that the match has added.")
    magnitude: str | None = Field(description="The first carried column with a magnitude.")


class ObjectFacts(Record):
    """A catalogue, as object.html shows its rows."""

    roles: FoundRoles = Field(description="Columns by their roles.")
    typical: list[str] = Field(description="The most important columns.")
    indexed: list[str] = Field(description="Id columns that have an index.")
    motion: tuple[str, str] | None = Field(
        description="Proper motions in mas/yr: in right ascension times cos(dec), and in declination."
    )
    magnitude: str | None = Field(description="The first column with a magnitude.")
    matches: list[ObjectMatch] = Field(description="In the order of release.toml.")


class ObjectBlock(Record):
    """What object.html knows before it reads a catalogue."""

    objects: dict[str, ObjectFacts] = Field(description="By catalogue.")
    identifiers: list[str] = Field(description="Columns by which objects are found.")


class ShownLine(Record):
    """A spectral line."""

    name: str = Field(description="In the language of the page.")
    wavelength: float = Field(description="At rest, in vacuum.", json_schema_extra={"unit": "Angstrom"})
    weight: int = Field(description="Priority of its label if there is no room for all.")
    to: float = Field(default=0.0, description="The end of a band.", json_schema_extra={"unit": "Angstrom"})


class ShownLines(Record):
    """A list of lines: `line-lists` of spectrum.html is a list of them."""

    id: str = Field(description="In addresses.")
    title: str = Field(description="In the language of the page.")
    moves: bool = Field(description="Whether lines are shifted by the redshift of the object.")
    shown_for: list[str] = Field(description="Classes of spectra on which it is initially shown.")
    lines: list[ShownLine] = Field(description="In the order of the portal's file.")


class Cover(Record):
    """The part of the sky that has rows."""

    order: Order = Field(description="Of the pixels.")
    cover: str = Field(
        description="Base64 of one bit per HEALPix pixel (NESTED), the first in the lowest bit of a byte."
    )


class SkyCover(Cover):
    """The same for a catalogue: `plot-sky` has one for each, by name."""

    position: Position = Field(description="Columns of the position.")


class NotebookRelease(Record):
    """The release, as `drportal.release()` gives it in Python."""

    name: str = Field(description="Of the release.")
    version: str = Field(description="Of the release.")
    title: str = Field(description="In the language of the page.")
    doi: str | None = Field(description="Of the release.")
    address: str | None = Field(description="Of the published site, if known.")
    citation: str = Field(description="An entry in a list of references.")
    bibtex: str = Field(description="Entries for BibTeX.")
    acknowledgement: str = Field(description="For a publication; may be empty.")


class TableFacts(Record):
    """What `drportal.table` knows of a catalogue beyond its description."""

    typical: list[str] = Field(description="The most important columns.")
    dates: list[str] = Field(description="Columns with dates as text.")


class NotebookExample(Record):
    """A notebook of the release: made from its data, or of its team."""

    name: str = Field(description="In addresses.")
    title: str = Field(description="In the language of the page.")
    file: str = Field(description="Path of the same notebook as a file, from the folder of the release.")
    own: bool = Field(description="Whether it is of the team.")
    notebook: dict[str, Any] = Field(description="In nbformat 4.5, without outputs.")


class NotebookBlock(Record):
    """What python.html knows besides the parts of Python: `notebook-facts`."""

    release: NotebookRelease = Field(description="How to cite it, and where it is.")
    typical: dict[str, TableFacts] = Field(description="By catalogue.")
    examples: list[NotebookExample] = Field(description="In the order of the page.")
    first: str = Field(description="The code of a new notebook where there are no examples.")
