"""Format version of the output of ingest."""

FORMAT = 14
"""Increase it when the files that ingest writes change, so that older results are not reused."""
SCRIPTS = 1
"""Increase it when script twins of the same files change."""
