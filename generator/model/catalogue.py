"""[[catalogues]] in release.toml: one table of a release, and how to read it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from .audience import Audience, Edition, Restricted, WithheldRows
from .citation import Doi
from .column_facts import ColumnFacts, facts_of_column
from .crossmatch import Crossmatch
from .plots import check_plots
from .strict import PathText, Strict, usable_name
from .text import Text


class Roles(Strict):
    """The columns for each role. Roles that are not given are found from UCDs and usual names."""

    ra: str | None = None
    dec: str | None = None
    id: str | None = None
    designation: str | None = None
    class_: str | None = Field(default=None, alias="class")
    subclass: str | None = None
    redshift: str | None = None
    snr: list[str] | None = None
    night: str | None = None
    plate: str | None = None


class Simulate(Strict):
    """Rows from drportal's simulator instead of a source file."""

    kind: Literal["lrs", "lrs_stellar", "mrs"]
    rows: int = Field(ge=0)
    seed: int = 1
    revised: bool = False
    """Whether to simulate a later version: some columns renamed, some rows removed, new or changed."""


class ColumnWords(Strict):
    """What is said of a column of a table that has no schema."""

    unit: str | None = None
    ucd: str | None = None
    description: str | None = None


class CatalogueSource(Restricted):
    """One table of a release: its source and how to read it."""

    name: str
    """Used in file names, permalinks and SQL."""
    title: Text = Field(default_factory=dict)
    short_title: Text = Field(default_factory=dict)
    """For tabs and chips of the search page; by default the title."""
    description: Text = Field(default_factory=dict)
    resolution: Literal["low", "medium", "high"] | None = None
    source: PathText | None = None
    """Path of a table (FITS, VOTable, Parquet, text), relative to release.toml; or a glob pattern."""
    simulate: Simulate | None = None
    hdu: int | str | None = None
    """FITS extension (number or EXTNAME) or VOTable table; the first table by default."""
    schema_file: PathText | None = Field(default=None, alias="schema")
    """Felis YAML, relative to release.toml; by default inferred from the source."""
    table: str | None = None
    """Table of the schema, if its name differs from the catalogue's."""
    missing: dict[str, list[int | float | str]] = Field(default_factory=dict)
    """Values that mean "no value", by column name or a pattern such as "mag_*"."""
    columns: dict[str, ColumnFacts] = Field(default_factory=dict)
    """Facts that Felis cannot express, by column name or a pattern such as "rv_*_flag"."""
    withheld: list[WithheldRows] = Field(default_factory=list)
    """Rows that are restricted to an audience."""
    roles: Roles = Field(default_factory=Roles)
    doi: Doi | None = None
    """DOI of the catalogue alone, if it has its own."""
    default_columns: list[str] | None = None
    """Columns shown first; by default those that the schema calls principal, else the most important ones."""
    plots: list[str] | None = None
    """Plots to open with, written as `plot` of a permalink; by default those that the columns suggest."""
    margin: float = Field(default=10, ge=0, le=3600)
    """Width of the margins of its parts in arcsec, for cross-matches of HATS readers; 0 for no margins."""
    fits: bool = False
    """Whether to publish it also as one FITS file, for programs that do not read Parquet."""
    index: list[str] | None = None
    """Id columns to look rows up by; by default those that are ids by role, UCD or name."""
    positions: Literal["require", "drop_missing", "none"] = "require"
    """How to treat rows without a valid position: as errors, left out (and counted), or kept."""
    wrap_ra: bool = False
    """Whether right ascensions of -180 to 0 degrees are stored as 180 to 360; otherwise they are errors."""

    formerly: str | None = None
    """Its name in the release it is compared with, if different."""
    renamed: dict[str, str] = Field(default_factory=dict)
    """Columns with another name in that release: { old = "new" }."""
    compare_by: str | None = None
    """The id column that identifies rows in comparisons; by default the id."""

    # Id of a former release if the rows are those changed since: set by differences, never by TOML.
    _changes_since: str = PrivateAttr(default="")
    # Unit, UCD and description of the columns of such rows, by name.
    _words: dict[str, ColumnWords] = PrivateAttr(default_factory=dict)
    # The edition for which the catalogue is read: set by seen.py, never by TOML.
    _edition: Edition = PrivateAttr(default=Edition(Audience.team))
    _lost: frozenset[str] = PrivateAttr(default=frozenset())
    _looked_up: tuple[str, ...] = PrivateAttr(default=())
    # What the names of columns of its cross-matches begin with: of all, and of those withheld.
    _crossed: tuple[str, ...] = PrivateAttr(default=())
    _uncrossed: tuple[str, ...] = PrivateAttr(default=())

    names = field_validator("name")(usable_name)
    readable_plots = field_validator("plots")(check_plots)

    @property
    def changes_since(self) -> str:
        return self._changes_since

    @changes_since.setter
    def changes_since(self, value: str) -> None:
        self._changes_since = value

    @property
    def words(self) -> dict[str, ColumnWords]:
        return self._words

    @words.setter
    def words(self, value: dict[str, ColumnWords]) -> None:
        self._words = value

    @property
    def edition(self) -> Edition:
        return self._edition

    @edition.setter
    def edition(self, value: Edition) -> None:
        self._edition = value

    @property
    def lost(self) -> frozenset[str]:
        """Roles that release.toml assigns to withheld columns."""
        return self._lost

    @lost.setter
    def lost(self, value: frozenset[str]) -> None:
        self._lost = value

    @property
    def looked_up(self) -> tuple[str, ...]:
        """Withheld columns with names of spectrum files: they are read, but not written into a site."""
        return self._looked_up

    @looked_up.setter
    def looked_up(self, value: tuple[str, ...]) -> None:
        self._looked_up = value

    @property
    def crossed(self) -> tuple[str, ...]:
        """What the names of columns of its cross-matches begin with, withheld ones included."""
        return self._crossed

    @crossed.setter
    def crossed(self, value: tuple[str, ...]) -> None:
        self._crossed = value

    def withhold_matches(self, matches: list[Crossmatch]) -> None:
        """Hide the columns of cross-matches that are not for the readers of this edition."""
        self._uncrossed = tuple(match.prefix for match in matches if match.catalogue == self.name)

    def hides(self, column: str) -> bool:
        """Whether a column is withheld from the readers of this edition."""
        lost = column.startswith(self._uncrossed)
        return lost or self._edition.hides(facts_of_column(column, self.columns))

    @property
    def hidden(self) -> list[tuple[str, bool]]:
        """Names and patterns of columns, in order, and whether they are withheld; empty if none is.

        Those of cross-matches do not count: nothing of the catalogue's own is withheld by them.
        """
        restricted = [
            (k, self._edition.hides(c))
            for k, c in self.columns.items()
            if "audience" in c.model_fields_set and not k.startswith(self._crossed)
        ]
        return restricted if any(hidden for _, hidden in restricted) else []

    @property
    def lacks(self) -> bool:
        """Whether any rows or columns are withheld."""
        return bool(self.withheld or self.hidden)

    @model_validator(mode="after")
    def _one_source(self) -> CatalogueSource:
        if (self.source is None) == (self.simulate is None):
            raise ValueError("needs either `source` (a file) or `simulate`, but not both")
        return self
