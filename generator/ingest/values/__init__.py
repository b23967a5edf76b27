"""Columns, their types and values, and the SQL that asks for them: what all of ingest uses."""
