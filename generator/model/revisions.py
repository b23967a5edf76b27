"""[[revisions]] of release.toml: changes of the data after they were published."""

from __future__ import annotations

from pydantic import field_validator

from .dates import partial_date
from .strict import Strict
from .text import Text


class Revision(Strict):
    """A change of published data."""

    date: str
    """When the changed data were published."""
    reason: Text
    """Why they were changed."""

    dates = field_validator("date", mode="before")(partial_date)
