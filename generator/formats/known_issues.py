"""known-issues/: problems of rows; issues.json for programs, one script per catalogue for pages."""

from __future__ import annotations

import json
from typing import ClassVar, Literal

from pydantic import Field, RootModel

from .base import Record, Rows, Texts, compact

IssueStatus = Literal["open", "fixed", "stays"]
FOLDER = "known-issues"


class ListedIssue(Record):
    """A known issue as described in release.toml, and the rows concerned."""

    audience: Literal["public", "partners", "team"] = Field(description="Who may see it.")
    public_from: str | None = Field(default=None, description="The day from which everyone may see it.")
    name: str = Field(description="Its anchor on issues.html.")
    title: Texts = Field(description="By language.")
    description: Texts = Field(description="By language.")
    status: IssueStatus = Field(
        description="open: under investigation; fixed: in a later release; stays: will not be fixed."
    )
    found: str | None = Field(default=None, description="The date, or a part of it.")
    fixed_in: str | None = Field(default=None, description="Id of the release in which it is fixed.")
    catalogue: str | None = Field(default=None, description="The catalogue concerned; all if absent.")
    columns: list[str] = Field(description="Columns with affected values; empty: the whole row.")
    where: str | None = Field(default=None, description="SQL condition for the rows concerned.")
    rows: Rows | None = Field(description="Number of rows; null if no rows are specified.")
    ids: str | None = Field(description="A CSV file of their ids, in the release's folder.")


class ListedIssues(RootModel[list[ListedIssue]]):
    """All known issues of a release."""

    FILE: ClassVar[str] = f"{FOLDER}/issues.json"

    def text(self) -> str:
        """Return the content of the file."""
        issues = [issue.members() for issue in self.root]
        return json.dumps(issues, ensure_ascii=False, indent=1) + "\n"


class RowIssue(Record):
    """A known issue, as used by pages to mark rows."""

    name: str = Field(description="Its anchor on issues.html.")
    title: Texts = Field(description="By language.")
    status: IssueStatus = Field(description="As in issues.json.")
    columns: list[str] = Field(description="Columns with affected values; empty: the whole row.")
    rows: Rows | None = Field(description="Number of rows; null if no rows are specified: all are meant.")
    ids: str | list[str] | None = Field(
        description="In ascending order; whole numbers as differences from the previous one, separated by "
        "spaces. null if there are too many or none are specified."
    )
    where: str | None = Field(
        default=None, description="SQL condition of the rows, if there are too many to list."
    )


class CatalogueIssues(Record):
    """The known issues of a catalogue's rows."""

    id: str | None = Field(description="The id column.")
    issues: list[RowIssue] = Field(description="In the order of release.toml.")

    def script(self, catalogue: str) -> str:
        """Return the script that pages of the catalogue load."""
        return f'drportal.chunk("{FOLDER}","{catalogue}",{compact(self.members())});\n'
