"""Some seconds of coverage-guided fuzzing for each reader; tests/fuzz/harness.py runs for hours."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ..browser import ROOT
from .readers import READERS

SECONDS = 15


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not made for this Python")
@pytest.mark.parametrize("name", [reader.name for reader in READERS])
def test_fuzzed_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz.harness", name, tmp_path / "corpus"]
    options = [f"-max_total_time={SECONDS}", "-seed=7", "-print_final_stats=1"]
    command += options
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS + 120)
    assert done.returncode == 0, done.stderr[-3000:]
    runs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    assert runs and int(runs[1]) > 20, done.stderr[-1000:]
