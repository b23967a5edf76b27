"""What differs between two releases, in the words that reports, pages and JSON share.

`drportal diff --json` prints it; of each pair of catalogues it is kept in the cache as differences.json.
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
    """A column as a release describes it."""

    name: str = Field(description="As in its catalogue.json.")
    datatype: str = Field(description="As in its catalogue.json.")
    arraysize: str | None = Field(default=None, description="null for single values.")
    unit: str | None = Field(default=None, description="In VOUnit syntax.")
    ucd: str | None = Field(default=None, description="UCD1+.")
    description: str | None = Field(default=None, description="Of the schema, else of the source.")
    missing: list[Mark] = Field(default=[], description='Values that mean "nothing".')

    @classmethod
    def of(cls, column: CatalogueColumn) -> ComparedColumn:
        """What is compared of a column of a catalogue."""
        return cls(**{name: getattr(column, name) for name in cls.model_fields})

    @property
    def type(self) -> str:
        return f"{self.datatype}[{self.arraysize}]" if self.arraysize else self.datatype


class ColumnPair(Record):
    """A column of both releases."""

    before: ComparedColumn = Field(description="As the former release has it.")
    after: ComparedColumn = Field(description="As the later release has it.")
    changes: list[Change] = Field(default=[], description="What is said of it otherwise.")
    evidence: str = Field(default="", description="Why columns of different names are taken for one.")
    factor: float | None = Field(
        default=None,
        description="What values of the former release are multiplied by, where the unit changed.",
    )

    @property
    def name(self) -> str:
        return self.after.name


class LargestChange(Record):
    """A row whose value changed much. Values are written so that nothing is rounded."""

    id: str = Field(description="Of the row.")
    before: str = Field(description="The former value.")
    after: str = Field(description="The later value.")
    delta: float = Field(description="Later minus former, in the later unit.")


class Replacement(Record):
    """A value that became another one."""

    before: str = Field(description="The former value.")
    after: str = Field(description="The later value.")
    rows: Rows = Field(description="In how many rows.")


class ChangedValues(Record):
    """How the values of a column changed in the rows that both releases have."""

    name: str = Field(description="Of the column in the later release.")
    unit: str | None = Field(default=None, description="In the later release.")
    is_number: bool = Field(default=False, description="Whether changes have a size.")
    precision: Precision = Field(
        default="exact",
        description="exact; or equal in single precision, where one side has no more; or to 12 digits, where "
        "units were converted.",
    )
    changed: Rows = Field(default=0, description="Another value.")
    lost: Rows = Field(default=0, description="A value before, none after.")
    gained: Rows = Field(default=0, description="None before, a value after.")
    rewritten: Rows = Field(
        default=0, description="No value on either side, but written differently (-9999 and NULL)."
    )
    rounding: Rows = Field(
        default=0,
        description="Values that differ, but not in single precision; among `changed` where it is exact.",
    )
    median: float | None = Field(default=None, description="Of the sizes of the changes.")
    largest: list[LargestChange] = Field(default=[], description="The largest first.")
    replacements: list[Replacement] = Field(default=[], description="The most frequent first.")

    @property
    def differing(self) -> int:
        """Rows listed for this column among the changed rows."""
        return self.changed + self.lost + self.gained


class ComparedRows(Record):
    """Rows of two catalogues, paired by an id."""

    key_before: str = Field(description="Column of the id in the former catalogue.")
    key_after: str = Field(description="In the later one.")
    before: Rows = Field(description="Of the former catalogue.")
    after: Rows = Field(description="Of the later one.")
    paired: Rows = Field(description="In both.")
    changed: Rows = Field(description="Of those, with any value changed.")
    added: Rows = Field(description="In the later one only.")
    removed: Rows = Field(description="In the former one only.")
    without_id_before: Rows = Field(default=0, description="Rows that cannot be paired.")
    without_id_after: Rows = Field(default=0, description="Rows that cannot be paired.")
    repeated_before: Rows = Field(
        default=0, description="Ids that several rows bear; such rows are paired in the order of the files."
    )
    repeated_after: Rows = Field(default=0, description="Likewise in the later one.")

    @property
    def same(self) -> int:
        return self.paired - self.changed


class ChangedFact(Record):
    """Something said of a release or counted in a catalogue that is no longer the same."""

    kind: str = Field(description="What: published, rows, nights, class, …")
    subject: str = Field(default="", description="Of which part: a resolution, a class.")
    column: str | None = Field(
        default=None, description="Whose values these are, where a column's name says what they are."
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
    added: list[ComparedColumn] = Field(default=[], description="Columns of the later one only.")
    removed: list[ComparedColumn] = Field(default=[], description="Columns of the former one only.")
    pairs: list[ColumnPair] = Field(default=[], description="Columns of both, in the later order.")
    reordered: bool = Field(default=False, description="Whether their order changed.")
    rows: ComparedRows | None = Field(default=None, description="null where rows were not compared.")
    why_not: str = Field(default="", description="Why rows were not compared.")
    values: list[ChangedValues] = Field(default=[], description="Of the columns in which anything differs.")
    not_compared: list[str] = Field(default=[], description="Columns whose values cannot be compared.")
    facts: list[ChangedFact] = Field(default=[], description="Counts that differ.")

    @property
    def compared_pairs(self) -> list[ColumnPair]:
        """Those whose values were compared: all but the ids."""
        ids = [self.rows.key_after] if self.rows else []
        return [p for p in self.pairs if p.name not in self.not_compared and p.name not in ids]

    @property
    def changed_pairs(self) -> list[ColumnPair]:
        return [p for p in self.pairs if p.changes]

    def text(self) -> str:
        return self.model_dump_json(indent=1) + "\n"


class Differences(Record):
    """Everything that differs between two releases."""

    before: str = Field(description="Id of the former release, or a file.")
    after: str = Field(description="Id of the later release, or a file.")
    before_label: str = Field(description="For people.")
    after_label: str = Field(description="For people.")
    facts: list[ChangedFact] = Field(default=[], description="Of the releases.")
    catalogues: list[ComparedCatalogue] = Field(default=[], description="Those of both.")
    only_before: list[str] = Field(default=[], description="Catalogues of the former release only.")
    only_after: list[str] = Field(default=[], description="Catalogues of the later release only.")


class ChangedTable(Format):
    """What release.toml would say of the table of changed rows, which is one more catalogue."""

    FILE: ClassVar[str] = "changed.json"

    missing: dict[str, list[Mark]] = Field(description='By column, values that mean "nothing".')
    roles: dict[str, Any] = Field(description="As in release.toml.")
    positions: Literal["require", "none"] = Field(description="As in release.toml.")
    index: list[str] = Field(description="As in release.toml.")

    def text(self) -> str:
        return json.dumps(self.members(), ensure_ascii=False)
