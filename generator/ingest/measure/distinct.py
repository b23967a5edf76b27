"""Count the distinct values of a column: exactly, or by a sample if there are many."""

from __future__ import annotations

from typing import NamedTuple

import duckdb

from ..values.database import one_row

EXACT_TO = 300_000
"""Up to this many distinct values are counted. A table of more does not fit into a processor's cache, and
counting them takes longer than all other statistics of a column."""
MARGIN = 1.25
"""DuckDB's estimate may be too low: its standard error is about 3 %."""
SAMPLED = 1 << 16
"""Fewest distinct values in a sample; an estimate has a standard error of less than 0.4 %."""


class Distinct(NamedTuple):
    """The number of distinct values, and whether it is an estimate."""

    values: int
    estimated: bool


def count_distinct(database: duckdb.DuckDBPyConnection, column: str, there: int, estimate: int) -> Distinct:
    """Count the distinct values of a column of `measured`.

    `there` rows have a value; `estimate` is DuckDB's estimate of distinct ones. The sample contains all
    values whose hash is divisible by a power of two, in whatever rows they are.
    """
    if min(there, estimate / MARGIN) <= EXACT_TO:
        return Distinct(one_row(database, f"SELECT count(DISTINCT {column}) FROM measured")[0], False)
    share = 1 << ((estimate // SAMPLED).bit_length() - 1)
    sample = f"SELECT {column} AS v FROM measured WHERE hash({column}) % {share} = 0"
    (found,) = one_row(database, f"SELECT count(DISTINCT v) FROM ({sample})")
    return Distinct(min(found * share, there), True)
