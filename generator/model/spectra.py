"""[[spectra]] of release.toml: sets of spectra, their files and how to read them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import AfterValidator, Field, PrivateAttr, WithJsonSchema, field_validator, model_validator

from .. import plugins
from .audience import Restricted
from .strict import PathText, Strict, usable_name
from .text import Text

LAYOUTS = ("auto", "lamost-lrs", "lamost-lrs-image", "lamost-mrs", "sdss-spec", "desi-coadd", "columns")


def _layout(value: str) -> str:
    """Check the name of a layout: of drportal, or of a plugin."""
    if value not in LAYOUTS:
        known = [str(one.NAME) for _, one in plugins.with_hook(plugins.LAYOUT)]
        if value not in known:
            allowed = ", ".join(map(repr, [*LAYOUTS, *known]))
            raise ValueError(f"{value!r} is not an allowed value; use one of: {allowed}")
    return value


_WRITTEN = {"anyOf": [{"enum": list(LAYOUTS)}, {"type": "string", "description": "that of a plugin"}]}
Layout = Annotated[str, AfterValidator(_layout), WithJsonSchema(_WRITTEN)]


class SpectrumId(Strict):
    """Where to find the id of a spectrum: one of these fields, or none for the layout's default."""

    header: str | None = None
    """A keyword of the primary header."""
    column: str | None = None
    """A column of a table in the file: its only row, or the row of the spectrum."""
    file: str | None = None
    """A regular expression searched in the file's name; its group is the id."""
    lookup: str | None = None
    """A catalogue column with file names; the id is that of the row."""
    name: str | None = None
    """Name of the id in the packs; by default its name in the source, in lower case."""

    @field_validator("file")
    @classmethod
    def _expression(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                groups = re.compile(value).groups
            except re.error as error:
                raise ValueError(f"{value!r} is not a regular expression ({error}); correct it") from None
            if groups != 1:
                raise ValueError(f"{value!r} has {groups} groups; put ( ) around the id only")
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
    """The columns of a table with the parts of a spectrum, for files of unknown layout."""

    flux: str
    wavelength: str | None = None
    """By default wavelengths are computed from CRVAL1 and CDELT1 in the header."""
    ivar: str | None = None
    error: str | None = None
    mask: str | None = None
    sky: str | None = None
    model: str | None = None
    normalized: str | None = None


class SimulateSpectra(Strict):
    """Spectra from drportal's simulator instead of source files."""

    spectra: int | None = Field(default=None, ge=1)
    """Number of spectra, of rows of a simulated catalogue."""
    brightest: int = Field(default=0, ge=0)
    """Number of low-resolution spectra in addition: of the brightest targets, at all epochs."""
    templates: bool = False
    """Whether to simulate a template of each class and subclass of simulated catalogues."""

    @model_validator(mode="after")
    def _one_kind(self) -> SimulateSpectra:
        if (self.spectra is None) != self.templates:
            raise ValueError("needs either `spectra = ` a number or `templates = true`, but not both")
        if self.brightest and self.templates:
            raise ValueError("has `brightest`, which is for spectra; remove it from templates")
        return self


@dataclass(frozen=True)
class Without:
    """Parts of a set that an edition leaves out because they are withheld in the set's catalogue."""

    rows: bool = False
    """Whether rows are withheld, whose spectra are left out."""
    columns: tuple[tuple[str, str | None], ...] = ()
    """Withheld columns, whose header facts are left out: name or pattern, and the keyword if named."""
    shown: tuple[str, ...] = ()
    """What the columns that are shown, or the keywords named for them, are called; `knowing` sets it."""

    def __bool__(self) -> bool:
        return self.rows or bool(self.columns)

    def knowing(self, shown: Iterable[str]) -> Without:
        """A copy with the names of shown columns."""
        return replace(self, shown=tuple(sorted({_plain(name) for name in shown})))

    def names(self, *names: str) -> bool:
        """Whether one of these names is of a withheld column or of its keyword."""
        said = {_plain(name) for name in names}
        for name, header in self.columns:
            if header and _plain(header) in said:
                return True
            if any(fnmatchcase(one, _plain(name)) for one in said):
                return True
        return False

    def hides(self, fact: str, *keywords: str) -> bool:
        """Whether a fact of a header may reveal the values of a withheld column.

        If in doubt, it may: headers have several keywords for the same fact, and a fact that is in no shown
        column may be that of a withheld one (the date gives the night, the file's name the plan).
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
"""Catalogue names of header facts."""


def _plain(name: str) -> str:
    """A name normalized for comparing catalogues with headers; patterns stay patterns."""
    return re.sub(r"[^a-z0-9*?\[\]!]", "", name.lower())


class SpectraSet(Restricted):
    """A set of spectra of a release at one resolution: its files and how to read them."""

    name: str
    """Used in file names and permalinks."""
    title: Text = Field(default_factory=dict)
    description: Text = Field(default_factory=dict)
    catalogue: str | None = None
    """The catalogue whose ids the spectra have."""
    templates_of: str | None = None
    """The set for whose spectra these are templates: in the rest frame, with names of classes as ids."""
    source: PathText | None = None
    """A folder, searched recursively, or a pattern such as "lrs/**/*.fits.gz"."""
    simulate: SimulateSpectra | None = None
    layout: Layout = "auto"
    id: SpectrumId = Field(default_factory=SpectrumId)
    ship_originals: bool = False
    """Whether the original files are also copied into the site."""
    hdu: int | str | None = None
    """For layout "columns": the extension by number or EXTNAME; the first table by default."""
    columns: SpectrumColumns | None = None
    log: bool = False
    """For layout "columns": whether the wavelength column has decimal logarithms."""
    wavelength_unit: str | None = None
    """Unit of wavelength; Angstrom by default."""
    flux_unit: str | None = None
    """By default that of the layout."""
    vacuum: bool | None = None
    """Whether wavelengths are in vacuum; by default as the file or the layout says."""

    aperture: float | None = Field(None, gt=0, le=3_600_000)
    """Diameter in arcsec of what the fibre or slit sees: the region of a spectrum in ObsCore."""

    # Withheld parts of its catalogue: set by seen.py, never by TOML.
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
            raise ValueError("needs either `source` (a folder or pattern) or `simulate`, but not both")
        if (self.layout == "columns") != (self.columns is not None):
            raise ValueError('has only one of layout = "columns" and `columns`; give both or none')
        own = [self.id.header, self.id.column, self.id.file, self.id.lookup]
        if self.layout == "columns" and not any(own):
            raise ValueError('of layout "columns" has no id; add e.g. id = { header = "OBSID" }')
        if self.id.lookup and not self.catalogue:
            raise ValueError("looks ids up in a catalogue; add `catalogue = ...`")
        if self.templates_of and self.catalogue:
            raise ValueError("are templates, which have no ids of a catalogue; remove `catalogue`")
        if self.simulate and self.simulate.templates and not self.templates_of:
            raise ValueError("are simulated templates; add `templates_of = ...`, the set they are for")
        if self.simulate and self.simulate.spectra and not self.catalogue:
            raise ValueError("is simulated after a catalogue; add `catalogue = ...`")
        return self
