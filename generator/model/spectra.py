"""[[spectra]] of release.toml: a set of spectra, where its files are and how to read them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from .audience import Restricted
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


@dataclass(frozen=True)
class Without:
    """What an edition leaves out of a set, because it is withheld in the set's catalogue."""

    rows: bool = False
    """Spectra of withheld rows."""
    columns: tuple[tuple[str, str | None], ...] = ()
    """Withheld columns, whose facts in headers go too: name or pattern, and the keyword if one is named."""
    shown: tuple[str, ...] = ()
    """What the columns that are shown, or the keywords named for them, are called; `knowing` sets it."""

    def __bool__(self) -> bool:
        return self.rows or bool(self.columns)

    def knowing(self, shown: Iterable[str]) -> Without:
        """The same, with the names of what is shown."""
        return replace(self, shown=tuple(sorted({_plain(name) for name in shown})))

    def names(self, *names: str) -> bool:
        """Whether one of these names is that of a withheld column, or of its keyword."""
        said = {_plain(name) for name in names}
        for name, header in self.columns:
            if header and _plain(header) in said:
                return True
            if any(fnmatchcase(one, _plain(name)) for one in said):
                return True
        return False

    def hides(self, fact: str, *keywords: str) -> bool:
        """Whether a fact of a header may tell what a withheld column tells.

        In doubt it may: headers tell one thing in several words, and a fact that no shown column tells may
        be what a withheld one does (the date tells the night, the file's name the plan).
        """
        if not self.columns:
            return False
        said = [fact, *keywords]
        usual = next((names for names in _SYNONYMS if fact in names), ())
        return self.names(*said, *usual) or not any(_plain(one) in self.shown for one in said)


_SYNONYMS = (
    ("z", "redshift", "zbest", "z_best", "zspec", "z_spec"),
    ("ra", "raj2000", "ra_icrs", "ra_obs"),
    ("dec", "dej2000", "decj2000", "de_icrs", "dec_icrs", "dec_obs"),
    ("class", "spectype", "objtype", "obj_class"),
    ("subclass", "subtype", "sptype", "sp_type", "spectral_type"),
    ("designation", "desig", "objname", "obj_name", "target_name"),
    ("plan", "planid", "plate", "plateid", "field", "fieldid"),
    ("mjd", "lmjd", "lmjm", "mjm", "night", "date", "date_obs", "obsdate", "exposure", "exposures"),
    ("spectrograph", "spid"),
    ("fibre", "fiber", "fiberid", "fibreid"),
)
"""Names under which catalogues have what a header tells."""


def _plain(name: str) -> str:
    """A name without what differs between catalogues and headers; patterns stay patterns."""
    return re.sub(r"[^a-z0-9*?\[\]!]", "", name.lower())


class SpectraSet(Restricted):
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

    # What of its catalogue is withheld: set by seen.py, never by TOML.
    _without: Without = PrivateAttr(default_factory=lambda: Without())

    names = field_validator("name")(usable_name)

    @property
    def without(self) -> Without:
        return self._without

    @without.setter
    def without(self, value: Without) -> None:
        self._without = value

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
