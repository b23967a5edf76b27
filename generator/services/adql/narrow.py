"""Which files of a table can have rows that meet a WHERE clause: a condition on a position or on an id, alone
or joined with others by AND.
"""

from __future__ import annotations

import re

from ..parts import Ranges
from .covers import PIXEL
from .expressions import Expressions, Node, trees
from .names import From, Seen

NEAR = re.compile(rf"\(*((t\d+)\.{PIXEL} BETWEEN \d+ AND \d+(?: OR \2\.{PIXEL} BETWEEN \d+ AND \d+)*)\) AND ")
RANGE = re.compile(r"BETWEEN (\d+) AND (\d+)")
IDENT = re.compile(r'\((t\d+)\."((?:[^"]|"")+)" = (\d+)\)|\((\d+) = (t\d+)\."((?:[^"]|"")+)"\)')
MOST = 20
"""Conditions that are looked at."""


def narrowed(where: Node, visible: From, expressions: Expressions) -> str:
    """Let tables of `visible` be read from fewer files; returns conditions, each followed by AND.

    It has the same rows that meet the WHERE clause. That is so for tables of outer joins too: where such a
    table has no row, its columns are NULL and do not meet the condition.
    """
    listed = trees(where) if where.data == "conjunction" else [where]
    said = ""
    for condition in [one for one in listed if one.data == "comparison"][:MOST]:
        sql = expressions.condition(condition)
        if match := NEAR.match(sql):
            ranges = [(int(low), int(high)) for low, high in RANGE.findall(match[1])]
            _narrow(visible, _seen(visible, match[2]), ranges)
        elif match := IDENT.fullmatch(sql):
            alias, column, ident = match.group(1, 2, 3) if match[1] else match.group(5, 6, 4)
            seen = _seen(visible, alias)
            ids = seen.parts.ids if seen and seen.parts else None
            places = ids.places(column.replace('""', '"'), int(ident)) if ids else None
            if places is not None:
                _narrow(visible, seen, places)
                parts = [f"{alias}.{PIXEL} BETWEEN {low} AND {high}" for low, high in places]
                said += f"({' OR '.join(parts) or 'FALSE'}) AND "
    return said


def _seen(visible: From, alias: str) -> Seen | None:
    """A table of this FROM, not of a statement around it."""
    return next((one for one in visible.tables if one.alias == alias), None)


def _narrow(visible: From, seen: Seen | None, ranges: Ranges) -> None:
    fewer = seen.parts.among(ranges) if seen and seen.parts else None
    if fewer and seen:
        visible.sql = visible.sql.replace(f"{seen.sql} AS {seen.alias}", f"{fewer} AS {seen.alias}", 1)
