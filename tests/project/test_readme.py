"""The README's tutorial, run as written."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from ..conftest import DRPORTAL

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.mark.slow
def test_the_tutorial_works(tmp_path: Path) -> None:
    environment = os.environ | {"PATH": f"{DRPORTAL.parent}{os.pathsep}{os.environ['PATH']}"}
    blocks = re.findall(r"^```sh tutorial( fails)?\n(.*?)^```", README.read_text(), re.S | re.M)
    assert len(blocks) >= 3
    for fails, commands in blocks:
        done = subprocess.run(
            ["sh", "-e"], input=commands, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert (done.returncode != 0) == bool(fails), done.stderr
        assert "Traceback" not in done.stderr
    assert (tmp_path / "survey/build/site/index.html").is_file()
    assert list((tmp_path / "mysurvey/build/site").rglob("catalogues/stars.html"))
    assert list((tmp_path / "mysurvey/build/site").rglob("assets/python/numpy.*.js"))


def test_every_file_it_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README.read_text()):
        assert target.startswith("https://") or (README.parent / target).exists(), target
