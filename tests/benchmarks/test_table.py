"""The table of measurements: every benchmark has its lines, medians, targets, comparison of two tables."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks.lines import LARGE, LINES, Line
from benchmarks.table import (
    as_json,
    as_table,
    compared,
    comparison_table,
    from_json,
    measurement,
    measurements,
)

ROOT = Path(__file__).resolve().parents[2]
LINE = Line("walk", "s", "run", 2)


def runs(*pairs: tuple[float, float | None], **facts: Any) -> list[dict[str, Any]]:
    return [{"line": "walk", "ours": ours, "peer": peer, **facts} for ours, peer in pairs]


def printed(table: object) -> str:
    out = io.StringIO()
    Console(file=out, width=200).print(table)
    return out.getvalue()


def test_ratios_are_those_of_pairs() -> None:
    found = measurement("one", LINE, runs((1, 1), (8, 2), (9, 3), memory=5))
    assert (found.ours, found.peer, found.ratio, found.spread, found.n) == (8, 2, 3, (1, 4), 3)
    assert found.misses and found.facts == {"memory": 5}
    assert not measurement("one", LINE, runs((3, 2))).misses


def test_a_line_without_peer_has_its_value_as_target() -> None:
    line = Line("weight", "kB", target=150)
    assert measurement("one", line, [{"ours": 151, "peer": None}]).misses
    assert not measurement("one", line, [{"ours": 150, "peer": None}]).misses


def test_what_is_missing_is_shown() -> None:
    absent = measurement("one", LINE, runs((4, None), missing="run is not installed"))
    assert (absent.value, absent.missing, absent.ours) == (None, "run is not installed", 4)
    silent = measurement("one", LINE, [])
    assert silent.missing == "not measured"
    assert "run is not installed" in printed(as_table([absent])) and "missing" in printed(as_table([silent]))
    with pytest.raises(ValueError, match="no such lines: walk"):
        measurements({"walk": runs((1, 1))}, ["image"])


def test_only_differences_beyond_the_spread_count() -> None:
    names = "faster", "slower", "same", "once", "gone"
    before = [measurement("one", Line(n, "s", "run"), runs((2, 1), (3, 1), (4, 1))) for n in names]
    pairs = {
        "faster": [(1, 1), (1.5, 1)],
        "slower": [(5, 1), (6, 1)],
        "same": [(3, 1), (9, 1)],
        "once": [(1, 1)],
    }
    after = [measurement("one", Line(n, "s", "run"), runs(*some)) for n, some in pairs.items()]
    # As files have them.
    before, after = (from_json(json.loads(json.dumps(as_json(one)))) for one in (before, after))
    found = {one.name: one for one in compared(before, after)}
    verdicts = {name: one.verdict for name, one in found.items()}
    assert verdicts == {
        "faster": "better",
        "slower": "worse",
        "same": "same",
        "once": "one run",
        "gone": "missing",
    }
    assert found["faster"].change == 1.25 / 3
    assert re.search(r"worse.*1\.83.*slower", printed(comparison_table(found.values())))


def test_bytes_of_one_run_are_exact() -> None:
    weights = [[measurement("one", Line("weight", "kB"), [{"ours": n, "peer": None}])] for n in (100, 99)]
    assert compared(*weights)[0].verdict == "better"


def test_every_benchmark_has_its_lines_and_every_line_its_explanation() -> None:
    for name in LINES.keys() - {LARGE}:
        assert (ROOT / "benchmarks" / f"{name}.py").is_file(), name
    lines = [line.name for some in LINES.values() for line in some]
    assert len(lines) == len(set(lines))
    assert all(line.target for some in LINES.values() for line in some)
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    # A line's name before the colon, or all of it, is in the table that explains what is measured.
    assert [n for n in lines if n.split(":")[0].removesuffix(", large").lower() not in text.lower()] == []
