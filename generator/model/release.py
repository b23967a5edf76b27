"""release.toml: one version of a release and the sources of its data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from ..problems import InputError, Problem
from .audience import Restricted
from .catalogue import CatalogueSource
from .citation import Citable, Doi
from .crossmatch import Crossmatch, check_crossmatches
from .dates import partial_date
from .known_issues import KnownIssue
from .lines import LineList
from .media import Media
from .python import ChosenPython, PythonSetting
from .read import read_toml, validate
from .revisions import Revision
from .spectra import SpectraSet
from .strict import Strict, portable
from .text import Text

FOLDER = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)?")


Natural = list[tuple[int, str]]
"""Text split so that numbers in it sort numerically."""


class Resolution(Strict):
    """Observations at one resolving power."""

    kind: Literal["low", "medium", "high"]
    observed_from: str | None = None
    observed_to: str | None = None
    spectra: int | None = Field(default=None, ge=0)
    plates: int | None = Field(default=None, ge=0)

    dates = field_validator("observed_from", "observed_to", mode="before")(partial_date)


class Release(Citable, Restricted):
    """One version of a data release."""

    name: str = Field(min_length=1)
    """e.g. DR8"""
    local_name: Text = Field(default_factory=dict)
    """The name in other languages, if it is a word."""
    version: str = ""
    """e.g. v1.0"""
    batch: str = ""
    """e.g. Q1, for a release published in parts"""
    title: Text = Field(default_factory=dict)
    description: Text = Field(default_factory=dict)
    survey_phase: int | None = Field(default=None, ge=0)
    """Stage of the survey: 0 for the pilot, then 1, 2, ..."""
    phase: Literal["v0", "v1", "v2"] | None = None
    """Audience at publication: v0 team, v1 partners, v2 everyone. Informative; withholds nothing."""
    status: Literal["current", "obsolete", "deprecated"] = "current"
    reason: Text = Field(default_factory=dict)
    superseded_by: str | None = None
    published: str
    original: str | None = None
    """Address at which the release was first published."""
    simulated: bool = False
    """Whether the data are simulated; every page then says so."""
    doi: Doi | None = None
    resolutions: list[Resolution] = Field(default_factory=list)
    catalogues: list[CatalogueSource] = Field(default_factory=list)
    crossmatch: list[Crossmatch] = Field(default_factory=list)
    """Other catalogues that its catalogues are matched with."""
    spectra: list[SpectraSet] = Field(default_factory=list)
    known_issues: list[KnownIssue] = Field(default_factory=list)
    revisions: list[Revision] = Field(default_factory=list)
    """Changes of its data after they were published, the first first."""
    theme: str | None = Field(default=None, min_length=1)
    """Theme of this release's pages; by default the portal's."""
    media: Media = Field(default_factory=Media)
    """Priorities for discs or sticks that are too small for the whole release."""
    compare: list[str] = Field(default_factory=list)
    """Ids of earlier releases to compare with, in addition to the preceding ones."""
    python: PythonSetting = None
    """Python in its pages; by default as portal.toml says."""

    # The file the release was read from: set by load_release, never by the TOML.
    _id: str = PrivateAttr(default="")
    _file: Path = PrivateAttr(default=Path())
    _lines: list[LineList] = PrivateAttr(default_factory=list)
    _said_simulated: bool = PrivateAttr(default=False)
    # What its `python` and the portal's mean together: set by load_portal.
    _chosen_python: ChosenPython | None = PrivateAttr(default=None)

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
                "has a catalogue named 'spectra', which the site uses for spectra; use another name"
            )
        sets = [s.name for s in self.spectra]
        twice = sorted({n for n in sets if sets.count(n) > 1})
        if twice:
            raise ValueError(f"has two sets of spectra named {twice[0]!r}; names must differ")
        by_name = {c.name: c for c in self.catalogues}
        if taken := next((name for name in names if name.endswith("_collection")), None):
            raise ValueError(f"has a catalogue named {taken!r}; names in _collection are those of margins")
        check_crossmatches(self.crossmatch, {name: c.simulate is not None for name, c in by_name.items()})
        for spec in self.catalogues:
            spec.crossed = tuple(match.prefix for match in self.crossmatches_of(spec.name))
        for one in self.spectra:
            if one.catalogue is not None and one.catalogue not in by_name:
                known = ", ".join(by_name) or "none"
                raise ValueError(f"has spectra of an unknown catalogue {one.catalogue!r}; known are: {known}")
            if one.simulate and one.catalogue:
                _check_simulated(one, by_name[one.catalogue])
            _check_templates(one, self.spectra)
        self.media.check(names, {s.name: s.catalogue for s in self.spectra})
        for issue in self.known_issues:
            if issue.catalogue is not None and issue.catalogue not in by_name:
                known = ", ".join(by_name) or "none"
                raise ValueError(
                    f"has a known issue {issue.name!r} of an unknown catalogue {issue.catalogue!r}; "
                    f"known are: {known}"
                )
        names = [issue.name for issue in self.known_issues]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"has two known issues named {twice[0]!r}; names must differ")
        self._said_simulated = self.simulated
        self.mark_simulated()
        return self

    def crossmatches_of(self, catalogue: str) -> list[Crossmatch]:
        """The cross-matches of a catalogue."""
        return [one for one in self.crossmatch if one.catalogue == catalogue]

    @property
    def matchable(self) -> list[CatalogueSource]:
        """The catalogues of release.toml that have positions; a build adds tables of changes to them."""
        return [c for c in self.catalogues if c.positions != "none" and not c.changes_since]

    def mark_simulated(self) -> None:
        """Set `simulated` if the release says so or any of its data are simulated."""
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
        """Lists of spectral lines: those of drportal, of the portal and of the release."""
        return self._lines

    @lines.setter
    def lines(self, value: list[LineList]) -> None:
        self._lines = value

    @property
    def chosen_python(self) -> ChosenPython | None:
        """What it ships of Python; None where its pages run none, or it has no data to compute on."""
        return self._chosen_python if self.catalogues or self.spectra else None

    @chosen_python.setter
    def chosen_python(self, value: ChosenPython | None) -> None:
        self._chosen_python = value

    @property
    def label(self) -> str:
        """Name, version and batch: DR6 v0 Q1."""
        return " ".join(part for part in (self.name, self.version, self.batch) if part)

    def named(self, language: str) -> str:
        """The label in a language."""
        own = self.local_name.get(language)
        return self.label.replace(self.name, own, 1) if own else self.label

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def order(self) -> tuple[str, Natural, Natural, bool, Natural]:
        """Sort key: publication, then name, version and batch, with numbers compared numerically.

        A release without a batch follows the batches that it combines.
        """
        name, version, batch = (_natural(text) for text in (self.name, self.version, self.batch))
        return self.published, name, version, not self.batch, batch


def _check_simulated(one: SpectraSet, catalogue: CatalogueSource) -> None:
    if catalogue.simulate is None:
        raise ValueError(f"simulates spectra of {one.catalogue!r}, which is not simulated; give their files")
    if one.simulate and one.simulate.brightest and catalogue.simulate.kind == "mrs":
        raise ValueError("has `brightest`, which is for low resolution; remove it from medium resolution")


def _check_templates(one: SpectraSet, sets: list[SpectraSet]) -> None:
    """Raise ValueError unless `templates_of` names another set of the release, of observed spectra."""
    if one.templates_of is None:
        return
    known = [s.name for s in sets if s.templates_of is None and s.name != one.name]
    if one.templates_of not in known:
        fix = f"use one of: {', '.join(known)}" if known else "add that set, or remove `templates_of`"
        raise ValueError(
            f"has spectra {one.name!r} that are templates of {one.templates_of!r}, which is not a set of "
            f"observed spectra here; {fix}"
        )


def _natural(text: str) -> Natural:
    return [(int(p), "") if p.isdigit() else (10**9, p) for p in re.findall(r"\d+|\D+", text)]


def load_release(file: Path, root: Path) -> Release:
    """Read one release.toml; the id of the release is its path relative to the releases/ folder `root`."""
    release = validate(Release, read_toml(file), file)
    release.file = file
    release.id = file.parent.relative_to(root).as_posix()
    if not FOLDER.fullmatch(release.id) or not portable(release.id):
        fix = "use one or two levels of lower-case letters, digits, '.', '_' and '-', e.g. dr8/v1.0"
        raise InputError(Problem(str(file), "folder name", f"{release.id!r} cannot be a site path", fix))
    return release
