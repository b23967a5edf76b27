"""The query engine alone, in both browsers: its results are those of DuckDB outside the browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import duckdb
import pytest

from ...browser import node
from ...conftest import Made

SMOKE = Path(__file__).parents[2] / "browser" / "engine-smoke.mjs"

STATEMENTS = {
    "sim": [
        "SELECT count(*) FROM sim",
        "SELECT class, count(*), sum(obsid)::VARCHAR FROM sim GROUP BY ALL ORDER BY ALL",
        "SELECT obsid, designation, snrr::DECIMAL(12, 2) FROM sim WHERE snrr > 50 ORDER BY ALL LIMIT 20",
        "SELECT subclass, count(*) FROM sim WHERE class = 'STAR' GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT 10",
        "SELECT count(DISTINCT obsid), min(obsid), max(gp_id), max(ps_id) FROM sim",
        # rows of an answer found by a scan of fewer columns
        "SELECT * EXCLUDE (ra, dec) FROM sim WHERE snrg > 20 ORDER BY z DESC, obsid LIMIT 7",
        "SELECT obsid, uid, abs(z) + snrr AS s FROM sim WHERE class IN ('STAR', 'GALAXY') ORDER BY s, obsid LIMIT 5 OFFSET 3",
        "SELECT obsid FROM sim WHERE subclass LIKE 'G%' AND snrg BETWEEN 10 AND 30 ORDER BY dec NULLS FIRST, obsid LIMIT 50",
        "SELECT obsid, dec::DECIMAL(9, 5) FROM sim WHERE snrg > 1e9 ORDER BY dec LIMIT 3",
        # columns read where a row passes
        "SELECT count(*), sum(obsid)::VARCHAR, max(designation), min(lmjd) FROM sim WHERE snrg > 150",
        "SELECT obsid, uid, planid, lmjd FROM sim WHERE subclass = 'K5' AND z < 0 ORDER BY ALL",
        "SELECT count(*), count(uid), sum(spid) FROM sim WHERE snrg > 10 OR snrr > 100",
        "SELECT count(*), sum(obsid)::VARCHAR FROM sim WHERE obsid % 1000 = 7 AND NOT (class = 'STAR')",
        # more than one scan
        "SELECT a.class, count(*) FROM sim a JOIN sim b USING (obsid) WHERE b.snrg > 60 GROUP BY ALL ORDER BY ALL",
        "SELECT obsid FROM sim WHERE snrg = (SELECT max(snrg) FROM sim) ORDER BY obsid",
        "SELECT count(*) FROM sim WHERE gp_id IN (SELECT gp_id FROM sim WHERE snrr > 120)",
        "WITH t AS (SELECT *, row_number() OVER (PARTITION BY class ORDER BY snrr DESC, obsid) AS k FROM sim)"
        " SELECT class, k, obsid FROM t WHERE k <= 3 ORDER BY ALL",
        "(SELECT obsid FROM sim WHERE dec > 40 ORDER BY obsid LIMIT 3) UNION ALL"
        " (SELECT obsid FROM sim WHERE dec < 10 ORDER BY obsid DESC LIMIT 3) ORDER BY ALL",
        # nothing but counts, least and greatest values
        "SELECT count(*), count(z), min(z)::DECIMAL(9, 4), max(subclass) FROM sim",
        "SELECT count(*) FROM sim WHERE class IS NULL OR snrg IS NULL",
        "SELECT count(*) FROM (SELECT * FROM sim WHERE snrg > 5 LIMIT 11)",
    ],
    "odd": [
        'SELECT "Id", "RAJ2000"::VARCHAR, "order", "f32"::VARCHAR, "Wörter" FROM odd ORDER BY "order"',
        'SELECT "class", count(*) FROM odd WHERE "Id" > 9007199254740992 GROUP BY ALL ORDER BY ALL',
    ],
    "plain": ["SELECT * FROM plain WHERE n > 80000 ORDER BY n", "SELECT count(*), sum(n)::BIGINT FROM plain"],
}


SLOW = pytest.mark.slow
WHAT = [
    pytest.param("sim", "chrome", ""),
    pytest.param("odd", "chrome", "answers", marks=SLOW),
    pytest.param("sim", "firefox", "", marks=SLOW),
    pytest.param("plain", "chrome", "answers", marks=SLOW),
    pytest.param("odd", "firefox", "answers"),
    pytest.param("plain", "firefox", "answers", marks=SLOW),
]
"""What does not depend on the data is tried with one catalogue; the small ones stand for odd layouts."""


@pytest.mark.browser
@pytest.mark.parametrize(("name", "which", "checks"), WHAT)
def test_engine(made: Made, tmp_path: Path, name: str, which: str, checks: str) -> None:
    release = made.site / "test" / "v1"
    meta = json.loads((release / "data" / name / "catalogue.json").read_bytes())
    files = [str(release / "data" / name / p["path"]) for p in meta["partitions"]]
    without = "* EXCLUDE (_healpix_29)" if meta["position"] else "*"
    with duckdb.connect() as native:
        native.execute(
            f"CREATE VIEW {name} AS SELECT {without} FROM read_parquet({files!r}, hive_partitioning = false)"
        )
        answers = [
            [sql, [["" if v is None else str(v) for v in row] for row in native.execute(sql).fetchall()]]
            for sql in STATEMENTS[name]
        ]
    expected = tmp_path / "answers.json"
    expected.write_text(json.dumps(answers), encoding="utf-8")
    command = [node(), str(SMOKE), str(release), name, str(expected), which, *checks.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
