"""Columns, their types and values, and SQL for them, as used throughout ingest."""
