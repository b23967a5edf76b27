"""Compare two releases: columns, rows and values, with the changed rows as a table."""

from __future__ import annotations

from ..formats.changes import Differences
from .releases import Changes, Found, changes_of, comparisons, paired, predecessors

__all__ = ["Changes", "Differences", "Found", "changes_of", "comparisons", "paired", "predecessors"]
