"""Checksums of files, and the names that a catalogue's folder gives to them and to its script twins."""

from __future__ import annotations

import hashlib
from pathlib import Path

SUMS = "SHA256SUMS"
"""Checksums that travel with a catalogue, without those of the script twins, which repeat its files."""
TWINS = "chunks"
"""Folder of script twins: the Parquet files' bytes once more, for pages opened from disc."""


def digest(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
