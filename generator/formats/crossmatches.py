"""meta/crossmatches/: with which other catalogues rows of a catalogue were matched, how, and the result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .base import Bytes, Count, Format, Record, Rows, Sha256, Texts

FOLDER = "meta/crossmatches"
"""In the release's folder; a file for each catalogue that has cross-matches."""
Arcsec = Annotated[float, Field(ge=0, json_schema_extra={"unit": "arcsec"})]
Year = Annotated[float, Field(json_schema_extra={"unit": "Julian year"})]


class MatchCitation(Record):
    """What users of the other catalogue are asked to cite."""

    text: str = Field(description="Authors and year, journal, volume and page.")
    bibcode: str | None = Field(description="In the Astrophysics Data System.")
    doi: str | None = Field(description="Digital object identifier.")
    acknowledgement: str | None = Field(description="Address of the wording that the survey asks for.")


class MatchedFile(Record):
    """A file of the other catalogue, or several."""

    file: str = Field(description="Its name; of a HATS catalogue or an address, the last part.")
    bytes: Bytes | None = Field(description="Its size; null if it is an address or several files.")
    sha256: Sha256 | None = Field(description="Its checksum; null likewise.")


class OtherCatalogue(Record):
    """The other catalogue, by its card and release.toml."""

    title: Texts = Field(description="By language.")
    card: str | None = Field(description="Name of its card.")
    about: Texts = Field(description="By language; empty without a card.")
    simulated: bool = Field(description="Whether its objects are simulated by drportal.")
    sources: list[MatchedFile] = Field(description="The files that were matched; none if it is simulated.")
    rows: Rows = Field(description="Of these files.")
    positions: Rows = Field(description="Those with a position.")
    moved: Rows = Field(description="Those that were moved by their proper motions to the own epoch.")
    published_rows: Rows | None = Field(description="Rows of the published catalogue, by its card.")
    frame: Literal["icrs", "fk5", "fk4", "galactic"] = Field(description="Of its positions.")
    epoch: Year | None = Field(description="Of its positions, if it is one for all.")
    epoch_column: str | None = Field(description="Column with the epoch of each position.")
    vizier: str | None = Field(description="The table in VizieR.")
    citations: list[MatchCitation] = Field(description="Empty without a card.")
    licence: str | None = Field(description="The terms of use; null if the survey states none.")
    get: dict[str, str] = Field(description="Where it can be had: what is there, and its address.")
    checked: list[str] = Field(description="Published descriptions that the facts were compared with.")
    unchecked: dict[str, str] = Field(description="Facts that could not be compared with one, and why.")


class MatchedColumns(Record):
    """The columns that a match has added."""

    names: list[str] = Field(description="All of them, in the order of the catalogue.")
    separation: str = Field(description="Separation from the nearest object in arcsec.")
    matches: str | None = Field(description="Number of objects within the radius.")
    position: tuple[str, str] | None = Field(
        description="ICRS or FK5 position of the nearest object in degrees, at its own epoch, if carried."
    )
    motion: tuple[str, str] | None = Field(
        description="Its proper motion in right ascension times cos(dec), and in declination, if carried."
    )


class Crossmatched(Record):
    """A match of the catalogue's rows with another catalogue."""

    name: str = Field(description="In release.toml; names of columns begin with it.")
    other: OtherCatalogue = Field(description="What the rows were matched with.")
    columns: MatchedColumns = Field(description="Those that the match has added.")
    radius: Arcsec = Field(description="Greatest separation of a pair.")
    radius_reason: Texts = Field(description="Why the card proposes its radius, if that is used.")
    match: Literal["nearest", "all"] = Field(description="Whether objects within the radius are counted.")
    to_epoch: Year | None = Field(description="Of the own positions, where the other's are moved to it.")
    matched: Rows = Field(description="Rows with an object within the radius.")
    ambiguous: Rows = Field(description="Rows with more than one.")
    pairs: Count = Field(description="Pairs of a row and an object within the radius.")
    objects: Count = Field(description="Objects that are the nearest of at least one row.")
    repeated: Count = Field(description="Objects that are the nearest of more than one row.")
    sharing: Rows = Field(description="Rows whose nearest object is that of another row too.")
    median: Arcsec | None = Field(description="Median separation; null without matched rows.")
    edges: list[float] = Field(description="Of bins of the separation in arcsec; one more than bins.")
    counts: list[Rows] = Field(description="Matched rows per bin.")
    chance: list[float] = Field(
        description="Rows per bin whose nearest object would be there if the catalogues had nothing in "
        "common: by the objects in the same HEALPix pixel of order 6, as a Poisson process."
    )


class Crossmatches(Format):
    """The matches of a catalogue."""

    FILE: ClassVar[str] = f"{FOLDER}/CATALOGUE.json"

    catalogue: str = Field(description="Name of the catalogue of the release.")
    rows: Rows = Field(description="How many rows it has.")
    matches: list[Crossmatched] = Field(description="In the order of release.toml.")

    @classmethod
    def of(cls, release: Path, catalogue: str) -> Crossmatches | None:
        """Read those of a catalogue from the folder of a release; None if it has none. Raises InputError."""
        file = release / FOLDER / f"{catalogue}.json"
        return cls.parse(file.read_bytes(), str(file)) if file.is_file() else None
