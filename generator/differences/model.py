"""What differs between two releases, in the words that reports, pages and JSON share."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

Change = Literal["renamed", "retyped", "unit", "ucd", "description", "missing"]
Precision = Literal["exact", "float", "converted"]


class Column(BaseModel):
    """A column as a release describes it."""

    name: str
    datatype: str
    arraysize: str | None = None
    unit: str | None = None
    ucd: str | None = None
    description: str | None = None
    missing: list[Any] = []

    @property
    def type(self) -> str:
        return f"{self.datatype}[{self.arraysize}]" if self.arraysize else self.datatype


class Pair(BaseModel):
    """A column of both releases."""

    before: Column
    after: Column
    changes: list[Change] = []
    evidence: str = ""
    """Why columns of different names are held to be one."""
    factor: float | None = None
    """What values of the former release are multiplied by, where the unit changed."""

    @property
    def name(self) -> str:
        return self.after.name


class Largest(BaseModel):
    """A row whose value changed much. Values are written so that nothing is rounded."""

    id: str
    before: str
    after: str
    delta: float


class Replacement(BaseModel):
    """A value that became another one, and in how many rows."""

    before: str
    after: str
    rows: int


class Values(BaseModel):
    """How the values of a column changed in the rows that both releases have."""

    name: str
    unit: str | None = None
    is_number: bool = False
    precision: Precision = "exact"
    """exact; or equal in single precision, where one side has no more; or to 12 digits, where units were
    converted."""
    changed: int = 0
    lost: int = 0
    """A value before, none after."""
    gained: int = 0
    """None before, a value after."""
    rewritten: int = 0
    """No value on either side, but written differently (-9999 and NULL)."""
    rounding: int = 0
    """Values that differ, but not in single precision. Among `changed` where precision is exact."""
    median: float | None = None
    """Of the sizes of the changes."""
    largest: list[Largest] = []
    replacements: list[Replacement] = []

    @property
    def differing(self) -> int:
        """Rows listed for this column among the changed rows."""
        return self.changed + self.lost + self.gained


class Rows(BaseModel):
    """Rows of two catalogues, paired by an id."""

    key_before: str
    key_after: str
    before: int
    after: int
    paired: int
    changed: int
    added: int
    removed: int
    without_id_before: int = 0
    without_id_after: int = 0
    repeated_before: int = 0
    """Ids that several rows bear; such rows are paired in the order of the files."""
    repeated_after: int = 0

    @property
    def same(self) -> int:
        return self.paired - self.changed


class Fact(BaseModel):
    """Something said of a release or counted in a catalogue that is no longer the same."""

    kind: str
    subject: str = ""
    column: str | None = None
    """Whose values are told, where a column's name says what they are."""
    before: str | int | None = None
    after: str | int | None = None


class Catalogue(BaseModel):
    """A catalogue of both releases."""

    name: str
    former: str
    columns_before: int
    columns_after: int
    added: list[Column] = []
    removed: list[Column] = []
    pairs: list[Pair] = []
    reordered: bool = False
    rows: Rows | None = None
    why_not: str = ""
    """Why rows were not compared."""
    values: list[Values] = []
    """Of the columns in which anything differs."""
    not_compared: list[str] = []
    """Columns whose values cannot be compared."""
    facts: list[Fact] = []

    @property
    def changed_pairs(self) -> list[Pair]:
        return [p for p in self.pairs if p.changes]


class Differences(BaseModel):
    """Everything that differs between two releases."""

    before: str
    """Id of the former release."""
    after: str
    before_label: str
    after_label: str
    facts: list[Fact] = []
    catalogues: list[Catalogue] = []
    only_before: list[str] = []
    only_after: list[str] = []
