"""Audiences of parts of the portal, and the dates from which these are public.

An edition is applied once, when the portal is read (`seen.py`). Later stages never see what it withholds.
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
    """Something that may be restricted to an audience."""

    audience: Literal["public", "partners", "team"] = "public"
    """The team sees everything, partners see what is for partners and for everyone."""
    public_from: str | None = None
    """The day from which everyone sees it; never, if not given."""

    @field_validator("public_from", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        if type(value) is date:  # TOML and YAML have a date type
            return value.isoformat()
        try:
            whole = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
        except ValueError:
            whole = False
        if value is not None and not whole:
            raise ValueError("is not a day; write it as 2027-03-01, meaning public from 00:00 of that day")
        return value

    @model_validator(mode="after")
    def _for_somebody(self) -> Restricted:
        if self.public_from is not None and self.audience == "public":
            raise ValueError('has `public_from` without `audience`; add audience = "team" or "partners"')
        return self


class WithheldRows(Restricted):
    """Rows of a catalogue that meet a condition."""

    rows: str = Field(min_length=1)
    """An SQL condition as after WHERE. Rows for which it is NULL are also withheld."""

    @model_validator(mode="after")
    def _withheld(self) -> WithheldRows:
        if self.audience == "public":
            raise ValueError('withholds rows from nobody; add audience = "team" or "partners"')
        return self


@dataclass(frozen=True)
class Edition:
    """The audience and the day of a build."""

    audience: Audience = Audience.public
    day: str = "0001-01-01"

    @classmethod
    def today(cls, audience: Audience = Audience.public) -> Edition:
        """The edition on the day of SOURCE_DATE_EPOCH if set, else today in UTC. Raises InputError."""
        epoch = os.environ.get(EPOCH)
        try:
            now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
        except (ValueError, OverflowError, OSError):
            fix = "set it to whole seconds since 1970, or unset it"
            raise InputError(Problem("environment", EPOCH, f"{epoch!r} is not a time", fix)) from None
        return cls(audience, now.date().isoformat())

    def hides(self, one: Restricted) -> bool:
        return self.reserved(one) and not self.since(one)

    def reserved(self, one: Restricted) -> bool:
        """Whether something is restricted to another audience, regardless of its date."""
        return _RANK[Audience(one.audience)] > _RANK[self.audience]

    def since(self, one: Restricted) -> bool:
        """Whether the day from which everyone sees it has come."""
        return one.public_from is not None and one.public_from <= self.day

    @property
    def is_public(self) -> bool:
        return self.audience == Audience.public


def until(one: Restricted) -> str:
    """The audience and the end date of a restriction, in words."""
    who = "the team" if one.audience == "team" else one.audience
    return f"is for {who} until {one.public_from}" if one.public_from else f"is for {who}"
