"""For whom an edition of a portal is: apart from the model, for the command line needs no more than this."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """Who reads an edition; each sees what those before it see, and more."""

    public = "public"
    partners = "partners"
    team = "team"
