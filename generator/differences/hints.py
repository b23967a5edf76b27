"""Settings of release.toml for the comparison of two catalogues."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

ROWS = "changed.parquet"
"""File of a comparison that contains the changed rows."""


@dataclass(frozen=True)
class Hints:
    """Settings of release.toml for the comparison of a catalogue with a former one."""

    name: str
    former: str
    renamed: dict[str, str] = field(default_factory=dict)
    """{old: new}"""
    key: str | None = None
    file: Path = Path()
    """File and place of these settings, for error messages."""
    labels: tuple[str, str] = ("before", "after")
    """Labels of the two releases."""
