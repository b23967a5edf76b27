"""[[mirrors]] of portal.toml: copies of the site that others publish."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from .dates import partial_date
from .strict import Strict
from .text import Text

WEB = re.compile(r"https?://[^\s\"'<>\\?#]+/")
RSYNC = re.compile(r"rsync://[A-Za-z0-9.-]+(:\d+)?/[A-Za-z0-9._~/-]+/")


def _web(value: str) -> str:
    address = value.rstrip("/") + "/"
    if not WEB.fullmatch(address):
        raise ValueError(
            f"{value!r} is not the address of a site; write it as https://mirror.example/survey/"
        )
    return address


def _rsync(value: str) -> str:
    address = value.rstrip("/") + "/"
    if not RSYNC.fullmatch(address):
        raise ValueError(f"{value!r} is not an rsync address; write it as rsync://mirror.example/survey/")
    return address


class Mirror(Strict):
    """A copy of the portal that somebody else publishes."""

    name: Text
    address: Annotated[str, AfterValidator(_web)] | None = None
    """Address of the copy, which has the same paths as the portal."""
    rsync: Annotated[str, AfterValidator(_rsync)] | None = None
    where: Text = Field(default_factory=dict)
    """Town or country."""
    since: str | None = None
    sync: Text = Field(default_factory=dict)
    """When it is updated, and what it leaves out."""
    releases: list[str] = Field(default_factory=list)
    """Ids of the releases it has; all if empty."""

    dates = field_validator("since", mode="before")(partial_date)

    @model_validator(mode="after")
    def _has_an_address(self) -> Mirror:
        if not self.address and not self.rsync:
            raise ValueError('has no address; write address = "https://…" or rsync = "rsync://…"')
        return self

    def keeps(self, release: str) -> bool:
        """Whether the mirror has a release; it always has the portal's own pages ("")."""
        return not release or not self.releases or release in {r.lower() for r in self.releases}
