"""Statistics of what was written."""
