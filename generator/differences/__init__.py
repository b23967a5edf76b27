"""What differs between two releases: columns, rows and values, and the changed rows as a table."""

from __future__ import annotations

from .model import Catalogue, Differences
from .releases import Changes, compare_releases, paired, predecessors

__all__ = ["Catalogue", "Changes", "Differences", "compare_releases", "paired", "predecessors"]
