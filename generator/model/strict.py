"""Base class and value types of the tables of TOML files."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)


class Strict(BaseModel):
    """A table that rejects unknown keys."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


def _usable_path(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("is not a file path; write it as in files/stars.fits, relative to this file")
    if any(len(part.encode()) > 255 for part in value.split("/")) or len(value.encode()) > 4000:
        raise ValueError("is longer than file systems allow; write a file path")
    return value


PathText = Annotated[str, AfterValidator(_usable_path)]
"""The path of a file, or a glob pattern."""


def usable_name(value: str) -> str:
    """Check the name of a catalogue or spectra set, which is used for folders, in addresses and in SQL."""
    if not NAME.fullmatch(value):
        raise ValueError("cannot be used as a name; use lower-case letters, digits and _ (at most 40)")
    if not portable(value):
        raise ValueError("cannot be used as a name: Windows reserves it for a device; use another")
    return value


def portable(path: str) -> bool:
    """Whether Windows allows these names: none is a device name or ends with a dot."""
    return not any(_DEVICES.fullmatch(part) or part.endswith(".") for part in path.split("/"))
