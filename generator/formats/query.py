"""Query files: a question to a release. Pages save and open them; nothing in Python does."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Record


class TargetColumn(Record):
    """A column of a list of targets."""

    name: str = Field(description="As in the list.")
    unit: str = Field(description='"" where none is known.')
    ucd: str = Field(description='"" where none is known.')


class TargetRoles(Record):
    """Which column of the list plays which part, counted from 0; -1 is none."""

    by: Literal["position", "id"] = Field(description="How targets and rows are matched.")
    ra: int = Field(description="Right ascension, or galactic longitude.")
    dec: int = Field(description="Declination; the same as ra where one column has both.")
    radius: int = Field(description="Radius of each target.")
    id: int = Field(description="What is compared with `column`.")
    column: str = Field(description='Column of the catalogue that `id` is compared with; "" by position.')


class QueryTargets(Record):
    """A list of targets."""

    columns: list[TargetColumn] = Field(description="In the order of the list.")
    roles: TargetRoles = Field(description="Of its columns.")
    rows: list[list[str]] = Field(description="Cells as text, so that ids keep all their digits.")


class QueryFile(Record):
    """What a permalink says, and the list of targets that no link has room for."""

    drportal: Literal[1] = Field(description="Version of the format.")
    release: str = Field(description="Id of the release.")
    catalogue: str = Field(description="Its name; of SQL all names, for people.")
    kind: Literal["search", "sql"] = Field(description="The page that it is a question to.")
    query: dict[str, str] = Field(description="Parameters of the page's address.")
    sql: str | None = Field(description="The statement, for people; null where the list is long.")
    created: str = Field(description="ISO 8601, UTC; for people.")
    cite: str = Field(description="What to cite; for people.")
    targets: QueryTargets | None = Field(default=None, description="Where the search is by a list.")
