"""Check rows against what a release declares about its columns, and find suspicious values."""
