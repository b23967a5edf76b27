"""Python in a site: shipped where a setting says so, whole in each release, and not a byte elsewhere."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

import drportal as drportal_package
from drportal.formats.blocks import PythonAssets
from drportal.model import load_portal
from drportal.pages import Assets
from drportal.publish.choice import left_out
from drportal.publish.seal import seal
from drportal.pyodide.parts import RUNTIME
from drportal.report import Report

from ..browser import node
from ..commands import drportal
from ..conftest import once
from ..publish.test_manifest import flip
from ..sealed_portal import PASSPHRASE
from .test_build import built_once, portal, run, tree  # noqa: F401

MOST = 26_000_000
"""Bytes of the script twins of the default set, at most."""
OF_PYTHON = re.compile(
    rb"pyodide|notebook|ipynb|jupyter|python\.html|assets/python|loading python", re.IGNORECASE
)
"""What only sites with Python have a word of."""
OF_TUTORIALS = re.compile(
    rb"(?:with-|tutorials/)[^<>]{0,200}?\.ipynb|x-ipynb\+json|as notebooks for Jupyter", re.IGNORECASE
)
"""The same of tutorials for tools of readers, which every site has."""
SAME = {"SOURCE_DATE_EPOCH": "1700000000"}


def set_python(folder: Path, setting: str) -> None:
    toml = folder / "portal.toml"
    toml.write_text(setting + 'name = "TEST"\ntitle = "Test"\n')


def make_with_python(base: Path, built: Path) -> Path:
    folder = Path(shutil.copytree(built, base / "portal", ignore=shutil.ignore_patterns("build")))
    set_python(folder, "python = true\n")
    run("build", "--portal", folder)
    return folder


@pytest.fixture(scope="session")
def with_python(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """The portal of two small releases, both with Python. To be copied, not changed."""
    return once(tmp_path_factory, "with-python", lambda base: make_with_python(base, built_once))


def shipped(folder: Path) -> PythonAssets:
    found = load_portal(folder)
    python = Assets.load(found).python(found.releases[0])
    assert python
    return python.assets


def files_of(assets: PythonAssets) -> set[str]:
    every = [getattr(assets, name) for name in RUNTIME]
    every += assets.packages.values()
    return {path for one in every for path in (one.file, one.script)} | {"python/THIRD-PARTY.txt"}


def test_each_release_is_whole_and_releases_share_what_is_the_same(with_python: Path) -> None:
    site = with_python / "build" / "site"
    wanted = files_of(shipped(with_python))
    one, other = (site / "test" / version / "assets" for version in ("v1", "v2"))
    for assets in (one, other):
        there = {file.relative_to(assets).as_posix() for file in (assets / "python").rglob("*")}
        assert there == wanted
    assert all((one / path).samefile(other / path) for path in wanted)
    assert not (site / "assets" / "python").exists(), "the portal's own pages run none"


def test_the_default_set_is_small_enough(with_python: Path) -> None:
    assets = shipped(with_python)
    assert {"numpy", "matplotlib"} <= set(assets.packages)
    folder = with_python / "build" / "site" / "test" / "v1" / "assets" / "python"
    assert sum(file.stat().st_size for file in folder.glob("*.js")) <= MOST
    largest = max(file.stat().st_size for file in folder.iterdir())
    assert largest <= 25_000_000, "what hosts accept"


def test_notices_of_python_travel_with_it_alone(with_python: Path, built_once: Path) -> None:  # noqa: F811
    notices = (with_python / "build/site/test/v1/assets/python/THIRD-PARTY.txt").read_text()
    for expected in (
        "pyodide 0.27.7 MPL-2.0",
        "Mozilla Public License",
        "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2",
        "Makoto Matsumoto and Takuji Nishimura",
        "Stefan Krah",
        "Julian R Seward",
        "Sun Microsystems",
        "LLVM Exceptions to the Apache 2.0 License",
        "numpy 2.0.2",
        "NumPy Developers",
        "matplotlib 3.8.4",
        "Matplotlib Development Team",
        "DejaVu",
        "pillow 10.2.0",
        "six 1.16.0",
    ):
        assert expected in notices, expected
    assert "scipy 1" not in notices
    common = [p / "build/site/test/v1/assets/THIRD-PARTY.txt" for p in (with_python, built_once)]
    assert common[0].read_bytes() == common[1].read_bytes()
    assert "pyodide" not in common[0].read_text()


def test_without_python_not_a_byte_is_shipped(portal: Path, tmp_path: Path) -> None:  # noqa: F811
    """A site is the same whether Python was never asked for, was switched off, or was there before."""
    run("build", "--portal", portal, **SAME)
    never = tree(portal / "build" / "site")
    assert not [path for path in never if "python" in path]
    site = portal / "build" / "site"
    files = [path for path in never if "tutorials/" not in path]
    texts = (OF_TUTORIALS.sub(b"", (site / path).read_bytes()) for path in files)
    said = {word.lower() for text in texts for word in OF_PYTHON.findall(text)}
    assert said == set(), "in pages, scripts, styles and lists"
    set_python(portal, "python = true\n")
    run("build", "--portal", portal, **SAME)
    assert [path for path in tree(portal / "build" / "site") if "/assets/python/" in path]
    set_python(portal, "python = false\n")
    run("build", "--portal", portal, **SAME)
    assert tree(portal / "build" / "site") == never


def test_one_release_of_two(portal: Path) -> None:  # noqa: F811
    """The release without Python is as it was in a portal without any, to the last byte."""
    toml = portal / "releases" / "test" / "v1" / "release.toml"
    site = portal / "build" / "site"
    run("build", "--portal", portal, **SAME)
    never = tree(site)
    toml.write_text('python = ["pandas"]\n' + toml.read_text())
    run("build", "--portal", portal, **SAME)
    found = tree(site)
    assert [path for path in found if path.startswith("test/v1/assets/python/pandas.")]
    assert [path for path in found if found[path] != never.get(path)]
    with_python = {path for path in found if path.startswith("test/v1/")}
    assert not [path for path in found.keys() - with_python if "python" in path]
    other = {path: content for path, content in found.items() if path.startswith("test/v2/")}
    assert other == {path: content for path, content in never.items() if path.startswith("test/v2/")}


def test_a_release_alone_is_verified_to_the_last_byte(with_python: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    shutil.copytree(with_python / "build" / "site" / "test" / "v1", alone)
    assert drportal("verify", alone).returncode == 0
    for name in ("wasm", "numpy"):
        (file,) = (alone / "assets" / "python").glob(f"{name}.*.bin")
        flip(file)
        done = drportal("verify", alone)
        assert done.returncode == 1
        assert file.name in done.stdout
        flip(file)


def test_media_without_python(with_python: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    command = ["media", "test/v1", "--portal", with_python, "--to", "usb", "--size", "1G", "--out", stick]
    done = run(*command, "--without", "python")
    assert "left out: assets/python" in done.stdout
    folder = stick / "test" / "v1" / "assets" / "python"
    assert {file.suffix for file in folder.iterdir()} == {".js"}
    for file in folder.iterdir():
        assert file.read_text().startswith(f'drportal.elsewhere("asset python/{file.name.split(".")[0]}",')
    assert drportal("verify", stick).returncode == 0
    (row,) = [
        one for one in json.loads((stick / "medium.json").read_text())["contents"] if one["kind"] == "python"
    ]
    assert (row["count"], row["placed"], row["discs"]) == (1, 0, [])
    assert "assets/python" in (stick / "README.txt").read_text(encoding="utf-8-sig")
    assert "assets/python" in (stick / "index.html").read_text()
    whole = run(*command)
    assert "left out" not in whole.stdout
    assert list(folder.glob("numpy.*.bin"))
    said = run(*command, "--without", "data", ok=False).stderr
    assert "--without: data: cannot be left out" in said


def test_a_medium_without_room_for_python_is_reported(with_python: Path, tmp_path: Path) -> None:
    command = ["media", "test/v1", "--portal", with_python, "--to", "usb", "--out", tmp_path / "stick"]
    said = run(*command, "--size", "60M", ok=False).stderr
    assert "use a larger medium, or --without python" in said
    run(*command, "--size", "60M", "--without", "python")
    assert "use a larger medium\n" in run(*command, "--size", "18M", ok=False).stderr


def test_media_of_a_release_without_python(built_once: Path, tmp_path: Path) -> None:  # noqa: F811
    command = [
        "media",
        "test/v1",
        "--portal",
        built_once,
        "--to",
        "usb",
        "--size",
        "1G",
        "--without",
        "python",
    ]
    said = run(*command, "--out", tmp_path / "stick", ok=False).stderr
    assert "the release has no Python in its pages" in said


def test_a_mirror_without_python_leaves_out_its_folder() -> None:
    assert left_out(["python", "data/"]) == ("assets/python", "data")


def test_an_encrypted_edition_leaves_python_readable(with_python: Path, tmp_path: Path) -> None:
    """It is the same in any release, and large: nothing of it is worth encrypting."""
    release = with_python / "build" / "site" / "test" / "v1"
    with Report() as report:
        seal(release, tmp_path / "sealed", PASSPHRASE, report)
    assert tree(tmp_path / "sealed" / "assets" / "python") == tree(release / "assets" / "python")


def test_style_and_texts_of_python_are_apart(tmp_path: Path) -> None:
    """Sites without Python must not change when they do."""
    theme = tmp_path / "themes" / "own"
    (theme / "styles").mkdir(parents=True)
    (theme / "templates").mkdir()
    (theme / "theme.toml").write_text("")
    (theme / "styles" / "python.css").write_text(".of-python { color: red }")
    (theme / "templates" / "strings-python.html").write_text('{{ _("Of Python alone") }}')
    (tmp_path / "portal.toml").write_text('name = "T"\ntitle = "T"\ntheme = "own"\n')
    assets = Assets.load(load_portal(tmp_path))
    style = assets.names["python.css"]
    assert style in assets.files(engine=True, python=True)
    assert style not in assets.files(engine=True)
    css = assets.files(engine=True)[assets.names["site.css"]]
    assert isinstance(css, bytes)
    assert b"of-python" not in css
    assert "Of Python alone" in assets.client_strings(["python.js"], True)
    assert "Of Python alone" not in assets.client_strings(["python.js"], False)


def test_the_list_of_fonts_is_that_of_the_package() -> None:
    client = Path(drportal_package.__file__).parent / "client"
    listed = json.loads((client / "matplotlib-fonts.json").read_text())
    (wheel,) = (client / "dist" / "python" / "packages").glob("matplotlib-3*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = {name.removeprefix("matplotlib/mpl-data/") for name in archive.namelist()}
    names = [font["fname"] for kind in ("ttflist", "afmlist") for font in listed[kind]]
    assert set(names) <= inside
    fonts = {name for name in inside if name.startswith("fonts/ttf/") and name.endswith(".ttf")}
    assert len(fonts) > 30
    assert fonts <= set(names)


@pytest.mark.slow
def test_the_snapshot_is_made_with_the_same_bytes(tmp_path: Path) -> None:
    client = Path(drportal_package.__file__).parent / "client"
    folder = tmp_path / "pyodide"
    for name in ("pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"):
        folder.mkdir(exist_ok=True)
        shutil.copy(client / "node_modules" / "pyodide" / name, folder)
    command = [node(), client / "snapshot.mjs", folder, tmp_path / "again"]
    subprocess.run(command, check=True, env=os.environ | {"TZ": "Asia/Shanghai"})
    (made,) = (client / "dist" / "python").glob("snapshot.*.bin")
    assert (tmp_path / "again").read_bytes() == gzip.decompress(made.read_bytes())


def test_packages_that_are_not_to_be_had_stop_check_and_build(portal: Path) -> None:  # noqa: F811
    set_python(portal, 'python = ["astropy"]\n')
    for command in ("check", "build"):
        done = drportal(command, "--portal", portal, env=dict(os.environ))
        assert done.returncode in (1, 2)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if "astropy" in line]
        assert len(lines) == 1, done.stdout + done.stderr
        assert "portal.toml: python: drportal does not ship astropy" in lines[0]
        assert "name the full distribution of Pyodide 0.27.7 in python.distribution" in lines[0]
    assert not (portal / "build" / "site").exists()


def test_a_changed_distribution_is_noticed(portal: Path, tmp_path: Path) -> None:  # noqa: F811
    """The folder has the packages of drportal itself, as the full distribution has."""
    found = load_portal(portal)
    dist = Assets.load(found).dist / "python"
    place = Path(shutil.copytree(dist / "packages", tmp_path / "pyodide"))
    shutil.copy(dist / "pyodide-lock.json", place)
    (portal / "portal.toml").write_text(
        f'name = "TEST"\ntitle = "Test"\n[python]\npackages = ["pandas"]\ndistribution = "{place}"\n'
    )
    run("build", "--portal", portal)
    (file,) = place.glob("pandas-*")
    sound = file.read_bytes()
    file.write_bytes(sound[:-1] + b"?")
    said = run("build", "--portal", portal, ok=False).stderr
    assert f"{file}: has other bytes than pandas 2.2.3 in Pyodide's lock file; copy it again from" in said
    file.write_bytes(sound)
    run("build", "--portal", portal)
