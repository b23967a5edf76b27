"""The version of what ingest writes."""

FORMAT = 9
"""Increase it when the files that ingest writes change, so that older results are not reused."""
