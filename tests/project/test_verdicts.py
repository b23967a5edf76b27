"""A skip is a failure unless listed; a few failed tests may pass when run alone, which is reported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..browser import ROOT
from ..verdicts import SKIPS

MOODY = """
import pathlib
def moody(name):
    seen = pathlib.Path(__file__).with_name(name)
    before = seen.exists()
    seen.touch()
    assert before
"""


def run(folder: Path, test: str, *options: str) -> tuple[int, str]:
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text("pytest_plugins = ['tests.verdicts']\n")
    (folder / "test_it.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, folder]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
    return result.returncode, result.stdout


SKIPPED = """
import pytest
@pytest.mark.skipif(True, reason={reason!r})
def test_marked{n}(): pass
def test_asked{n}(): pytest.skip({reason!r})
"""


def test_a_skip_is_listed_or_a_failure(tmp_path: Path) -> None:
    reasons = [next(iter(SKIPS)), "no minisign"]
    code, said = run(tmp_path, "".join(SKIPPED.format(n=n, reason=one) for n, one in enumerate(reasons)))
    assert code == 1
    assert "1 failed, 2 skipped, 1 error" in said
    assert "test_marked1 was skipped (no minisign)" in said and "test_asked1 was skipped" in said


def written(moody: int, wrong: int = 0) -> str:
    return MOODY + "".join(
        [f"def test_{i}(): moody('seen{i}')\n" for i in range(moody)]
        + [f"def test_wrong{i}(): assert False\n" for i in range(wrong)]
    )


@pytest.mark.parametrize("workers", [["-n", "2"], pytest.param([], marks=pytest.mark.slow)])
def test_two_may_pass_by_themselves_and_are_counted(tmp_path: Path, workers: list[str]) -> None:
    code, said = run(tmp_path, written(2), "--again", *workers)
    assert code == 0, said
    assert "Failed at first, passed by themselves: 2\n" in said and "test_it.py::test_1" in said


@pytest.mark.parametrize(
    ("moody", "wrong", "options"), [(3, 0, ["--again"]), (1, 1, ["--again"]), (1, 0, [])]
)
def test_more_fail(tmp_path: Path, moody: int, wrong: int, options: list[str]) -> None:
    code, said = run(tmp_path, written(moody, wrong), *options)
    assert code == 1, said
    assert "passed by themselves" not in said
