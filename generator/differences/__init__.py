"""What differs between two releases: columns, rows and values, and the changed rows as a table."""

from __future__ import annotations

from .model import Catalogue, Differences
from .releases import Changes, changes_of, comparisons, paired, predecessors

__all__ = ["Catalogue", "Changes", "Differences", "changes_of", "comparisons", "paired", "predecessors"]
