"""For whom a part of the portal is, and until when: what an edition leaves out.

An edition is applied once, when the portal is read (`seen.py`). What comes after never knows of what it
withholds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import Field, field_validator, model_validator

from ..audiences import Audience
from ..problems import InputError, Problem
from .strict import Strict

__all__ = ["Audience", "Edition", "Restricted", "WithheldRows", "until"]

EPOCH = "SOURCE_DATE_EPOCH"


_RANK = {name: rank for rank, name in enumerate(Audience)}


class Restricted(Strict):
    """Something that may be for some readers only."""

    audience: Literal["public", "partners", "team"] = "public"
    """The team sees all, partners what is for partners."""
    public_from: str | None = None
    """The day from which everyone sees it; without one they never do."""

    @field_validator("public_from", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        if type(value) is date:  # TOML and YAML have dates of their own
            return value.isoformat()
        try:
            whole = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
        except ValueError:
            whole = False
        if value is not None and not whole:
            raise ValueError("is not a day; write it as 2027-03-01, which is public from its first minute on")
        return value

    @model_validator(mode="after")
    def _for_somebody(self) -> Restricted:
        if self.public_from is not None and self.audience == "public":
            raise ValueError('has `public_from` without `audience`; add audience = "team" or "partners"')
        return self


class WithheldRows(Restricted):
    """Rows of a catalogue that meet a condition."""

    rows: str = Field(min_length=1)
    """As after WHERE in SQL. A row of which it cannot be told (NULL) is withheld too."""

    @model_validator(mode="after")
    def _withheld(self) -> WithheldRows:
        if self.audience == "public":
            raise ValueError('withholds rows from nobody; add audience = "team" or "partners"')
        return self


@dataclass(frozen=True)
class Edition:
    """What is built for whom, on which day."""

    audience: Audience = Audience.public
    day: str = "0001-01-01"

    @classmethod
    def today(cls, audience: Audience = Audience.public) -> Edition:
        """As of SOURCE_DATE_EPOCH where it is set, else of this day in UTC. Raises InputError."""
        epoch = os.environ.get(EPOCH)
        try:
            now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
        except (ValueError, OverflowError, OSError):
            mend = "set it to whole seconds since 1970, or not at all"
            raise InputError(Problem("environment", EPOCH, f"{epoch!r} is no time", mend)) from None
        return cls(audience, now.date().isoformat())

    def hides(self, one: Restricted) -> bool:
        return self.reserved(one) and not self.since(one)

    def reserved(self, one: Restricted) -> bool:
        """Whether something is for other readers than those of this edition, were it not for a date."""
        return _RANK[Audience(one.audience)] > _RANK[self.audience]

    def since(self, one: Restricted) -> bool:
        """Whether the day has come from which everyone sees it."""
        return one.public_from is not None and one.public_from <= self.day

    @property
    def is_public(self) -> bool:
        return self.audience == Audience.public


def until(one: Restricted) -> str:
    """For whom and how long something is, in words."""
    who = "the team" if one.audience == "team" else one.audience
    return f"is for {who} until {one.public_from}" if one.public_from else f"is for {who}"
