"""Query files: a query of a release, saved and opened by pages and not used in Python."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Record


class TargetColumn(Record):
    """A column of a list of targets."""

    name: str = Field(description="As in the list.")
    unit: str = Field(description='"" if unknown.')
    ucd: str = Field(description='"" if unknown.')


class TargetRoles(Record):
    """The role of the list's columns, numbered from 0; -1 is none."""

    by: Literal["position", "id"] = Field(description="How targets and rows are matched.")
    ra: int = Field(description="Right ascension, or galactic longitude.")
    dec: int = Field(description="Declination; equal to ra if one column contains both.")
    radius: int = Field(description="Radius of each target.")
    id: int = Field(description="The values compared with `column`.")
    galactic: bool = Field(
        default=False,
        description="The position is in galactic longitude and latitude; default: by the columns.",
    )
    column: str = Field(description='Column of the catalogue that `id` is compared with; "" for positions.')


class QueryTargets(Record):
    """A list of targets."""

    columns: list[TargetColumn] = Field(description="In the order of the list.")
    roles: TargetRoles = Field(description="Of its columns.")
    rows: list[list[str]] = Field(description="Cells as text, so that ids keep all their digits.")


class QueryFile(Record):
    """The content of a permalink, and the list of targets, which is too long for a link."""

    drportal: Literal[1] = Field(description="Version of the format.")
    release: str = Field(description="Id of the release.")
    catalogue: str = Field(description="Its name; for SQL all names, for display.")
    kind: Literal["search", "sql"] = Field(description="The page that runs it.")
    query: dict[str, str] = Field(description="Parameters of the page's address.")
    sql: str | None = Field(description="The statement, for display; null if the list is long.")
    created: str = Field(description="ISO 8601, UTC; for display.")
    cite: str = Field(description="What to cite; for display.")
    targets: QueryTargets | None = Field(default=None, description="Present in searches by a list.")
