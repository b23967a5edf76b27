"""The audiences of a portal's editions: a module of its own, as the command line needs only this."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """Who reads an edition; each audience sees all that the ones before it see, and more."""

    public = "public"
    partners = "partners"
    team = "team"
