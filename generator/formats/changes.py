"""Differences between two releases, as shared by reports, pages and JSON.

`drportal diff --json` prints them; those of each pair of catalogues are cached as differences.json.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, Literal

from pydantic import Field

from .base import Count, Format, Mark, Record, Rows, Value
from .catalogue import CatalogueColumn

Change = Literal["renamed", "retyped", "unit", "ucd", "description", "missing"]
Precision = Literal["exact", "float", "converted"]


class ComparedColumn(Record):
    """A column as described by one release."""

    name: str = Field(description="As in its catalogue.json.")
    datatype: str = Field(description="As in its catalogue.json.")
    arraysize: str | None = Field(default=None, description="null for single values.")
    unit: str | None = Field(default=None, description="In VOUnit syntax.")
    ucd: str | None = Field(default=None, description="UCD1+.")
    description: str | None = Field(default=None, description="From the schema, else from the source.")
    missing: list[Mark] = Field(default=[], description="Missing values.")

    @classmethod
    def of(cls, column: CatalogueColumn) -> ComparedColumn:
        """Return the compared properties of a catalogue's column."""
        return cls(**{name: getattr(column, name) for name in cls.model_fields})

    @property
    def type(self) -> str:
        return f"{self.datatype}[{self.arraysize}]" if self.arraysize else self.datatype


class ColumnPair(Record):
    """A column of both releases."""

    before: ComparedColumn = Field(description="In the former release.")
    after: ComparedColumn = Field(description="In the later release.")
    changes: list[Change] = Field(default=[], description="Properties that changed.")
    evidence: str = Field(default="", description="Why columns with different names are paired.")
    factor: float | None = Field(
        default=None,
        description="Factor applied to values of the former release, if the unit changed.",
    )

    @property
    def name(self) -> str:
        return self.after.name


class LargestChange(Record):
    """A row with one of the largest changes. Values are written without rounding."""

    id: str = Field(description="Of the row.")
    before: str = Field(description="The former value.")
    after: str = Field(description="The later value.")
    delta: float = Field(description="Later minus former, in the later unit.")


class Replacement(Record):
    """A value that was replaced by another."""

    before: str = Field(description="The former value.")
    after: str = Field(description="The later value.")
    rows: Rows = Field(description="Number of rows.")


class ChangedValues(Record):
    """Changes of a column's values in the rows of both releases."""

    name: str = Field(description="Of the column in the later release.")
    unit: str | None = Field(default=None, description="In the later release.")
    is_number: bool = Field(default=False, description="Whether changes have a numeric size.")
    precision: Precision = Field(
        default="exact",
        description="exact; or in single precision, if one side has no more; or to 12 digits, if "
        "units were converted.",
    )
    changed: Rows = Field(default=0, description="Rows with a different value.")
    lost: Rows = Field(default=0, description="Rows with a value before and none after.")
    gained: Rows = Field(default=0, description="Rows without a value before and with one after.")
    rewritten: Rows = Field(
        default=0, description="Missing on both sides, but written differently (-9999 and NULL)."
    )
    rounding: Rows = Field(
        default=0,
        description="Values that differ, but not in single precision; included in `changed` if it is exact.",
    )
    median: float | None = Field(default=None, description="Of the absolute changes.")
    largest: list[LargestChange] = Field(default=[], description="The largest first.")
    replacements: list[Replacement] = Field(default=[], description="The most frequent first.")

    @property
    def differing(self) -> int:
        """Number of rows listed for this column among the changed rows."""
        return self.changed + self.lost + self.gained


class ComparedRows(Record):
    """Rows of two catalogues, paired by an id."""

    key_before: str = Field(description="Id column of the former catalogue.")
    key_after: str = Field(description="Id column of the later catalogue.")
    before: Rows = Field(description="In the former catalogue.")
    after: Rows = Field(description="In the later catalogue.")
    paired: Rows = Field(description="In both.")
    changed: Rows = Field(description="Paired rows with any changed value.")
    added: Rows = Field(description="Only in the later catalogue.")
    removed: Rows = Field(description="Only in the former catalogue.")
    without_id_before: Rows = Field(default=0, description="Rows that cannot be paired.")
    without_id_after: Rows = Field(default=0, description="Rows that cannot be paired.")
    repeated_before: Rows = Field(
        default=0, description="Ids that occur in several rows; these rows are paired in file order."
    )
    repeated_after: Rows = Field(default=0, description="Likewise in the later catalogue.")

    @property
    def same(self) -> int:
        return self.paired - self.changed


class ChangedFact(Record):
    """A changed property of a release or count of a catalogue."""

    kind: str = Field(description="Kind: published, rows, nights, class, …")
    subject: str = Field(default="", description="The part concerned: a resolution, a class.")
    column: str | None = Field(
        default=None, description="The column of these values, if its name is needed to interpret them."
    )
    before: Value = Field(default=None, description="In the former release.")
    after: Value = Field(default=None, description="In the later release.")


class ComparedCatalogue(Format):
    """A catalogue of both releases."""

    FILE: ClassVar[str] = "differences.json"

    name: str = Field(description="In the later release.")
    former: str = Field(description="In the former release.")
    columns_before: Count = Field(description="Columns of the former catalogue.")
    columns_after: Count = Field(description="Columns of the later one.")
    added: list[ComparedColumn] = Field(default=[], description="Columns only in the later catalogue.")
    removed: list[ComparedColumn] = Field(default=[], description="Columns only in the former catalogue.")
    pairs: list[ColumnPair] = Field(default=[], description="Columns of both, in the later order.")
    reordered: bool = Field(default=False, description="Whether their order changed.")
    rows: ComparedRows | None = Field(default=None, description="null where rows were not compared.")
    why_not: str = Field(default="", description="Why rows were not compared.")
    values: list[ChangedValues] = Field(default=[], description="For the columns with differences.")
    not_compared: list[str] = Field(default=[], description="Columns whose values cannot be compared.")
    facts: list[ChangedFact] = Field(default=[], description="Counts that differ.")

    @property
    def compared_pairs(self) -> list[ColumnPair]:
        """The pairs whose values were compared: all except ids."""
        ids = [self.rows.key_after] if self.rows else []
        return [p for p in self.pairs if p.name not in self.not_compared and p.name not in ids]

    @property
    def changed_pairs(self) -> list[ColumnPair]:
        return [p for p in self.pairs if p.changes]

    def text(self) -> str:
        return self.model_dump_json(indent=1) + "\n"


class Differences(Record):
    """All differences between two releases."""

    before: str = Field(description="Id of the former release, or a file.")
    after: str = Field(description="Id of the later release, or a file.")
    before_label: str = Field(description="For display.")
    after_label: str = Field(description="For display.")
    facts: list[ChangedFact] = Field(default=[], description="Of the releases.")
    catalogues: list[ComparedCatalogue] = Field(default=[], description="Catalogues of both releases.")
    only_before: list[str] = Field(default=[], description="Catalogues only in the former release.")
    only_after: list[str] = Field(default=[], description="Catalogues only in the later release.")


class ChangedTable(Format):
    """Settings of the table of changed rows, an additional catalogue, as in release.toml."""

    FILE: ClassVar[str] = "changed.json"

    missing: dict[str, list[Mark]] = Field(description="Missing values, by column.")
    roles: dict[str, Any] = Field(description="As in release.toml.")
    positions: Literal["require", "none"] = Field(description="As in release.toml.")
    index: list[str] = Field(description="As in release.toml.")

    def text(self) -> str:
        return json.dumps(self.members(), ensure_ascii=False)
