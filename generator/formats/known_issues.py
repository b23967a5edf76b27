"""known-issues/: what is wrong with which rows; issues.json for programs, a script a catalogue for pages."""

from __future__ import annotations

import json
from typing import ClassVar, Literal

from pydantic import Field, RootModel

from .base import Record, Rows, Texts, compact

IssueStatus = Literal["open", "fixed", "stays"]
FOLDER = "known-issues"


class ListedIssue(Record):
    """A known issue, as release.toml describes it, and the rows it concerns."""

    audience: Literal["public", "partners", "team"] = Field(description="Who sees it.")
    public_from: str | None = Field(default=None, description="The day from which everyone does.")
    name: str = Field(description="Its anchor on issues.html.")
    title: Texts = Field(description="By language.")
    description: Texts = Field(description="By language.")
    status: IssueStatus = Field(
        description="open: being looked into; fixed: in a later release; stays: nothing will be done."
    )
    found: str | None = Field(default=None, description="The date, or a part of it.")
    fixed_in: str | None = Field(default=None, description="Id of the release that no longer has it.")
    catalogue: str | None = Field(default=None, description="Whose rows it concerns; all where absent.")
    columns: list[str] = Field(description="Whose values are affected; none: the whole row.")
    where: str | None = Field(default=None, description="The rows by a condition in SQL.")
    rows: Rows | None = Field(description="null where no rows are named.")
    ids: str | None = Field(description="A CSV file of their ids, in the release's folder.")


class ListedIssues(RootModel[list[ListedIssue]]):
    """All known issues of a release."""

    FILE: ClassVar[str] = f"{FOLDER}/issues.json"

    def text(self) -> str:
        """The whole file."""
        said = [issue.members() for issue in self.root]
        return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


class RowIssue(Record):
    """A known issue, as pages mark rows by it."""

    name: str = Field(description="Its anchor on issues.html.")
    title: Texts = Field(description="By language.")
    status: IssueStatus = Field(description="As in issues.json.")
    columns: list[str] = Field(description="Whose values are affected; none: the whole row.")
    rows: Rows | None = Field(description="null where no rows are named: all are meant.")
    ids: str | list[str] | None = Field(
        description="In ascending order; whole numbers as differences, each from the one before, between "
        "spaces. null where they are too many or none are named."
    )


class CatalogueIssues(Record):
    """The known issues of a catalogue's rows."""

    id: str | None = Field(description="Column of the ids.")
    issues: list[RowIssue] = Field(description="In the order of release.toml.")

    def script(self, catalogue: str) -> str:
        """The script that pages of the catalogue load."""
        return f'drportal.chunk("{FOLDER}","{catalogue}",{compact(self.members())});\n'
