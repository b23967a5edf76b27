"""`import drportal` in plain Python has the names that it has in a page, so that a notebook runs in both."""

from __future__ import annotations

from typing import Any

from . import site
from .page import drportal

ASKING = ("release", "save", "show", "spectrum", "sql", "table")
"""Functions that need a release."""


def name(wanted: str) -> Any:
    """Return what a name of the package means. Raises AttributeError for other names."""
    if wanted == "open":
        return site.open
    if wanted not in drportal.__all__:
        raise AttributeError(f"module 'drportal' has no attribute {wanted!r}")
    if wanted in ASKING:
        site.open_usual()
    return getattr(drportal, wanted)
