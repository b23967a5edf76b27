"""[[known_issues]] of release.toml: what is wrong with a release, and with which of its rows."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from .dates import partial_date
from .strict import PathText, Strict
from .text import Text

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class KnownIssue(Strict):
    """One thing that is wrong, told for as long as the release is kept."""

    name: str
    """Its anchor and address, e.g. lrs-2016-fibre-17"""
    title: Text
    description: Text = Field(default_factory=dict)
    status: Literal["open", "fixed", "stays"] = "open"
    """open: being looked into; fixed: in a later release; stays: known, and nothing will be done."""
    found: str | None = None
    fixed_in: str | None = None
    """Id of the release that no longer has it."""
    catalogue: str | None = None
    """The catalogue whose rows it concerns; all of the release where left out."""
    columns: list[str] = Field(default_factory=list)
    """Columns whose values are affected; all of the row where left out."""
    ids: list[int | str] = Field(default_factory=list)
    """Affected rows by the catalogue's id."""
    ids_file: PathText | None = None
    """A CSV or text file of affected ids, one a line, relative to release.toml."""
    where: str | None = None
    """Affected rows by a condition in SQL."""

    dates = field_validator("found", mode="before")(partial_date)

    @field_validator("name")
    @classmethod
    def _slug(cls, value: str) -> str:
        if not SLUG.fullmatch(value):
            raise ValueError("is not usable as a name; use lower-case letters, digits and - (at most 60)")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> KnownIssue:
        ways = [bool(self.ids), self.ids_file is not None, self.where is not None]
        if sum(ways) > 1:
            raise ValueError("says which rows in several ways; keep one of `ids`, `ids_file` and `where`")
        if (any(ways) or self.columns) and self.catalogue is None:
            raise ValueError("names rows or columns but no catalogue; add `catalogue = ...`")
        if self.fixed_in and self.status != "fixed":
            raise ValueError('is fixed in a release but its status is another; write status = "fixed"')
        return self
