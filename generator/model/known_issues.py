"""[[known_issues]] of release.toml: known faults of a release, and the rows they affect."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from .audience import Restricted
from .dates import partial_date
from .strict import PathText
from .text import Text

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class KnownIssue(Restricted):
    """One known fault, listed as long as the release exists."""

    name: str
    """Its anchor and address, e.g. lrs-2016-fibre-17"""
    title: Text
    description: Text = Field(default_factory=dict)
    status: Literal["open", "fixed", "stays"] = "open"
    """open: under investigation; fixed: in a later release; stays: known, and will not be fixed."""
    found: str | None = None
    fixed_in: str | None = None
    """Id of the release that fixes it."""
    catalogue: str | None = None
    """The affected catalogue; by default the whole release."""
    columns: list[str] = Field(default_factory=list)
    """Affected columns; by default all."""
    ids: list[int | str] = Field(default_factory=list)
    """Ids of affected rows."""
    ids_file: PathText | None = None
    """A CSV or text file of affected ids, one per line, relative to release.toml."""
    where: str | None = None
    """An SQL condition for affected rows."""

    dates = field_validator("found", mode="before")(partial_date)

    @field_validator("name")
    @classmethod
    def _slug(cls, value: str) -> str:
        if not SLUG.fullmatch(value):
            raise ValueError("cannot be used as a name; use lower-case letters, digits and - (at most 60)")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> KnownIssue:
        ways = [bool(self.ids), self.ids_file is not None, self.where is not None]
        if sum(ways) > 1:
            raise ValueError("selects rows in several ways; keep one of `ids`, `ids_file` and `where`")
        if (any(ways) or self.columns) and self.catalogue is None:
            raise ValueError("names rows or columns but no catalogue; add `catalogue = ...`")
        if self.fixed_in and self.status != "fixed":
            raise ValueError('is fixed in a release but its status is another; write status = "fixed"')
        return self
