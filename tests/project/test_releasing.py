"""docs/releasing.md, run as written: a year of releases."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ..commands import drportal
from ..ways import few

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "releasing.md"


def releases_at(server: Path) -> list[str]:
    found: list[str] = json.loads((server / "manifest.json").read_text())["releases"]
    return found


def settings(portal: Path, release: str) -> dict[str, Any]:
    return tomllib.loads((portal / "releases" / release / "release.toml").read_text(encoding="utf-8"))


def run(commands: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run lines of the document: those of drportal in forks, as they are many; status and output."""
    said = ""
    for line in commands.splitlines():
        words = shlex.split(line)
        if words[0] == "drportal":
            done = drportal(*words[1:], env=environment)
        else:
            done = subprocess.run(["sh", "-ec", line], capture_output=True, text=True)
        assert "Traceback" not in done.stderr, done.stderr
        said += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, said
    return 0, said


def blocks() -> list[tuple[str, str]]:
    return re.findall(r"^```sh run( fails)?\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.S | re.M)


@pytest.mark.not_quick
@pytest.mark.parametrize("count", few([3, len(blocks())], 3))
def test_a_year_of_releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """`make test` runs the year until the second quarter is begun, `make test-all` all of it."""
    monkeypatch.chdir(tmp_path)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    whole = ""
    for fails, commands in blocks()[:count]:
        status, said = run(commands, tmp_path, environment)
        assert (status != 0) == bool(fails), f"{commands}\n{said}"
        whole += said
    assert "still says" in whole
    assert "dr9/v0-q1" in releases_at(tmp_path / "team-server")
    if count > 3:
        assert "dr9/v0-q2" in releases_at(tmp_path / "team-server")
        assert "would change: dr9/v1.0/data/lrs/" in whole
        check_the_end(tmp_path)


def check_the_end(folder: Path) -> None:
    """What is published at the end of the year, and what the files say."""
    team, partners, public = (folder / f"{name}-server" for name in ("team", "partners", "public"))
    assert sorted(releases_at(team)) == ["dr9/v0-q1", "dr9/v0-q2", "dr9/v1.0", "dr9/v1.1"]
    assert sorted(releases_at(partners)) == ["dr9/v1.0", "dr9/v1.1"]
    assert releases_at(public) == ["dr9/v2.0"]
    for hidden in ("dr9/v1.0", "dr9/v0-q1", "DR9 v1.1"):
        pages = public.rglob("*.html")
        assert not [page for page in pages if hidden in page.read_text(encoding="utf-8")], hidden
    portal = folder / "lamost"
    replaced = {name: settings(portal, f"dr9/{name}").get("superseded_by") for name in ("v0-q1", "v0-q2")}
    assert replaced == {"v0-q1": "dr9/v1.0", "v0-q2": "dr9/v1.0"}
    first, last = settings(portal, "dr9/v1.0"), settings(portal, "dr9/v2.0")
    assert (first["status"], first["superseded_by"], first["phase"]) == ("obsolete", "dr9/v1.1", "v1")
    assert (last["phase"], last["published"]) == ("v2", "2022-09") and "audience" not in last
    assert [one["reason"] for one in first["revisions"]] == ["The frame of the redshift was missing."]
    changes = (partners / "dr9/v1.0/changes.html").read_text(encoding="utf-8")
    assert "The frame of the redshift was missing." in changes
    assert (folder / "general-assembly.iso").stat().st_size > 1_000_000
