"""[[crossmatch]] in release.toml: another catalogue that a catalogue of the release is matched with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from .audience import Restricted
from .strict import PathText, Strict, usable_name
from .text import Text

Address = Annotated[str, Field(pattern=r"^[a-z0-9]+://\S+$")]
"""A file or folder on a store, as fsspec names it."""
Frame = Literal["icrs", "fk5", "fk4", "galactic"]


class EpochColumn(Strict):
    """A column with the epoch of each position."""

    column: str
    format: Literal["jyear", "jd", "mjd"]
    """How times are written, as astropy.time names it."""


class MatchRoles(Strict):
    """The columns of the other catalogue that say where its objects are, and how they move."""

    ra: str
    """Longitude: right ascension, or galactic longitude where the frame is galactic."""
    dec: str
    pmra: str | None = None
    """Proper motion in right ascension times cos(dec), in mas/yr unless the column has another unit."""
    pmdec: str | None = None
    parallax: str | None = None
    """In mas unless the column has another unit."""
    radial_velocity: str | None = None
    """In km/s unless the column has another unit."""
    id: str | None = None
    """Identifies its rows in the pairs; by default the id of the card, else the number of the row."""

    @model_validator(mode="after")
    def _both(self) -> MatchRoles:
        if (self.pmra is None) != (self.pmdec is None):
            raise ValueError("has one proper motion only; name both `pmra` and `pmdec`, or neither")
        return self


class SimulatedMatch(Strict):
    """Objects from drportal's simulator instead of a source file: the sky of a simulated catalogue again."""

    others: float = Field(default=0.5, ge=0, le=100)
    """Number of objects that are not in the catalogue, for each that is."""


class Crossmatch(Restricted):
    """One match, whose columns become columns of the release's own catalogue."""

    name: str
    """The columns of the result begin with it."""
    catalogue: str
    """Name of a catalogue of this release."""
    title: Text = Field(default_factory=dict)
    """Name of the other catalogue for readers; by default that of its card."""
    card: str | None = None
    source: Address | PathText | list[Address | PathText] | None = None
    """Tables: paths or glob patterns, relative to release.toml, addresses, or folders of HATS catalogues."""
    simulate: SimulatedMatch | None = None
    hdu: int | str | None = None
    roles: MatchRoles | None = None
    frame: Frame | None = None
    epoch: float | EpochColumn | None = None
    """Julian year of the other catalogue's positions; by default that of its card."""
    to_epoch: float | None = Field(default=None, ge=1800, le=2200)
    """Julian year of the own positions, to which the other's are moved by their proper motions."""
    radius: float | None = Field(default=None, gt=0, le=3600)
    """In arcsec; by default that of the card."""
    match: Literal["nearest", "all"] = "nearest"
    """`all` adds the number of objects within the radius; columns are those of the nearest."""
    columns: list[str] | None = None
    """The columns to carry; by default those that the card marks."""
    missing: dict[str, list[int | float | str]] = Field(default_factory=dict)
    """Values that mean "no value", by column name or pattern, in addition to those of the card."""

    names = field_validator("name", "catalogue")(usable_name)

    @property
    def sources(self) -> list[str]:
        """What `source` names, in order."""
        return [self.source] if isinstance(self.source, str) else self.source or []

    @property
    def prefix(self) -> str:
        """With which the names of its columns begin."""
        return f"{self.name}_"

    @property
    def separation(self) -> str:
        """The column of separations."""
        return f"{self.prefix}separation"

    @property
    def matches(self) -> str:
        """The column with the number of objects within the radius, where all are matched."""
        return f"{self.prefix}matches"

    @property
    def folder(self) -> str:
        """The folder of its pairs, below data/."""
        return f"{self.catalogue}_x_{self.name}"

    @field_validator("columns")
    @classmethod
    def _once(cls, columns: list[str] | None) -> list[str] | None:
        seen: set[str] = set()
        for name in columns or []:
            if name.lower() in seen:
                raise ValueError(f"names the column {name!r} twice; name it once")
            seen.add(name.lower())
        return columns

    @model_validator(mode="after")
    def _one_source(self) -> Crossmatch:
        if (self.source is None) == (self.simulate is None):
            raise ValueError("needs either `source` (a file) or `simulate`, but not both")
        return self

    @model_validator(mode="after")
    def _described(self) -> Crossmatch:
        if self.card is None:
            if self.roles is None:
                raise ValueError(
                    "has neither `card` nor `roles`; name the columns of the position in `roles`"
                )
            if self.radius is None:
                raise ValueError("has neither `card` nor `radius`; give the radius in arcsec")
            if not self.columns:
                raise ValueError("has neither `card` nor `columns`; name the columns to carry")
        return self


def check_crossmatches(matches: list[Crossmatch], catalogues: Mapping[str, bool]) -> None:
    """Check that names differ and that their catalogues exist.

    Args:
        matches: of a release.
        catalogues: by name, whether they are simulated.

    Raises:
        ValueError: with what is wrong.
    """
    seen: set[str] = set()
    for match in matches:
        if match.name in seen:
            raise ValueError(f"has two cross-matches named {match.name!r}; names must differ")
        seen.add(match.name)
        if match.catalogue not in catalogues:
            known = ", ".join(catalogues) or "none"
            raise ValueError(
                f"matches {match.name!r} with an unknown catalogue {match.catalogue!r}; known are: {known}"
            )
        if match.simulate and not catalogues[match.catalogue]:
            what = (
                f"simulates the other catalogue of {match.name!r}, but {match.catalogue!r} is not simulated"
            )
            raise ValueError(f"{what}; give its file as `source`")
        if match.folder in catalogues:
            raise ValueError(
                f"has a catalogue named {match.folder!r}, the folder of the pairs of cross-match "
                f"{match.name!r}; use another name"
            )
