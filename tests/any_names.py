"""A table with columns named like DuckDB's keywords and other names that may break a statement."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import duckdb
import pyarrow as pa

ROWS = 8

# fmt: off
ODD = [
    "filename", "file_row_number", "file_index", "hive_partitioning", "union_by_name", "rowid",
    "columns", "schema", "compression", "binary_as_string", "k", "n", "id", "s", "t", "m", "l", "a0",
    "b0", "s0", "change", "occurrence", "measured", "c0", "x", "v", "Dir", "Norder", "Npix", "count",
    "row_number", "sample", "n_tile", "separation", "catalogue", "sort", "limit", "cone", "match",
    "plot", "sql", "missing", "names", "tile", "__proto__", "constructor", "toString",
    "hasOwnProperty", "prototype", "length", "then", "valueOf", 'say "no"', '"', '""', "'", "a b",
    " b", "a.b", "a.b.c", ".", "a,b", "a;b", "a--b", "/* a", "*", "a*", "?", "$1", "光谱", "Größe", "🔭",
    "%", "{", "}", "{0}", "${a}", "<b>", "&amp;", "\\", "\\n", "[a]", "(a)", "a/b", "#", "#d", "1",
    "1.5", "-1", "null", "true", "NaN", "COLUMNS(*)", "-snr", "@", "~", "`", "|", "=", ":",
    "::INTEGER",
]
# fmt: on


@functools.cache
def words() -> list[str]:
    """Reserved words and some functions and types of DuckDB, then ODD; unique for SQL."""
    reserved = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
    found = [word for (word,) in duckdb.sql(reserved).fetchall()]
    found += ["max", "min", "list", "unnest", "read_parquet", "current_date", "varchar", "integer", "struct"]
    return list({w.lower(): w for w in [*found, *ODD] if w != "dec"}.values())


def fewer_words() -> list[str]:
    """Every fifth of the reserved words, and of the odd names those that most likely break something."""
    every = words()
    first = every.index(ODD[0])
    plain = {word for word in every[first + 7 :] if word.isidentifier() and word.isascii()}
    kept = ["columns", "column", "order", "__proto__", "constructor"]
    return [*kept, *every[:first:8], *(w for w in every[first:] if w not in plain)]


def named_table(changed: int = 0, names: Sequence[str] = ()) -> pa.Table:
    """Repeated ids, places, and numbers or texts in turn; `changed` is added to all but the first."""
    columns = {
        "obsid": pa.array([1, 2, 2, 3, 4, 5, 6, 7]),
        "ra": pa.array([10.0 * i for i in range(ROWS)]),
        "dec": pa.array([5.0 * i - 20 for i in range(ROWS)]),
    }
    for number, name in enumerate(names or words()):
        more = changed if number else 0
        if number % 2:
            columns[name] = pa.array([f"{name} {i % 4 + more}" for i in range(ROWS)])
        else:
            columns[name] = pa.array([number + i + more for i in range(ROWS)])
    return pa.table(columns)
