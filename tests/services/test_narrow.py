"""Conditions on ids and positions read few files, and find the same rows as in all files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from drportal.services.adql.compile import compiled
from drportal.services.columns import Table
from drportal.services.database import Running
from drportal.services.sites.snapshot import Snapshot

from .running import Served

JOIN = "sim AS b LEFT JOIN sim AS a ON a.obsid = b.obsid + {step}"
CONE = "CONTAINS(POINT(a.ra, a.dec), CIRCLE({ra}, {dec}, 0.3))"
WHERE = [
    ("sim AS a", "a.obsid = {id}", True),
    ("sim AS a", "{id} = a.obsid AND a.ra < 400", True),
    ("sim AS a", "a.obsid = {none}", True),
    ("sim AS a", "a.obsid = {id} AND a.obsid = {other}", True),
    ("sim AS a", "a.obsid = {id} OR a.obsid = {other}", False),
    ("sim AS a", "NOT a.obsid = {id}", False),
    ("sim AS a", f"1 = {CONE}", True),
    ("sim AS a", f"0 = {CONE}", False),
    ("sim AS a", f"1 = {CONE} OR a.obsid = {{other}}", False),
    ("sim AS a", f"1 = {CONE} AND a.obsid = {{id}}", True),
    ("sim AS a", "DISTANCE(a.ra, a.dec, {ra}, {dec}) < 0.3", True),
    (JOIN, "a.obsid = {id}", True),
    (JOIN, "b.obsid = {id}", True),
    ("sim AS a", "EXISTS (SELECT 1 FROM sim AS c WHERE a.obsid = {id} AND c.obsid = a.obsid)", False),
    ("sim AS a", "a.obsid IN (SELECT c.obsid FROM sim AS c WHERE c.obsid = {id})", True),
]


@pytest.fixture
def snapshot(portal: Served) -> Iterator[Snapshot]:
    with portal.service.site.snapshot() as found:
        yield found


def rows(snapshot: Snapshot, sql: str) -> list[object]:
    with snapshot.database.answer(sql, Running(), "") as answer:
        return sorted(repr(row) for batch in answer.batches() for row in batch.to_pylist())


@pytest.mark.parametrize(("tables", "where", "is_narrowed"), WHERE)
def test_rows_are_those_of_all_files(snapshot: Snapshot, tables: str, where: str, is_narrowed: bool) -> None:
    known = snapshot.scopes["test/v1"].tables
    sim = next(table for table in known if table.name == "sim")
    assert sim.parts
    assert len(sim.parts.files) > 2
    whole: list[Table] = [replace(table, parts=None) for table in known]
    every = snapshot.database.value(
        f"SELECT list([obsid::VARCHAR, ra::VARCHAR, dec::VARCHAR]) FROM {sim.sql}"
    )
    ids = [(int(row[0]), float(row[1]), float(row[2])) for row in every[:: len(every) // 7]]
    found = 0
    for (ident, ra, dec), (other, *_) in pairwise(ids):
        values = {"id": ident, "other": other, "none": 3, "ra": ra, "dec": dec, "step": ident - other}
        statement = f"SELECT a.obsid, a.ra, a.dec FROM {tables} WHERE {where}".format(**values)
        made = compiled(statement, known, 100_000)
        assert ("read_parquet" in made.sql) == is_narrowed, made.sql
        answer = rows(snapshot, made.sql)
        assert answer == rows(snapshot, compiled(statement, whole, 100_000).sql)
        found += len(answer)
    assert found or "{none}" in where or "{other}" in where
