"""The functions of the SQL page for DuckDB outside of pages; `near` matches tables by their positions.

`sky.sql` is made from client/src/search/sql/macros.js by `npm run sky`, which the tests compare.
"""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).with_name("sky.sql")


def sky_functions() -> str:
    """Statements that create the functions; angles are in degrees, distances in arcsec."""
    return FILE.read_text(encoding="utf-8")
