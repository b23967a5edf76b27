"""A thousand broken portals: each is reported in clear lines, and the published site stays."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from drportal import cli

from ..bad_inputs import Bad, cases, restore, write
from ..steps.test_build import tree

LONGEST = 500
LIBRARIES = (
    "Traceback",
    "Input should",
    "validation error",
    "pydantic",
    "Error(",
    "object at 0x",
    "<class",
    "\x1b",
)


def run(*arguments: object) -> tuple[int, str]:
    """Run a command in this process, as a shell would; its status and stderr."""
    said, status = io.StringIO(), 0
    before, sys.argv = sys.argv, ["drportal", *map(str, arguments)]
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            cli.main()
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.argv = before
    return status, said.getvalue()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "portal"
    write(folder)
    status, said = run("build", "--portal", folder)
    assert status == 0, said
    return folder


def faults(good: Path, folder: Path, chosen: Sequence[Bad]) -> list[str]:
    """Wrong responses to broken portals, a line for each."""
    site = folder / "build" / "site"
    before, found = tree(site), []
    for bad in chosen:
        bad.spoil(folder / bad.file)
        status = -1
        try:
            status, said = run("build", "--portal", folder)
            found += [f"{bad.name}: {fault}" for fault in judge(folder, bad, status, said)]
        except Exception as error:
            found.append(f"{bad.name}: {type(error).__name__}: {str(error)[:200]}")
        if status == 0:  # it was built: the next is tried on the former site
            shutil.rmtree(site)
            shutil.copytree(good / "build" / "site", site)
        restore(good, bad.file, folder)
    if tree(site) != before:
        found.append("the site is another")
    return found


def judge(folder: Path, bad: Bad, status: int, said: str) -> list[str]:
    lines = [line for line in said.splitlines() if line.startswith("drportal: ")]
    if status != 2:
        return [f"exit {status}: {said[-300:]}"]
    wrong = []
    if not lines or said.splitlines()[-1] != lines[-1]:
        wrong.append(f"the last line reports no mistake: {said[-300:]!r}")
    if not all(line.startswith(f"drportal: {folder}/") for line in lines):
        wrong.append(f"no file of the portal is named: {lines}")
    if bad.reported not in said:
        wrong.append(f"{bad.reported!r} is not named: {lines}")
    wrong += [f"{word!r} is no word for people: {lines}" for word in LIBRARIES if word in said]
    wrong += [f"a line of {len(line)}: {line[:200]}" for line in lines if len(line) > LONGEST]
    return wrong


def test_bad_inputs_are_reported(good: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(good, tmp_path / "portal"))
    made = cases()
    assert len(made) >= 1000
    assert "\n".join(faults(good, folder, random.Random(7).sample(made, 30))) == ""


@pytest.mark.slow
def test_a_thousand_bad_inputs_are_reported(good: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(good, tmp_path / "portal"))
    assert "\n".join(faults(good, folder, cases())) == ""
