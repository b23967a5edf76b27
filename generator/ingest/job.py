"""State passed between the stages of ingest: the catalogue being written and its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..checksums import Progress
from ..model import CatalogueSource, Release
from .inputs import Columns
from .values.fields import PIXEL


@dataclass(frozen=True)
class Job:
    """One catalogue of a release."""

    spec: CatalogueSource
    release: Release
    source: Columns
    rows: Path
    """Folder of the catalogue's Parquet files."""
    scratch: Path
    """Folder for temporary files of the walk."""
    progress: Progress

    @property
    def position(self) -> tuple[str, str] | None:
        """Right ascension and declination columns; None where rows have no sky position."""
        if self.spec.positions == "none" or self.source.hidden.position:
            return None
        ra, dec = self.source.roles.ra, self.source.roles.dec
        assert ra is not None and dec is not None
        return ra, dec

    @property
    def pixel(self) -> str | None:
        """Name of the HEALPix column; None where rows have no sky position."""
        return PIXEL if self.position else None
