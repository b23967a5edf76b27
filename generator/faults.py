"""Explain errors of the system or of DuckDB by their cause, wherever they occurred."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import duckdb

from .problems import InputError, Problem

NO_ROOM = ("No space left", "errno 28", "max_temp_directory_size")
UNREADABLE = ("arquet", "magic bytes", "TProtocol", "Invalid data", "Snappy", "ZSTD", "thrift")
"""DuckDB's words for damaged files."""


def explained(error: Exception, where: Path) -> OSError | InputError:
    """The error to raise in place of `error`, which occurred while working on the folder or file `where`."""
    if isinstance(error, OSError) and error.filename:
        return error
    said = " ".join(str(error).split())
    if any(word in said for word in NO_ROOM):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(where))
    if isinstance(error, duckdb.OutOfMemoryException):
        return OSError(errno.ENOMEM, os.strerror(errno.ENOMEM), str(where))
    unreadable = isinstance(error, duckdb.IOException | duckdb.InvalidInputException)
    if unreadable and any(word in said for word in UNREADABLE):
        fix = "the cache is damaged: delete build/cache and build again"
        return InputError(Problem(str(where), "", f"cannot be read: {said[:200]}", fix))
    if isinstance(error, OSError | duckdb.IOException):
        return OSError(getattr(error, "errno", None) or errno.EIO, said[:200], str(where))
    what = f"DuckDB rejects a statement of drportal: {said[:300]}"
    return InputError(Problem(str(where), "", what, "this is a fault of drportal: please report it"))
