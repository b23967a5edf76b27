"""A wheel installs everything a build needs, without Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", folder, ROOT], check=True)
    (wheel,) = folder.glob("drportal-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.mark.slow
def test_the_wheel_contains_what_a_build_needs_and_no_more(unpacked: Path) -> None:
    names = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    for needed in ("cli.py", "client/dist/manifest.json", "themes/default/templates/base.html"):
        assert f"drportal/{needed}" in names
    assert any(n.startswith("drportal/starter/") for n in names)
    assert not [n for n in names if "node_modules" in n or "/src/" in n or n.startswith("generator/")]


@pytest.mark.slow
def test_a_portal_is_built_without_node(unpacked: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(unpacked), "PATH": str(tmp_path / "empty")}
    code = "import sys, drportal; assert sys.argv.pop(1) in drportal.__file__; "
    code += "from drportal.cli import main; main()"
    for arguments in (["new", "survey"], ["build", "--portal", "survey"]):
        command = [sys.executable, "-c", code, str(unpacked), *arguments]
        subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "survey/build/site/index.html").is_file()
    assert list((tmp_path / "survey/build/site").rglob("search.html"))


def interpreter(version: str) -> str | None:
    """A Python of this version that runs: on the PATH, or beside this one where pyenv keeps several."""
    beside = sorted(Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python"))
    for found in [shutil.which(f"python{version}"), *map(str, beside)]:
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    return None


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_a_portal_is_built_by_other_versions_of_python(version: str, unpacked: Path, tmp_path: Path) -> None:
    if not (python := interpreter(version)):
        pytest.skip("no other Python is here")
    run = partial(subprocess.run, check=True, cwd=tmp_path)
    run([python, "-m", "venv", "other"])
    (wheel,) = unpacked.parent.glob("drportal-*.whl")
    run(["other/bin/pip", "install", "--quiet", wheel])
    for arguments in (["new", "survey"], ["build", "--portal", "survey"], ["verify", "survey/build/site"]):
        run(["other/bin/drportal", *arguments])
    assert (tmp_path / "survey/build/site/index.html").is_file()
