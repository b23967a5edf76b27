"""Times of DuckDB itself on one thread: statements as JSON on stdin, seconds as JSON on stdout.

Input: {"name": of the view, "files": [...], "statements": {name: SQL}}; output: {name: [first, again]}. Each
statement has a connection of its own; "again" is the median of three further runs.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import duckdb


def main() -> None:
    about = json.load(sys.stdin)
    spent = {}
    for name, sql in about["statements"].items():
        with duckdb.connect() as native:
            native.execute("SET threads = 1")
            native.execute(
                f'CREATE VIEW "{about["name"]}" AS SELECT * EXCLUDE (_healpix_29) '
                f"FROM read_parquet({about['files']!r}, hive_partitioning = false)"
            )
            runs = []
            for _ in range(4):
                began = time.perf_counter()
                native.execute(sql).fetchall()
                runs.append(time.perf_counter() - began)
        spent[name] = [runs[0], statistics.median(runs[1:])]
    json.dump(spent, sys.stdout)


if __name__ == "__main__":
    main()
