"""What all tables of release.toml share."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Strict(BaseModel):
    """A table without unknown keys."""

    model_config = ConfigDict(extra="forbid")


def usable_name(value: str) -> str:
    """The name of a catalogue or a spectra set, which is a folder and stands in addresses and SQL."""
    if not NAME.fullmatch(value):
        raise ValueError("is not usable as a name; use lower-case letters, digits and _ (at most 40)")
    return value
