"""What the stages of the walk hand on: the catalogue that is made, and from what."""

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
    """The folder of its Parquet files."""
    scratch: Path
    """A folder for files that only the walk needs."""
    progress: Progress

    @property
    def position(self) -> tuple[str, str] | None:
        """The columns of right ascension and declination; None where rows have no place on the sky."""
        if self.spec.positions == "none" or self.source.hidden.position:
            return None
        ra, dec = self.source.roles.ra, self.source.roles.dec
        assert ra is not None and dec is not None
        return ra, dec

    @property
    def pixel(self) -> str | None:
        """The column of places on the sky, if rows have places."""
        return PIXEL if self.position else None
