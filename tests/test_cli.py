"""Commands as a user types them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from astropy.table import Table

from .conftest import DRPORTAL, odd_table
from .steps.test_build import run


def test_a_new_portal_builds_at_once(tmp_path: Path) -> None:
    done = run("new", tmp_path / "survey")
    assert "drportal build" in done.stdout
    run("check", "--portal", tmp_path / "survey")
    run("build", "--portal", tmp_path / "survey")
    assert (tmp_path / "survey/build/site/index.html").is_file()


OTHERS = [pytest.param(suffix, marks=pytest.mark.slow) for suffix in ("vot", "ecsv", "parquet")]


@pytest.mark.parametrize("suffix", ["fits", "csv", *OTHERS])
def test_any_table_becomes_a_portal_without_touching_code(tmp_path: Path, suffix: str) -> None:
    table = odd_table()
    table.rename_column("RAJ2000", "_RA")
    table.rename_column("DEJ2000", "_DE")
    table["_RA"].meta["ucd"] = "pos.eq.ra;meta.main"
    if suffix == "fits":
        table["Wörter"] = [w.encode("ascii", "replace").decode() for w in table["Wörter"]]
        table.rename_column("Wörter", "words")
    source = tmp_path / f"table.{suffix}"
    formats = {
        "fits": "fits",
        "vot": "votable",
        "ecsv": "ascii.ecsv",
        "parquet": "parquet",
        "csv": "ascii.csv",
    }
    table.write(source, format=formats[suffix])
    run("new", tmp_path / "survey", "--source", source, "--name", "odd")
    release = next((tmp_path / "survey/releases").rglob("release.toml"))
    release.write_text(release.read_text() + 'roles = { ra = "_RA", dec = "_DE" }\n')
    run("build", "--portal", tmp_path / "survey")
    pages = list((tmp_path / "survey/build/site").rglob("catalogues/odd.html"))
    assert pages


def test_a_folder_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    done = run("new", tmp_path, ok=False)
    assert done.returncode == 2
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_check_finds_a_wrong_unit_and_a_wrong_ucd(tmp_path: Path) -> None:
    source = tmp_path / "t.fits"
    Table({"id": [1], "ra": [1.0], "dec": [2.0]}, units={"ra": "deg", "dec": "deg"}).write(source)
    run("new", tmp_path / "survey", "--source", source, "--name", "t")
    said = run("check", "--portal", tmp_path / "survey").stdout
    assert said.endswith("no faults, no doubts, 3 notes\n") and "no problems" not in said
    schema = next((tmp_path / "survey").rglob("t.yaml"))
    schema.write_text(re.sub(r"(unit['\"]?): deg", r"\1: degg", schema.read_text(), count=1))
    done = run("check", "--portal", tmp_path / "survey", ok=False)
    assert done.returncode == 1
    assert "degg" in done.stderr
    assert done.stdout.endswith("1 fault, no doubts, 3 notes\n")


def test_errors_have_no_traceback_unless_asked_for(tmp_path: Path) -> None:
    done = run("build", "--portal", tmp_path, ok=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "portal.toml" in done.stderr
    assert "Traceback" in run("--debug", "build", "--portal", tmp_path, ok=False).stderr


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["--version"]])
def test_help(arguments: list[str]) -> None:
    done = subprocess.run([DRPORTAL, *arguments], capture_output=True, text=True, check=True)
    assert "drportal" in done.stdout


def test_simulate_writes_tables(tmp_path: Path) -> None:
    for kind in ("lrs", "lrs_stellar", "mrs"):
        run("simulate", kind, tmp_path / f"{kind}.fits", "--rows", 50)
        assert len(Table.read(tmp_path / f"{kind}.fits")) == 50
    assert run("simulate", "nothing", tmp_path / "x.fits", ok=False).returncode == 2


@pytest.mark.parametrize(
    ("languages", "titles"),
    [
        ('["en", "zh"]', {"help.html": "Help", "zh/help.html": "帮助"}),
        ('["zh", "en"]', {"help.html": "帮助", "en/help.html": "Help"}),
        ('["de"]', {"help.html": "Help"}),
    ],
)
def test_a_portal_without_help_of_its_own_has_one(tmp_path: Path, languages: str, titles) -> None:
    release = tmp_path / "releases" / "a" / "release.toml"
    release.parent.mkdir(parents=True)
    release.write_text('name = "A"\npublished = "2020"\n')
    (tmp_path / "portal.toml").write_text(f'name = "T"\ntitle = "T"\nlanguages = {languages}\n')
    run("build", "--portal", tmp_path)
    for page, title in titles.items():
        text = (tmp_path / "build" / "site" / "a" / page).read_text(encoding="utf-8")
        assert re.search(rf"<h1[^>]*>\s*{title}", text), page


def one_table(folder: Path, **more: str) -> Path:
    """Write a portal with one catalogue; `more` are settings of the catalogue in release.toml."""
    source = folder / "t.fits"
    Table({"id": [1], "ra": [1.0], "dec": [2.0]}).write(source)
    run("new", folder / "survey", "--source", source, "--name", "t")
    release = folder / "survey/releases/dr1/release.toml"
    release.write_text(release.read_text() + "".join(f"{key} = {value}\n" for key, value in more.items()))
    return folder / "survey"


@pytest.mark.parametrize(
    ("key", "value", "reported"),
    [
        ("hdu", "7", "no table extension 7"),
        ("roles", '{ ra = "raj" }', "no column 'raj'"),
        ("missing", "{ teff = [-9999] }", "no column 'teff'"),
    ],
)
def test_check_compares_what_was_written_with_the_table(
    tmp_path: Path, key: str, value: str, reported: str
) -> None:
    done = run("check", "--portal", one_table(tmp_path, **{key: value}), ok=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert reported in done.stderr


def test_check_knows_which_releases_there_are(tmp_path: Path) -> None:
    portal = one_table(tmp_path)
    assert "use one of: dr1" in run("check", "dr2", "--portal", portal, ok=False).stderr
    run("check", "DR1/", "--portal", portal)


def test_a_key_at_the_end_of_the_starter_belongs_to_its_catalogue(tmp_path: Path) -> None:
    run("new", tmp_path / "survey")
    release = tmp_path / "survey/releases/dr1/release.toml"
    release.write_text(release.read_text() + 'roles = { ra = "raj" }\n')
    assert "roles.ra: no column 'raj'" in run("check", "--portal", tmp_path / "survey", ok=False).stderr


def test_a_port_that_is_none(tmp_path: Path) -> None:
    done = run("serve", tmp_path, "--port", "99999", ok=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "thread", "status"),
    [
        (["--version"], False, 0),
        (["--version"], True, 0),
        (["build", "--portal", "/there/is/none"], False, 2),
        (["nonsense"], False, 2),
    ],
)
def test_the_program_ends_as_python_does(arguments: list[str], thread: bool, status: int) -> None:
    """What is registered for the end runs, threads come to their end, and everything printed arrives."""
    code = f"""
import atexit, sys, threading, time
from drportal.__main__ import program
atexit.register(print, "at the end")
if {thread}:
    threading.Thread(target=lambda: (time.sleep(0.5), print("a thread"))).start()
sys.argv = ["drportal", *{arguments!r}]
program()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    printed = done.stdout.splitlines()
    assert done.returncode == status and printed[-1] == "at the end"
    assert ("a thread" in printed) == thread
    assert not status or done.stderr.startswith(("drportal: /there", "Usage"))
