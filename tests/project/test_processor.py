"""Processor time of tests is that of their commands and browsers too, whether these have ended or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .test_verdicts import run

TEST = """
import subprocess, sys
BURN = "import sys, time\\nwhile time.process_time() < 0.4: pass\\nprint(1, flush=True)\\nsys.stdin.read()"

def start():
    return subprocess.Popen([sys.executable, "-c", BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

def test_goes_on():
    start.last = start()
    assert start.last.stdout.readline()

def test_ended():
    with start() as process:
        assert process.stdout.readline()

def test_cheap():
    start.last.communicate()
"""


@pytest.mark.parametrize("workers", [["-n", "1"], pytest.param([], marks=pytest.mark.slow)])
def test_time_of_other_processes_counts(tmp_path: Path, workers: list[str]) -> None:
    code, said = run(tmp_path, TEST, *workers, f"--processor={tmp_path}/times")
    assert code == 0, said
    lines = [json.loads(line) for line in (tmp_path / "times").read_text().splitlines()]
    calls = {line["test"].rpartition("::")[2]: line["call"] for line in lines}
    assert min(calls["test_goes_on"], calls["test_ended"]) >= 0.35 > calls["test_cheap"]
    listed = [line.partition(" s  ")[2] for line in said.splitlines() if " s  " in line]
    assert {name.rpartition("::")[2] for name in listed[:2]} == {"test_goes_on", "test_ended"}, said
    assert "minutes in 3 tests" in said
