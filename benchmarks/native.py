"""A statement by DuckDB itself on one thread: {"files", "name", "sql"} as JSON on stdin, an answer on stdout.

The answer has the seconds of the first run and the median of three further ones (`first`, `again`), and the
rows as texts.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import duckdb


def main() -> None:
    about = json.load(sys.stdin)
    with duckdb.connect() as native:
        native.execute("SET threads = 1")
        native.execute(
            f'CREATE VIEW "{about["name"]}" AS SELECT * EXCLUDE (_healpix_29) '
            f"FROM read_parquet({about['files']!r}, hive_partitioning = false)"
        )
        runs = []
        for _ in range(4):
            began = time.perf_counter()
            native.execute(about["sql"]).fetchall()
            runs.append(time.perf_counter() - began)
        rows = []
        if not about["sql"].startswith("CREATE"):
            rows = native.execute(f"SELECT COLUMNS(*)::VARCHAR FROM ({about['sql']})").fetchall()
    json.dump({"first": runs[0], "again": statistics.median(runs[1:]), "rows": rows}, sys.stdout)


if __name__ == "__main__":
    main()
