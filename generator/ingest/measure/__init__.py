"""Statistics of a written catalogue."""
