"""Catalogue cards: what is known of a published catalogue that releases are matched with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, PrivateAttr, field_validator, model_validator

from ..model.citation import BIBCODE, Doi
from ..model.crossmatch import EpochColumn, Frame
from ..model.read import read_yaml, validate
from ..model.strict import NAME, Strict
from ..model.text import WEB_ADDRESS, Text
from ..problems import InputError, Problem

OWN = Path(__file__).with_name("cards")
"""Folder of the cards that come with drportal."""

Value = int | float | str


def _bibcode(value: str) -> str:
    if not BIBCODE.fullmatch(value):
        raise ValueError(f"{value!r} is not a bibcode; write its 19 characters, e.g. 2000A&A...355L..27H")
    return value


def _address(value: str) -> str:
    if not WEB_ADDRESS.fullmatch(value):
        raise ValueError(f"{value!r} is not an address; start it with https://")
    return value


Address = Annotated[str, AfterValidator(_address)]


class CardColumn(Strict):
    """A column of a published catalogue, under the name of the survey's own archive."""

    name: str = Field(min_length=1)
    vizier: str | None = Field(default=None, min_length=1)
    """The name in VizieR's edition, if it differs in more than case."""
    also: list[str] = Field(default_factory=list)
    """Names in other editions."""
    unit: str | None = None
    """A VOUnit."""
    ucd: str | None = None
    """UCD1+."""
    description: str = Field(min_length=1)
    missing: list[Value] = Field(default_factory=list)
    """Values that mean "no value"."""
    carry: bool = False
    """Whether a match carries it unless the release chooses columns."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which files have it, the archive's own first."""
        return (self.name, *((self.vizier,) if self.vizier else ()), *self.also)


class Motion(Strict):
    """Columns for moving a position from one epoch to another."""

    ra: str
    """Proper motion in right ascension times cos(dec)."""
    dec: str
    parallax: str | None = None
    radial_velocity: str | None = None


class Radius(Strict):
    """The separation up to which a pair counts as a match, by default."""

    arcsec: float = Field(gt=0, le=3600)
    reason: Text


class Citation(Strict):
    """What users of the catalogue are asked to cite."""

    text: str = Field(min_length=1)
    """Authors and year, journal, volume and page."""
    bibcode: Annotated[str, AfterValidator(_bibcode)] | None = None
    doi: Doi | None = None
    acknowledgement: Address | None = None
    """Where the survey says how to acknowledge it."""


class Card(Strict):
    """What is known of a published catalogue. Columns are the most used ones, not all."""

    title: str = Field(min_length=1)
    about: Text
    rows: int | None = Field(default=None, gt=0)
    vizier: str | None = Field(default=None, pattern=r"[IVX]+/[0-9]+[A-Z]?/\S+|[BJ]/\S+")
    """The table in VizieR."""
    frame: Frame = "icrs"
    """Frame of the positions, as astropy.coordinates names it; equinox J2000 or, for fk4, B1950."""
    epoch: float | EpochColumn | None = None
    """Julian year of the positions, if it is one for all rows; None if it is not known."""
    position: tuple[str, str]
    """Columns of longitude and latitude."""
    motion: Motion | None = None
    id: str
    radius: Radius
    columns: list[CardColumn] = Field(min_length=3)
    missing: list[Value] = Field(default_factory=list)
    """Values that mean "no value" in every column."""
    citations: list[Citation] = Field(min_length=1)
    licence: str | None = None
    """The terms of use in one line; None if the survey states none."""
    get: dict[str, Address] = Field(min_length=1)
    """Where the catalogue can be had: what is there, and its address."""
    checked: list[Address] = Field(min_length=1)
    """Published descriptions that the facts were compared with."""
    unchecked: dict[str, str] = Field(default_factory=dict)
    """Facts that could not be compared with one, and why: `rows`, or the name of a column."""

    # The file's name without .yaml: set by load_cards, never by the YAML.
    _id: str = PrivateAttr(default="")

    @property
    def name(self) -> str:
        """The name that a release gives as `card`."""
        return self._id

    @property
    def carried(self) -> list[CardColumn]:
        """The columns that a match carries unless the release chooses."""
        return [column for column in self.columns if column.carry]

    def found(self, names: Collection[str]) -> dict[str, str]:
        """Which columns of a file are which of the card.

        Args:
            names: all column names of the file.

        Returns:
            The name in the file for each column of the card that it has, by the card's name. An exact name
            is preferred to one in other case, and the archive's name to VizieR's.
        """
        folded = {name.lower(): name for name in reversed(list(names))}
        found: dict[str, str] = {}
        for column in self.columns:
            candidates = [*column.names, *(folded.get(name.lower(), "") for name in column.names)]
            if known := next((name for name in candidates if name in names), None):
                found[column.name] = known
        return found

    def aliases(self, names: Collection[str]) -> dict[str, str]:
        """Return every name of the card's columns, in lower case, with the name in a file that has them."""
        found = self.found(names)
        return {
            alias.lower(): found[column.name]
            for column in self.columns
            if column.name in found
            for alias in column.names
        }

    @field_validator("columns")
    @classmethod
    def _distinct(cls, columns: list[CardColumn]) -> list[CardColumn]:
        seen: set[str] = set()
        for column in columns:
            names = {name.lower() for name in column.names}
            if seen & names:
                raise ValueError(f"has the name {(seen & names).pop()!r} twice; each column has its own")
            seen |= names
        if not any(column.carry for column in columns):
            raise ValueError("has no column that a match carries; write `carry: true` to the most used ones")
        return columns

    @model_validator(mode="after")
    def _refers_to_its_columns(self) -> Card:
        known = {column.name for column in self.columns}
        for place, name in self._references():
            if name not in known:
                raise ValueError(f"names the column {name!r} as {place}, which it does not list; list it")
        unknown = self.unchecked.keys() - known - type(self).model_fields.keys()
        if unknown:
            raise ValueError(f"marks {min(unknown)!r} as unchecked, which it does not have; correct the name")
        return self

    def _references(self) -> Iterable[tuple[str, str]]:
        yield "id", self.id
        yield from (("position", name) for name in self.position)
        yield from (
            ("motion", name) for name in (self.motion.model_dump() if self.motion else {}).values() if name
        )
        if isinstance(self.epoch, EpochColumn):
            yield "epoch", self.epoch.column


def load_cards(folders: Iterable[Path] = (OWN,)) -> dict[str, Card]:
    """The cards of some folders by name; missing folders are skipped. The last file of a name is used.

    Raises:
        InputError: with the problems of all files.
    """
    files = {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}
    cards: dict[str, Card] = {}
    problems: list[Problem] = []
    for name, file in files.items():
        try:
            cards[name] = load_card(file)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return cards


def load_card(file: Path) -> Card:
    """Read a card; raises InputError."""
    if not NAME.fullmatch(file.stem):
        what = "has a name that cannot be used"
        raise InputError(Problem(str(file), "", what, "use lower-case letters, digits and _ in it"))
    data = read_yaml(file, "a catalogue card", "write its keys as in docs/cards.md", "correct the path")
    card = validate(Card, data, file)
    card._id = file.stem
    return card
