"""The error that all functions of this package raise."""

from __future__ import annotations


class Error(Exception):
    """What cannot be done, in one line: a statement that DuckDB refuses, an unknown column or id."""


Error.__module__ = "drportal"  # as readers import it, and as tracebacks name it
