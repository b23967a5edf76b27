"""release.toml: one release version and where its data come from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from ..problems import InputError, Problem
from .audience import Audience, Edition, Restricted, WithheldRows
from .citation import Citable, Doi
from .column_facts import ColumnFacts, facts_of
from .dates import partial_date
from .known_issues import KnownIssue
from .lines import LineList
from .media import Media
from .read import read_toml, validate
from .spectra import SpectraSet
from .strict import PathText, Strict, portable, usable_name
from .text import Text

FOLDER = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)?")


Natural = list[tuple[int, str]]
"""Text whose numbers sort as numbers."""


class Resolution(Strict):
    """What was observed at one resolving power."""

    kind: Literal["low", "medium", "high"]
    observed_from: str | None = None
    observed_to: str | None = None
    spectra: int | None = Field(default=None, ge=0)
    plates: int | None = Field(default=None, ge=0)

    dates = field_validator("observed_from", "observed_to", mode="before")(partial_date)


class Roles(Strict):
    """Which columns play which part. What is left out is found from UCDs and usual names."""

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
    """Rows made by drportal's own simulator in place of a source file."""

    kind: Literal["lrs", "lrs_stellar", "mrs"]
    rows: int = Field(ge=0)
    seed: int = 1
    revised: bool = False
    """As a later version has these rows: some columns under other names, some rows gone, new or changed."""


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
    description: Text = Field(default_factory=dict)
    resolution: Literal["low", "medium", "high"] | None = None
    source: PathText | None = None
    """Path of a table (FITS, VOTable, Parquet, text), relative to release.toml; or a glob of several."""
    simulate: Simulate | None = None
    hdu: int | str | None = None
    """FITS extension (number or EXTNAME) or VOTable table; the first table by default."""
    schema_file: PathText | None = Field(default=None, alias="schema")
    """Felis YAML, relative to release.toml; inferred from the source where left out."""
    table: str | None = None
    """Table of the schema, where its name is not this catalogue's."""
    missing: dict[str, list[int | float | str]] = Field(default_factory=dict)
    """Values that mean "no value", by column name or a pattern such as "mag_*"."""
    columns: dict[str, ColumnFacts] = Field(default_factory=dict)
    """What Felis has no place for, by column name or a pattern such as "rv_*_flag"."""
    withheld: list[WithheldRows] = Field(default_factory=list)
    """Rows that are for some readers only."""
    roles: Roles = Field(default_factory=Roles)
    doi: Doi | None = None
    """Of the catalogue alone, where it has one beside the release's."""
    index: list[str] | None = None
    """Columns of ids to look rows up by; where left out, those that are ids by role, UCD or name."""
    positions: Literal["require", "drop_missing", "none"] = "require"
    """What a row without a valid position is: an error, left out (and counted), or nothing unusual."""
    wrap_ra: bool = False
    """Right ascensions of -180 to 0 degrees are stored as 180 to 360; without it they are an error."""

    formerly: str | None = None
    """Its name in the release it is compared with, where that is another."""
    renamed: dict[str, str] = Field(default_factory=dict)
    """Columns that had another name in that release: { old = "new" }."""
    compare_by: str | None = None
    """The column of ids that says which row is which; by default the id."""

    # Id of a former release, where the rows are those that changed since: set by differences, never by TOML.
    _changes_since: str = PrivateAttr(default="")
    # What is said of the columns of such rows, by their names.
    _words: dict[str, ColumnWords] = PrivateAttr(default_factory=dict)
    # For whom the catalogue is read: set by seen.py, never by TOML.
    _edition: Edition = PrivateAttr(default=Edition(Audience.team))
    _lost: frozenset[str] = PrivateAttr(default=frozenset())
    _looked_up: tuple[str, ...] = PrivateAttr(default=())

    names = field_validator("name")(usable_name)

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
        """Roles that release.toml gives to columns which are withheld."""
        return self._lost

    @lost.setter
    def lost(self, value: frozenset[str]) -> None:
        self._lost = value

    @property
    def looked_up(self) -> tuple[str, ...]:
        """Withheld columns that name the files of spectra: they are read, and go into no site."""
        return self._looked_up

    @looked_up.setter
    def looked_up(self, value: tuple[str, ...]) -> None:
        self._looked_up = value

    def hides(self, column: str) -> bool:
        """Whether a column is withheld from the readers of this edition."""
        return self._edition.hides(facts_of(column, self.columns))

    @property
    def hidden(self) -> list[tuple[str, bool]]:
        """Which names and patterns withhold columns and which do not, in order; none where no column is."""
        told = [
            (k, self._edition.hides(c)) for k, c in self.columns.items() if "audience" in c.model_fields_set
        ]
        return told if any(hidden for _, hidden in told) else []

    @property
    def lacks(self) -> bool:
        """Whether any rows or columns are withheld."""
        return bool(self.withheld or self.hidden)

    @model_validator(mode="after")
    def _one_source(self) -> CatalogueSource:
        if (self.source is None) == (self.simulate is None):
            raise ValueError("needs either `source` (a file) or `simulate`, and not both")
        return self


class Release(Citable, Restricted):
    """One data release version."""

    name: str = Field(min_length=1)
    """e.g. DR8"""
    version: str = ""
    """e.g. v1.0"""
    batch: str = ""
    """e.g. Q1, of a release published in parts"""
    title: Text = Field(default_factory=dict)
    description: Text = Field(default_factory=dict)
    survey_phase: int | None = Field(default=None, ge=0)
    """Which stage of the survey: 0 the pilot, then 1, 2, ..."""
    phase: Literal["v0", "v1", "v2"] | None = None
    """For whom it came out: v0 the team, v1 partners, v2 everyone. Part of its history; withholds nothing."""
    status: Literal["current", "obsolete", "deprecated"] = "current"
    reason: Text = Field(default_factory=dict)
    superseded_by: str | None = None
    published: str
    original: str | None = None
    """Address where the release was first published."""
    simulated: bool = False
    """The data shown are simulated, and every page says so."""
    doi: Doi | None = None
    resolutions: list[Resolution] = Field(default_factory=list)
    catalogues: list[CatalogueSource] = Field(default_factory=list)
    spectra: list[SpectraSet] = Field(default_factory=list)
    known_issues: list[KnownIssue] = Field(default_factory=list)
    theme: str | None = Field(default=None, min_length=1)
    """Theme of this release's pages; the portal's where left out."""
    media: Media = Field(default_factory=Media)
    """What goes first where a disc or a stick cannot hold all."""
    compare: list[str] = Field(default_factory=list)
    """Ids of earlier releases to be compared with, besides those before it."""

    # Where the release was read from: set by load_release, never by the TOML.
    _id: str = PrivateAttr(default="")
    _file: Path = PrivateAttr(default=Path())
    _lines: list[LineList] = PrivateAttr(default_factory=list)
    _said_simulated: bool = PrivateAttr(default=False)

    dates = field_validator("published", mode="before")(partial_date)

    @field_validator("original")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://[^\s\"'<>]+$", value):
            raise ValueError("is not a web address; start it with http:// or https://")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Release:
        names = [c.name for c in self.catalogues]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"has two catalogues named {twice[0]!r}; names must differ")
        if "spectra" in names:
            raise ValueError(
                "has a catalogue named 'spectra', where the site keeps its spectra; use another name"
            )
        sets = [s.name for s in self.spectra]
        twice = sorted({n for n in sets if sets.count(n) > 1})
        if twice:
            raise ValueError(f"has two sets of spectra named {twice[0]!r}; names must differ")
        by_name = {c.name: c for c in self.catalogues}
        for one in self.spectra:
            if one.catalogue is not None and one.catalogue not in by_name:
                known = ", ".join(by_name) or "none"
                raise ValueError(
                    f"has spectra of a catalogue {one.catalogue!r} that it has not; known are: {known}"
                )
            if one.simulate and one.catalogue and by_name[one.catalogue].simulate is None:
                raise ValueError(
                    f"simulates spectra of {one.catalogue!r}, which is not simulated; give their files"
                )
            _check_templates(one, self.spectra)
        self.media.check(names, {s.name: s.catalogue for s in self.spectra})
        for issue in self.known_issues:
            if issue.catalogue is not None and issue.catalogue not in by_name:
                known = ", ".join(by_name) or "none"
                raise ValueError(
                    f"has a known issue {issue.name!r} of a catalogue {issue.catalogue!r} that it has not; "
                    f"known are: {known}"
                )
        told = [issue.name for issue in self.known_issues]
        twice = sorted({n for n in told if told.count(n) > 1})
        if twice:
            raise ValueError(f"has two known issues named {twice[0]!r}; names must differ")
        self._said_simulated = self.simulated
        self.tell_simulated()
        return self

    def tell_simulated(self) -> None:
        """Data of the simulator make the release a simulated one."""
        made = any(c.simulate for c in self.catalogues) or any(s.simulate for s in self.spectra)
        self.simulated = made or self._said_simulated

    @property
    def id(self) -> str:
        """Folder below releases/ and path on the site, e.g. dr8/v1.0"""
        return self._id

    @id.setter
    def id(self, value: str) -> None:
        self._id = value

    @property
    def file(self) -> Path:
        return self._file

    @file.setter
    def file(self, value: Path) -> None:
        self._file = value

    @property
    def lines(self) -> list[LineList]:
        """Lists of spectral lines: drportal's, the portal's and the release's own."""
        return self._lines

    @lines.setter
    def lines(self, value: list[LineList]) -> None:
        self._lines = value

    @property
    def label(self) -> str:
        """Name, version and batch: DR6 v0 Q1."""
        return " ".join(part for part in (self.name, self.version, self.batch) if part)

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def order(self) -> tuple[str, Natural, Natural, bool, Natural]:
        """Sorts by publication, then by name, version and batch with numbers read as numbers.

        A release without a batch follows the batches it gathers.
        """
        name, version, batch = (_natural(text) for text in (self.name, self.version, self.batch))
        return self.published, name, version, not self.batch, batch


def _check_templates(one: SpectraSet, sets: list[SpectraSet]) -> None:
    """Templates are of another set of the release, whose spectra are no templates themselves."""
    if one.templates_of is None:
        return
    known = [s.name for s in sets if s.templates_of is None and s.name != one.name]
    if one.templates_of not in known:
        mend = f"use one of: {', '.join(known)}" if known else "add that set, or take `templates_of` away"
        raise ValueError(
            f"has spectra {one.name!r} that are templates of {one.templates_of!r}, which is no set of "
            f"observed spectra here; {mend}"
        )


def _natural(text: str) -> Natural:
    return [(int(p), "") if p.isdigit() else (10**9, p) for p in re.findall(r"\d+|\D+", text)]


def load_release(file: Path, root: Path) -> Release:
    """Read one release.toml; `root` is the releases/ folder, from which the release has its id."""
    release = validate(Release, read_toml(file), file)
    release.file = file
    release.id = file.parent.relative_to(root).as_posix()
    if not FOLDER.fullmatch(release.id) or not portable(release.id):
        mend = "use one or two levels of lower-case letters, digits, '.', '_' and '-', e.g. dr8/v1.0"
        raise InputError(Problem(str(file), "folder name", f"{release.id!r} cannot be a site path", mend))
    return release
