"""Tutorials to take along: a release in its own names and numbers, for the tools on a reader's computer.

`write_tutorials` writes them below tutorials/, as notebooks and as scripts of the same cells.
"""

from __future__ import annotations

from .write import write_tutorials

__all__ = ["write_tutorials"]
