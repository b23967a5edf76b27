"""Simulated rows as a source."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..values.fields import Field
from .source import Source


def simulated_source(kind: str, rows: int, seed: int, later: bool = False) -> Source:
    """Return simulated rows, or their later version, as a source for ingest."""
    from ...simulate import schema_of, simulated_rows

    fields = [Field(column.name, column.type, null="NULL") for column in schema_of(kind, later)]
    name = Path(f"{kind} simulated with seed {seed}" + ", revised" * later)
    return Source(name, fields, None if later else rows, partial(simulated_rows, kind, rows, seed, later))
