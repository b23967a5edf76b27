"""Doubts and notes of `drportal check`: folded by kind, counted, apart from faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.table import Table

from drportal.check import withheld
from drportal.model import Audience, Edition, load_portal
from drportal.notices import NAMES_LETTERS, Notice, counted, folded, said
from drportal.problems import Problem

from .conftest import write_portal
from .steps.test_build import run


def note(name: str, file: str = "a.yaml", kind: str = "columns without a description") -> Notice:
    return Notice(
        "note", Problem(file, f"line 3, column {name}", "has no description", "say"), "", kind, name
    )


def test_one_line_for_a_kind_in_a_file() -> None:
    names = [f"c{number}" for number in range(53)]
    notices = [
        said("read"),
        *map(note, names),
        note("c1", "b.yaml"),
        note("x", kind="others"),
        note("y", kind="others"),
    ]
    lines = list(folded(notices))
    assert lines[0] == ("said", "read")
    level, line = lines[1]
    assert level == "note"
    assert line.startswith("a.yaml: 53 columns without a description: c0, c1, c2, ")
    shown = line.partition("description: ")[2].partition(" and ")[0].split(", ")
    assert shown == names[: len(shown)] and len(", ".join(shown)) <= NAMES_LETTERS
    assert f"and {53 - len(shown)} more (--verbose lists them); say" in line
    assert lines[2:] == [
        ("note", "b.yaml: line 3, column c1: has no description; say"),
        ("note", "a.yaml: 2 others: x, y; say"),
    ]
    assert counted(0, notices) == "no faults, no doubts, 56 notes"


def test_what_is_withheld_is_one_line_too(tmp_path: Path) -> None:
    write_portal(tmp_path)
    release = tmp_path / "releases/test/v1/release.toml"
    hidden = "".join(f'"{name}" = {{ audience = "team" }}\n' for name in ("snru", "snrr", "snri", "offset"))
    marked = "[catalogues.columns]\nz = { description"
    assert marked in release.read_text()
    release.write_text(
        release.read_text().replace(marked, f"[catalogues.columns]\n{hidden}z = {{ description")
    )
    lines = [str(one) for one in withheld(load_portal(tmp_path, Edition(Audience.public)))]
    assert len(lines) == 4 and all(line.endswith(": withheld") for line in lines)
    ((level, line),) = folded(withheld(load_portal(tmp_path, Edition(Audience.public))))
    assert level == "said" and "release.toml: 4 things withheld: " in line


def test_the_last_line_counts() -> None:
    doubt = Notice("doubt", Problem("a", "", "b", ""))
    assert counted(0, []) == counted(0, [said("only read")]) == "no problems found"
    assert counted(1, [doubt]) == "1 fault, 1 doubt, no notes"
    assert counted(1234, [note("a"), note("b")]) == "1,234 faults, no doubts, 2 notes"


def test_check_and_build_of_a_table_that_nobody_described(tmp_path: Path) -> None:
    """Forty columns and ten doubts: `check` folds them, --verbose lists them, a build points to `check`."""
    rows = 200
    columns = {f"c{number}": np.where(np.arange(rows) < 5, -9999.0, np.arange(rows)) for number in range(10)}
    columns |= {f"d{number}": np.arange(rows) for number in range(30)}
    columns |= {"ra": np.linspace(0, 300, rows), "dec": np.zeros(rows), "select": np.arange(rows)}
    Table(columns).write(tmp_path / "t.fits")
    run("new", tmp_path / "p", "--source", tmp_path / "t.fits", "--name", "stars")
    release = tmp_path / "p/releases/dr1/release.toml"
    release.write_text(
        "".join(x for x in release.read_text().splitlines(True) if not x.startswith("missing"))
    )
    done = run("check", "--portal", tmp_path / "p")
    lines = done.stdout.splitlines()
    assert done.stderr == ""
    assert lines.pop(0) == f"{release}: catalogues[stars]: ra is ra (name); dec is dec (name)"
    assert [line.partition(": ")[0] for line in lines[:-1]] == ["note", "note", "doubt"]
    assert "43 columns without a description: c0, c1, " in lines[0]
    assert "column select: its name is an SQL keyword" in lines[1]
    assert "catalogues[stars]: 10 values far from all others" in lines[2] and "c0 -9999 (5 rows)" in lines[2]
    assert lines[-1] == "no faults, 10 doubts, 44 notes"
    every = run("check", "--verbose", "--portal", tmp_path / "p").stdout.splitlines()
    assert len(every) == 1 + 10 + 44 + 1 and every[-1] == lines[-1]
    assert "if it does, add missing = { c9 = [-9999] }; if not, c9 = []" in every[-2]
    built = run("build", "--portal", tmp_path / "p")
    said = built.stdout.splitlines() + built.stderr.splitlines()
    (pointer,) = (line for line in said if "drportal check" in line)
    assert pointer.startswith('10 values of columns may mean "nothing"')
    assert not any("drportal: " in line or "description" in line or "-9999" in line for line in said)


def test_faults_stay_one_line_each_on_stderr(tmp_path: Path) -> None:
    write_portal(tmp_path)
    (tmp_path / "releases/test/v1/odd.vot").write_text("<VOTABLE/>")
    done = run("check", "--portal", tmp_path, ok=False)
    assert done.returncode == 1
    assert done.stderr.startswith("drportal: ") and done.stderr.count("\n") == 1
    assert done.stdout.splitlines()[-1].startswith("1 fault, ")
