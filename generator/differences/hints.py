"""What release.toml says about the comparison of two catalogues."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

ROWS = "changed.parquet"
"""File of a comparison: the rows that differ."""


@dataclass(frozen=True)
class Hints:
    """What release.toml says about the comparison of a catalogue with a former one."""

    name: str
    former: str
    renamed: dict[str, str] = field(default_factory=dict)
    """{old: new}"""
    key: str | None = None
    file: Path = Path()
    """Where this stands, for errors."""
    labels: tuple[str, str] = ("before", "after")
    """What people call the two releases."""
