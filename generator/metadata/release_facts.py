"""The facts from which a release's metadata are made. Independent of pages."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from ..checksums import SUMS
from ..formats import Catalogue, Spectra, Statistics
from ..formats.crossmatches import Crossmatched
from ..model import Author, CatalogueSource, Portal, Release, SpectraSet
from ..model.text import in_language

SPDX = "https://spdx.org/licenses/"


class CatalogueFacts(Protocol):
    """A catalogue: its entry in release.toml, and the results of ingest."""

    @property
    def spec(self) -> CatalogueSource: ...
    @property
    def folder(self) -> Path: ...
    @property
    def meta(self) -> Catalogue: ...
    @property
    def statistics(self) -> Statistics: ...
    @property
    def name(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def is_hats(self) -> bool: ...
    @property
    def matches(self) -> Sequence[Crossmatched]: ...


class SpectraFacts(Protocol):
    """A set of spectra: its entry in release.toml, and the results of packing."""

    @property
    def spec(self) -> SpectraSet: ...
    @property
    def folder(self) -> Path: ...
    @property
    def meta(self) -> Spectra: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class ReleaseFacts:
    """The facts of a release for metadata, in English."""

    portal: Portal
    release: Release
    address: str | None = None
    """Public address of the release, without a trailing slash; None if unknown."""
    catalogues: Sequence[CatalogueFacts] = field(default_factory=list)
    spectra: Sequence[SpectraFacts] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Survey and release: LAMOST DR8 v1.0."""
        label = self.release.label
        return label if self.portal.name.lower() in label.lower() else f"{self.portal.name} {label}"

    @property
    def title(self) -> str:
        """The title under which the release is cited; mentions simulated data."""
        own = one_line(in_language(self.release.title, "en"))
        title = own if self.release.label in own else f"{self.label}: {own}" if own else self.label
        return f"{title} (simulated data)" if self.release.simulated else title

    @property
    def description(self) -> str:
        own = one_line(in_language(self.release.description, "en")) or f"Data release {self.label}."
        return f"{own} The rows are simulated." if self.release.simulated else own

    @property
    def publisher(self) -> str:
        return one_line(in_language(self.portal.organisation, "en")) or self.portal.name

    @property
    def authors(self) -> list[Author]:
        """The authors in release.toml or portal.toml; if there are none, the publisher."""
        return self.release.authors or [Author(name=self.publisher)]

    @property
    def year(self) -> int:
        return int(self.release.published[:4])

    @property
    def ivoid(self) -> str | None:
        """The IVOA identifier: the release's own, or its id below the survey's authority."""
        if self.release.ivoid:
            return self.release.ivoid
        return f"{self.portal.ivoid.rstrip('/')}/{self.release.id}" if self.portal.ivoid else None

    @property
    def licence_address(self) -> str | None:
        return f"{SPDX}{self.release.license}.html" if self.release.license else None

    @property
    def key(self) -> str:
        """A name for BibTeX and for files: lamost_dr8_v1.0"""
        parts = f"{self.portal.name}_{self.release.id}".lower()
        return re.sub(r"[^a-z0-9.]+", "_", parts).strip("_.") or "release"

    def link(self, path: str) -> str:
        """Link to a file or page of the release: its full address if known, else relative."""
        relative = quote(path, safe="/=._-~#?&")
        return f"{self.address}/{relative}" if self.address else relative

    def title_of(self, catalogue: CatalogueFacts) -> str:
        return one_line(in_language(catalogue.spec.title, "en", catalogue.name))

    def description_of(self, catalogue: CatalogueFacts) -> str:
        return one_line(in_language(catalogue.spec.description, "en"))


def one_line(text: str) -> str:
    return " ".join(text.split())


def build_day(release: Release) -> str:
    """The date of the metadata: SOURCE_DATE_EPOCH if set, else the day of release."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%d")
    year, month, day = [*release.published.split("-"), "01", "01"][:3]
    return f"{year}-{month}-{day}"


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of the files of a catalogue or of a set of spectra, by path."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
