"""What all tables of release.toml share."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)


class Strict(BaseModel):
    """A table without unknown keys."""

    model_config = ConfigDict(extra="forbid")


def _usable_path(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("is no path of a file; write it as in files/stars.fits, relative to this file")
    if any(len(part.encode()) > 255 for part in value.split("/")) or len(value.encode()) > 4000:
        raise ValueError("is longer than file systems allow; write the path of a file")
    return value


PathText = Annotated[str, AfterValidator(_usable_path)]
"""The path of a file, or a pattern of several."""


def usable_name(value: str) -> str:
    """The name of a catalogue or a spectra set, which is a folder and stands in addresses and SQL."""
    if not NAME.fullmatch(value):
        raise ValueError("is not usable as a name; use lower-case letters, digits and _ (at most 40)")
    if not portable(value):
        raise ValueError("is not usable as a name, Windows keeps it for a device; use another")
    return value


def portable(path: str) -> bool:
    """Whether Windows can have files of these names: none stands for a device or ends with a dot."""
    return not any(_DEVICES.fullmatch(part) or part.endswith(".") for part in path.split("/"))
