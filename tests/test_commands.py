"""Commands of tests start from a process that has read all modules already."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .commands import FORKS


def build(portal: Path, out: Path) -> None:
    """Build a portal in this process; the modules that it had to import go into a file."""
    from drportal.build import build as walk
    from drportal.report import Report

    before = set(sys.modules)
    with Report() as report:
        walk(portal, portal / "build/site", [], report)
    out.write_text("\n".join(sys.modules.keys() - before))


@pytest.mark.not_quick
def test_a_build_imports_little_anew(tmp_path: Path) -> None:
    release = tmp_path / "portal/releases/dr1"
    (release / "docs").mkdir(parents=True)
    (tmp_path / "portal/portal.toml").write_text('name = "TEST"\ntitle = "Test"\n')
    (release / "stars.csv").write_text("id,ra,dec\n1,2,3\n")
    (release / "docs/a.md").write_text("# A\n\nA formula: $x^2$\n")
    (release / "release.toml").write_text(
        'name = "DR1"\npublished = "2026"\n[[catalogues]]\nname = "stars"\nsource = "stars.csv"\n'
    )
    process = FORKS.Process(target=build, args=(tmp_path / "portal", tmp_path / "imported"))
    process.start()
    process.join()
    assert process.exitcode == 0
    imported = (tmp_path / "imported").read_text().split()
    assert len(imported) < 50, sorted(imported)
