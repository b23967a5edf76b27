"""Pair the rows of two catalogues by id and compare them with DuckDB, one bucket of ids at a time.

Rows with the same id are in the same bucket on both sides, whatever the order of the files. Memory is that
of one bucket; only rows that differ are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ..formats.changes import ChangedValues, ColumnPair, ComparedColumn, ComparedRows
from ..ingest.values.database import connect
from ..ingest.values.sql_text import literal
from .column_pairs import Agreement
from .key import Key
from .stored_catalogue import StoredCatalogue, has_value, is_number, quoted
from .values import CHANGED, GAINED, LOST, REWRITTEN, ValueComparison, comparison_of

TOGETHER = 12_000_000
"""Number of values of both sides that are joined at a time."""
SAMPLE = 20_000
"""Number of rows used to pair columns with different names."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Compared:
    """The compared rows: counts, and Parquet files of the rows that differ.

    In the files, for pair number i: `a<i>` and `b<i>` are the values before and after, `s<i>` is the kind of
    difference (see values.py) and `d<i>` is the difference of two numbers. `change` is added, removed or
    changed; `id` and `n` (which of several rows with this id) identify a row, `ra` and `dec` its position.
    """

    rows: ComparedRows
    values: list[ChangedValues]
    pairs: list[ColumnPair]
    """The pairs whose values were compared; their indexes are the numbers in the files."""
    files: list[Path]
    has_position: bool


class Joined:
    """Two catalogues in a database that spills below `scratch`."""

    def __init__(self, before: StoredCatalogue, after: StoredCatalogue, key: Key, scratch: Path) -> None:
        self.before, self.after, self.key, self.scratch = before, after, key, scratch
        self.database = connect(scratch)
        self.key_type, self.id_type = self._key_types()

    def __enter__(self) -> Joined:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def _key_types(self) -> tuple[str, str]:
        """Return the SQL types in which ids are compared and stored."""
        found = []
        for side, name in ((self.before, self.key.before.name), (self.after, self.key.after.name)):
            query = f"DESCRIBE SELECT {quoted(name)} FROM {side.table}"
            found.append(str(self.database.execute(query).fetchall()[0][1]))
        if not all(is_number(column) for column in (self.key.before, self.key.after)):
            return "VARCHAR", "VARCHAR"
        if found == ["UBIGINT", "UBIGINT"]:
            return "UBIGINT", "UBIGINT"
        return ("HUGEINT", "VARCHAR") if "UBIGINT" in found else ("BIGINT", "BIGINT")

    def ids(self, side: StoredCatalogue, column: ComparedColumn) -> str:
        """Return SQL for a row's id in the common type of both sides; NULL if it has none."""
        name = quoted(column.name)
        return f"CASE WHEN {has_value(name, column)} THEN {name}::{self.key_type} END"

    def agreement(self, possible: list[tuple[ComparedColumn, ComparedColumn]]) -> list[Agreement]:
        """Return how far pairs of columns agree in a sample of rows with the same ids."""
        if not possible:
            return []
        share = max(min(self.before.rows, self.after.rows) // SAMPLE, 1)
        parts = []
        for side, column, which in ((self.before, self.key.before, 0), (self.after, self.key.after, 1)):
            names = dict.fromkeys(pair[which].name for pair in possible)
            shown = "".join(f", {quoted(n)} AS {'ab'[which]}{i}" for i, n in enumerate(names))
            ident = self.ids(side, column)
            # Only ids that occur in one row identify it.
            parts.append(
                f"(SELECT {ident} AS k{shown} FROM {side.table} WHERE hash({ident}) % {share} = 0 "
                f"QUALIFY count(*) OVER (PARTITION BY {ident}) = 1)"
            )
        olds = list(dict.fromkeys(old.name for old, _ in possible))
        news = list(dict.fromkeys(new.name for _, new in possible))
        query = f"CREATE OR REPLACE TEMP TABLE sample AS SELECT * FROM {parts[0]} JOIN {parts[1]} USING (k)"
        self.database.execute(query)
        found = []
        for old, new in possible:
            a, b = f"a{olds.index(old.name)}", f"b{news.index(new.name)}"
            how = comparison_of(ColumnPair(before=old, after=new), a, b)
            assert how is not None
            has = f"(({has_value(a, old)}) OR ({has_value(b, new)}))"
            query = (
                f"SELECT count(*), count(*) FILTER (s = 0), count(DISTINCT x) FROM (SELECT {how.state} AS s, "
            )
            query += f"{b}::VARCHAR AS x FROM sample WHERE {has})"
            found.append(Agreement(*(self.database.execute(query).fetchone() or (0, 0, 0))))
        return found

    def compare(self, pairs: list[ColumnPair], progress: Progress) -> Compared:
        """Count the differences in the rows of both catalogues, and keep the rows that differ."""
        names = (self.key.before.name, self.key.after.name)
        usable = [
            p
            for p in pairs
            if (p.before.name, p.after.name) != names and comparison_of(p, "x", "y") is not None
        ]
        how = [c for i, p in enumerate(usable) if (c := comparison_of(p, f"a{i}", f"b{i}"))]
        width = 2 * (len(usable) + 3)
        buckets = max(-(-max(self.before.rows, self.after.rows) * width // TOGETHER), 1)
        sides = self._split(usable, buckets, progress)
        counts = _Counts(len(usable))
        files = []
        for bucket in range(buckets):
            progress("compare", bucket, buckets)
            self._join(usable, how, [s.format(bucket=bucket) for s in sides])
            counts.add(self.database, how)
            file = self.scratch / f"changed-{bucket:04d}.parquet"
            shown = "change, id, n, ra, dec"
            shown += "".join(f", a{i}, b{i}, s{i}" + f", d{i}" * bool(c.delta) for i, c in enumerate(how))
            self.database.execute(
                f"COPY (SELECT {shown} FROM joined WHERE change IS NOT NULL ORDER BY k, n) "
                f"TO {literal(str(file))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)"
            )
            files.append(file)
        self.database.execute("DROP TABLE joined")
        progress("compare", buckets, buckets)
        rows = ComparedRows(
            key_before=names[0],
            key_after=names[1],
            before=self.before.rows,
            after=self.after.rows,
            paired=counts.paired,
            changed=counts.changed,
            added=counts.added,
            removed=counts.removed,
            without_id_before=self._without_id(self.before, self.key.before),
            without_id_after=self._without_id(self.after, self.key.after),
            repeated_before=counts.repeated[0],
            repeated_after=counts.repeated[1],
        )
        placed = bool(self.before.position and self.after.position)
        return Compared(rows, counts.values(usable, how), usable, files, placed)

    def _without_id(self, side: StoredCatalogue, column: ComparedColumn) -> int:
        query = f"SELECT count(*) FROM {side.table} WHERE NOT ({has_value(quoted(column.name), column)})"
        found = self.database.execute(query).fetchone()
        return int(found[0]) if found else 0

    def _split(self, pairs: list[ColumnPair], buckets: int, progress: Progress) -> tuple[str, str]:
        """Return SQL for the rows of either side, with {bucket} in place of its number."""
        tables = []
        for which, side in enumerate((self.before, self.after)):
            progress("split", which, 2)
            column = (self.key.before, self.key.after)[which]
            ident = self.ids(side, column)
            letter = "ab"[which]
            names = [(p.before if which == 0 else p.after).name for p in pairs]
            shown = f"{ident} AS k, {quoted(column.name)} AS id"
            ra, dec = side.position or (None, None)
            shown += f", {quoted(ra)} AS ra, {quoted(dec)} AS dec" if ra and dec else ""
            shown += "".join(f", {quoted(name)} AS {letter}{i}" for i, name in enumerate(names))
            # Rows come in the order of the files. DuckDB's own row numbers would be extra columns, and the
            # catalogue may have columns with these names.
            shown += "" if self.key.unique else ", row_number() OVER () AS r"
            query = f"SELECT {shown} FROM {side.table} WHERE {has_value(quoted(column.name), column)}"
            if buckets == 1:
                tables.append(f"({query.replace('{', '{{').replace('}', '}}')})")
                continue
            folder = self.scratch / f"side-{letter}"
            self.database.execute("SET partitioned_write_max_open_files = 1000")
            self.database.execute("SET partitioned_write_flush_threshold = 16384")
            self.database.execute(
                f"COPY (SELECT *, (hash(k) % {buckets})::INTEGER AS bucket FROM ({query})) "
                f"TO {literal(str(folder))} (FORMAT parquet, COMPRESSION lz4_raw, PARTITION_BY (bucket))"
            )
            path = literal(str(folder)).replace("{", "{{").replace("}", "}}")[:-1]
            tables.append(f"read_parquet({path}/bucket={{bucket}}/*.parquet', hive_partitioning = false)")
        progress("split", 2, 2)
        return tables[0], tables[1]

    def _join(self, pairs: list[ColumnPair], how: list[ValueComparison], sides: list[str]) -> None:
        """Create the table `joined`: rows of a bucket, with the state of each pair of values."""
        occurrence = "0" if self.key.unique else "row_number() OVER (PARTITION BY k ORDER BY r) - 1"
        one, other = (f"(SELECT *, {occurrence} AS n FROM {side})" for side in sides)
        place = [
            f"coalesce({', '.join(known)})" if known else "NULL::DOUBLE"
            for name in ("ra", "dec")
            for known in [[f"{t}.{name}" for t, s in (("y", self.after), ("x", self.before)) if s.position]]
        ]
        values = "".join(f", a{i}, b{i}" for i in range(len(pairs)))
        both = (
            f"SELECT coalesce(y.k, x.k) AS k, coalesce(y.id::{self.id_type}, x.id::{self.id_type}) AS id, "
            f"coalesce(y.n, x.n)::INTEGER AS n, {place[0]} AS ra, {place[1]} AS dec, "
            f"x.k IS NOT NULL AS had, y.k IS NOT NULL AS has{values} "
            f"FROM {one} x FULL JOIN {other} y ON x.k = y.k AND x.n = y.n"
        )
        states = ""
        for i, c in enumerate(how):
            states += f", CASE WHEN had AND has THEN {c.state} END AS s{i}"
            states += f", had AND has AND {c.rounding} AS f{i}" if c.rounding else ""
        differs = " OR ".join(f"s{i} IN ({CHANGED}, {LOST}, {GAINED})" for i in range(len(pairs))) or "false"
        deltas = "".join(
            f", CASE WHEN s{i} = {CHANGED} AND isfinite({c.delta}) THEN {c.delta} END AS d{i}"
            for i, c in enumerate(how)
            if c.delta
        )
        change = (
            f"CASE WHEN NOT had THEN 'added' WHEN NOT has THEN 'removed' WHEN {differs} THEN 'changed' END"
        )
        self.database.execute(
            f"CREATE OR REPLACE TEMP TABLE joined AS SELECT *, {change} AS change{deltas} "
            f"FROM (SELECT *{states} FROM ({both}))"
        )


class _Counts:
    """Sums over buckets."""

    def __init__(self, columns: int) -> None:
        self.paired = self.changed = self.added = self.removed = 0
        self.repeated = [0, 0]
        self._columns = [[0] * 5 for _ in range(columns)]

    def add(self, database: duckdb.DuckDBPyConnection, how: list[ValueComparison]) -> None:
        asked = ["count(*) FILTER (had AND has)"]
        asked += [f"count(*) FILTER (change = '{c}')" for c in ("changed", "added", "removed")]
        # A repeated id is counted once, by its second row.
        asked += ["count(*) FILTER (had AND n = 1)", "count(*) FILTER (has AND n = 1)"]
        for i, c in enumerate(how):
            asked += [f"count(*) FILTER (s{i} = {state})" for state in (CHANGED, LOST, GAINED, REWRITTEN)]
            asked += [f"count(*) FILTER (f{i})" if c.rounding else "0"]
        found = [int(n) for n in database.execute(f"SELECT {', '.join(asked)} FROM joined").fetchall()[0]]
        self.paired += found[0]
        self.changed += found[1]
        self.added += found[2]
        self.removed += found[3]
        self.repeated = [self.repeated[0] + found[4], self.repeated[1] + found[5]]
        for i, sums in enumerate(self._columns):
            for j in range(5):
                sums[j] += found[6 + 5 * i + j]

    def values(self, pairs: list[ColumnPair], how: list[ValueComparison]) -> list[ChangedValues]:
        return [
            ChangedValues(
                name=pair.name,
                unit=pair.after.unit,
                is_number=c.delta is not None,
                precision=c.precision,
                changed=n[0],
                lost=n[1],
                gained=n[2],
                rewritten=n[3],
                rounding=n[4],
            )
            for pair, c, n in zip(pairs, how, self._columns, strict=True)
        ]
