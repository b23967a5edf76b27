"""[[spectra]] of release.toml: a set of spectra, where its files are and how to read them."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from .strict import PathText, Strict, usable_name
from .text import Text

Layout = Literal["auto", "lamost-lrs", "lamost-lrs-image", "lamost-mrs", "sdss-spec", "desi-coadd", "columns"]


class SpectrumId(Strict):
    """Where the id of a spectrum stands; one way of these, or none for the layout's own."""

    header: str | None = None
    """A keyword of the primary header."""
    column: str | None = None
    """A column of a table in the file: of its only row, or of the row of the spectrum."""
    file: str | None = None
    """A regular expression found in the file's name; its group is the id."""
    lookup: str | None = None
    """A column of the catalogue that holds file names; the id is that row's."""
    name: str | None = None
    """What the id is called in the packs; by default what it is called where it was found, in lower case."""

    @field_validator("file")
    @classmethod
    def _expression(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                groups = re.compile(value).groups
            except re.error as error:
                raise ValueError(f"{value!r} is no regular expression ({error}); mend it") from None
            if groups != 1:
                raise ValueError(
                    f"{value!r} has {groups} groups; put ( ) around the id, and around nothing else"
                )
        return value

    @field_validator("name")
    @classmethod
    def _name(cls, value: str | None) -> str | None:
        return value if value is None else usable_name(value)

    @model_validator(mode="after")
    def _one_way(self) -> SpectrumId:
        ways = [k for k in ("header", "column", "file", "lookup") if getattr(self, k) is not None]
        if len(ways) > 1:
            raise ValueError(f"has both `{ways[0]}` and `{ways[1]}`; keep one")
        return self


class SpectrumColumns(Strict):
    """Which columns of a table hold what, for files of no known layout."""

    flux: str
    wavelength: str | None = None
    """Where left out, wavelengths follow from CRVAL1 and CDELT1 in the header."""
    ivar: str | None = None
    error: str | None = None
    mask: str | None = None
    sky: str | None = None
    model: str | None = None
    normalized: str | None = None


class SimulateSpectra(Strict):
    """Spectra made by drportal's own simulator in place of source files."""

    spectra: int | None = Field(default=None, ge=1)
    """So many, of rows of a simulated catalogue."""
    templates: bool = False
    """One of each class and subclass that simulated catalogues name."""

    @model_validator(mode="after")
    def _one_kind(self) -> SimulateSpectra:
        if (self.spectra is None) != self.templates:
            raise ValueError("needs either `spectra = ` a number or `templates = true`, and not both")
        return self


class SpectraSet(Strict):
    """The spectra of a release at one resolution: their files and how to read them."""

    name: str
    """Used in file names and permalinks."""
    title: Text = Field(default_factory=dict)
    description: Text = Field(default_factory=dict)
    catalogue: str | None = None
    """The catalogue whose ids the spectra bear."""
    templates_of: str | None = None
    """The set whose spectra these are templates for: in the rest frame, their ids names of classes."""
    source: PathText | None = None
    """A folder, searched with all below it, or a pattern such as "lrs/**/*.fits.gz"."""
    simulate: SimulateSpectra | None = None
    layout: Layout = "auto"
    id: SpectrumId = Field(default_factory=SpectrumId)
    ship_originals: bool = False
    """The files themselves go into the site too."""
    hdu: int | str | None = None
    """For layout "columns": the extension by number or EXTNAME; the first table by default."""
    columns: SpectrumColumns | None = None
    log: bool = False
    """For layout "columns": the column of wavelengths holds their decimal logarithms."""
    wavelength_unit: str | None = None
    """Angstrom by default."""
    flux_unit: str | None = None
    """Where left out, that of the layout."""
    vacuum: bool | None = None
    """Whether wavelengths are in vacuum; where left out, what the file or the layout says."""

    names = field_validator("name")(usable_name)

    @model_validator(mode="after")
    def _complete(self) -> SpectraSet:
        if (self.source is None) == (self.simulate is None):
            raise ValueError("needs either `source` (a folder or pattern) or `simulate`, and not both")
        if (self.layout == "columns") != (self.columns is not None):
            raise ValueError(
                'has one of layout = "columns" and `columns` without the other; give both or none'
            )
        own = [self.id.header, self.id.column, self.id.file, self.id.lookup]
        if self.layout == "columns" and not any(own):
            raise ValueError('of layout "columns" tells no id; add e.g. id = { header = "OBSID" }')
        if self.id.lookup and not self.catalogue:
            raise ValueError("looks ids up in a catalogue; add `catalogue = ...`")
        if self.templates_of and self.catalogue:
            raise ValueError("are templates, which bear no ids of a catalogue; take `catalogue` away")
        if self.simulate and self.simulate.templates and not self.templates_of:
            raise ValueError("are simulated templates; add `templates_of = ...`, the set that they are for")
        if self.simulate and self.simulate.spectra and not self.catalogue:
            raise ValueError("is simulated after a catalogue; add `catalogue = ...`")
        return self
