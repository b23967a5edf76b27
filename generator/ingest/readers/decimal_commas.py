"""Recognize numbers such as 10,5, written with decimal commas where semicolons separate the values."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

NUMBER = r"^\s*[+-]?(0|[1-9][0-9]*)(,[0-9]+)?([eE][+-]?[0-9]+)?\s*$"
POINT = r"^\s*[+-]?[0-9]*\.[0-9]+([eE][+-]?[0-9]+)?\s*$"


class DecimalCommas:
    """Finds columns that contain only such numbers; none if any value of the table has a decimal point."""

    def __init__(self) -> None:
        self._with: set[int] = set()
        self._not: set[int] = set()
        self._point = False

    def see(self, index: int, texts: pa.Array) -> None:
        """Inspect the next texts of a column, without those that mean a missing value."""
        if self._point or index in self._not or not len(texts):
            return
        if not pc.all(pc.match_substring_regex(texts, NUMBER)).as_py():
            self._not.add(index)
            self._point = bool(pc.any(pc.match_substring_regex(texts, POINT)).as_py())
        elif pc.any(pc.match_substring(texts, ",")).as_py():
            self._with.add(index)

    def columns(self) -> list[int]:
        return [] if self._point else sorted(self._with - self._not)


def with_points(column: pa.Array) -> pa.Array:
    """Return the numbers with decimal points."""
    return pc.replace_substring(column, ",", ".", max_replacements=1)
