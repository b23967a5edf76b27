"""Catalogues and sets of spectra as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..formats import Catalogue, Spectra, Statistics
from ..formats.crossmatches import Crossmatched, Crossmatches
from ..model import CatalogueSource, Release, SpectraSet
from .queries import stored_view


@dataclass(frozen=True)
class CatalogueView:
    """A catalogue as pages show it: the files that ingest wrote, and the settings of the team."""

    spec: CatalogueSource
    folder: Path
    meta: Catalogue
    statistics: Statistics
    stored: str
    """The SQL view with values as they are stored."""
    matches: tuple[Crossmatched, ...] = ()
    """Other catalogues that it was matched with."""

    @classmethod
    def read(cls, spec: CatalogueSource, folder: Path, stored: str) -> CatalogueView:
        found = Crossmatches.of(folder.parents[1], spec.name)
        matches = tuple(found.matches) if found else ()
        return cls(spec, folder, Catalogue.read(folder), Statistics.read(folder), stored, matches)

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def title(self) -> dict[str, str]:
        return self.spec.title or {"": self.spec.name}

    @property
    def short_title(self) -> dict[str, str]:
        """For tabs; the title where there is no shorter one."""
        return self.spec.short_title or self.title

    @property
    def description(self) -> dict[str, str]:
        return self.spec.description

    @property
    def changes_since(self) -> str:
        """Id of a former release, if the rows are those changed since then."""
        return self.spec.changes_since

    @property
    def rows(self) -> int:
        return self.meta.rows

    @property
    def bytes(self) -> int:
        return self.meta.bytes

    @property
    def is_mapped(self) -> bool:
        """Whether sky.html shows it: it has positions, and is not a catalogue of changed rows."""
        return not self.changes_since and bool(self.statistics.sky and self.statistics.sky.counts)

    @property
    def is_hats(self) -> bool:
        return self.meta.position is not None


@dataclass(frozen=True)
class SpectraView:
    """A set of spectra as pages show it."""

    spec: SpectraSet
    folder: Path
    meta: Spectra

    @classmethod
    def read(cls, spec: SpectraSet, folder: Path) -> SpectraView:
        return cls(spec, folder, Spectra.read(folder))

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def title(self) -> dict[str, str]:
        return self.spec.title or {"": self.spec.name}


def read_catalogues(release: Release, data: Mapping[str, Path]) -> list[CatalogueView]:
    """The catalogues of a release that have data, in the order of release.toml."""
    names = [spec.name for spec in release.catalogues]
    return [
        CatalogueView.read(spec, data[spec.name], stored_view(spec.name, names))
        for spec in release.catalogues
        if spec.name in data
    ]


def read_spectra(release: Release, data: Mapping[str, Path]) -> list[SpectraView]:
    """The sets of spectra of a release that are packed, in the order of release.toml."""
    return [SpectraView.read(spec, data[spec.name]) for spec in release.spectra if spec.name in data]
