"""The version of what ingest writes."""

FORMAT = 9
"""Raised when the files that ingest writes change, so that what was ingested before is not used again."""
