"""Whole builds: in one step, reproducible, and without damage to the former site."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from drportal.publish.place import former, place, recover

from ..commands import drportal, until
from ..conftest import DRPORTAL, RELEASE, once
from ..signed_portal import secret_key

CATALOGUE = '\n[[catalogues]]\nname = "stars"\nsource = "stars.csv"\n'


def run(*arguments: object, ok: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
    done = drportal(*arguments, env=os.environ | environment)
    assert (done.returncode == 0) == ok, done.stderr
    return done


def tree(folder: Path) -> dict[str, str]:
    """Every file of a folder with the SHA-256 of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def make_built(base: Path) -> Path:
    """A portal of two small releases, with its site."""
    folder = base / "portal"
    for version in ("v1", "v2"):
        release = folder / "releases" / "test" / version
        release.mkdir(parents=True)
        (release / "stars.csv").write_text(
            "id,ra,dec,class\n" + "".join(f"{i},{i},{-i},S\n" for i in range(80))
        )
        (release / "release.toml").write_text(RELEASE.format(version=version) + CATALOGUE)
    (folder / "portal.toml").write_text('name = "TEST"\ntitle = "Test"\n')
    run("build", "--portal", folder)
    return folder


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That portal. To be copied, not changed."""
    return once(tmp_path_factory, "built", make_built)


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Path:
    """The portal with its site and what builds keep between them."""
    return Path(shutil.copytree(built_once, tmp_path / "portal"))


@pytest.fixture
def portal(built_once: Path, tmp_path: Path) -> Path:
    """The portal as the team wrote it."""
    return Path(shutil.copytree(built_once, tmp_path / "portal", ignore=shutil.ignore_patterns("build")))


def test_the_same_inputs_give_the_same_bytes(portal: Path, tmp_path: Path) -> None:
    same = {"SOURCE_DATE_EPOCH": "1700000000", "DRPORTAL_SIGNING_KEY": secret_key(b"1" * 32)}

    run("build", "--portal", portal, TZ="Asia/Shanghai", **same)
    other = tmp_path / "elsewhere" / "copy"
    shutil.copytree(portal, other, ignore=shutil.ignore_patterns("build"))
    (other / "build" / "site").mkdir(parents=True)  # an empty folder may become a site
    # In a new process of Python, which has an order of its own in sets.
    environment = os.environ | same | {"TZ": "America/Lima"}
    subprocess.run([DRPORTAL, "build", "--portal", other, "--jobs", "2"], check=True, env=environment)
    made = tree(portal / "build" / "site")
    assert made == tree(other / "build" / "site")
    for name in ("manifest.json", "manifest.json.minisig", "minisign.pub", "SHA256SUMS"):
        assert {name, f"test/v1/{name}"} <= made.keys()


def test_one_release_is_built_and_the_others_stay(built: Path) -> None:
    before = tree(built / "build" / "site")
    for version in ("v1", "v2"):
        toml = built / "releases" / "test" / version / "release.toml"
        toml.write_text('description = "Changed words"\n' + toml.read_text())
    run("build", "test/v2", "--portal", built)
    after = tree(built / "build" / "site")
    assert {n: d for n, d in after.items() if n.startswith("test/v1/")} == {
        n: d for n, d in before.items() if n.startswith("test/v1/")
    }
    assert "Changed words" in (built / "build/site/test/v2/index.html").read_text()


@pytest.mark.parametrize(
    ("file", "change", "reported"),
    [
        ("portal.toml", lambda text: text + "= 3", ["portal.toml", "line 3"]),
        ("portal.toml", lambda text: text + 'colour = "red"\n', ["portal.toml", "colour", "unknown key"]),
        (
            "releases/test/v1/release.toml",
            lambda t: t.replace("phase", "phaze"),
            ["phaze", "did you mean `phase`"],
        ),
        (
            "releases/test/v1/release.toml",
            lambda t: t.replace("stars.csv", "stras.csv"),
            ["stras.csv", "no file"],
        ),
        (
            "releases/test/v1/release.toml",
            lambda t: t.replace('"2026-01"', '"yesterday"'),
            ["published", "date"],
        ),
        ("releases/test/v2/stars.csv", lambda text: text + "80,1\n", ["stars.csv", "82"]),
        ("releases/test/v2/stars.csv", lambda text: text + "80,361,0,S\n", ["stars.csv", "ra", "361"]),
        ("releases/test/v2/stars.csv", lambda text: text + "80,,0,S\n", ["stars.csv", "ra", "drop_missing"]),
        ("releases/test/v2/stars.csv", lambda t: t.replace("class", "ID", 1), ["stars.csv", "ID"]),
    ],
)
def test_a_mistake_is_reported_in_one_line_and_the_site_stays(built: Path, file, change, reported) -> None:
    before = tree(built / "build" / "site")
    path = built / file
    path.write_text(change(path.read_text()))
    done = run("build", "--portal", built, ok=False)
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if line.startswith("drportal: ")]
    assert len(lines) == 1
    assert "Traceback" not in done.stderr
    for word in reported:
        assert word in lines[0]
    assert tree(built / "build" / "site") == before


def test_every_mistake_of_every_file_is_reported_at_once(portal: Path) -> None:
    for version in ("v1", "v2"):
        toml = portal / "releases" / "test" / version / "release.toml"
        toml.write_text(toml.read_text().replace("phase", "phaze").replace('"2026-01"', "5"))
    (portal / "portal.toml").write_text("languages = []\n")
    lines = [x for x in run("build", "--portal", portal, ok=False).stderr.splitlines() if "drportal:" in x]
    assert len(lines) == 7  # four in the releases; name, title and languages in portal.toml


def test_a_damaged_site_is_repaired_by_the_next_build(portal: Path) -> None:
    run("build", "--portal", portal)
    site = portal / "build" / "site"
    before = tree(site)
    victim = next((site / "test/v1/data/stars").rglob("*.parquet"))
    with victim.open("r+b") as stream:
        stream.seek(20)
        stream.write(b"damage")
    assert tree(site) != before
    run("build", "--portal", portal)
    assert tree(site) == before


def test_no_name_is_refused_by_a_usual_file_system(built: Path) -> None:
    names = [p.relative_to(built / "build/site") for p in (built / "build/site").rglob("*")]
    assert not any(p.is_symlink() for p in (built / "build/site").rglob("*"))
    for name in names:
        assert len(str(name)) < 200
        assert all(re.fullmatch(r"[A-Za-z0-9._=-]{1,64}", part) for part in name.parts), name
    assert len({str(n).lower() for n in names}) == len(names)


def test_where_folders_cannot_be_swapped_a_broken_off_move_is_finished(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("drportal.publish.place._exchange", lambda one, other: False)
    site = tmp_path / "site"
    for words in ("first", "second"):
        new = tmp_path / "new"
        new.mkdir()
        (new / "index.html").write_text(words)
        place(new, site)
        assert (site / "index.html").read_text() == words
        assert [p.name for p in tmp_path.iterdir()] == ["site"]
    site.rename(former(site))  # as if stopped between the two moves
    recover(site)
    assert (site / "index.html").read_text() == "second"


@pytest.mark.parametrize("kind", ["folder", "file", "the portal"])
def test_what_is_no_site_is_never_replaced(portal: Path, tmp_path: Path, kind: str) -> None:
    out = portal if kind == "the portal" else tmp_path / "papers"
    if kind == "folder":
        out.mkdir()
        (out / "thesis.tex").write_text("precious")
    elif kind == "file":
        out.write_text("precious")
    before = tree(tmp_path)
    done = run("build", "--portal", portal, "--out", out, ok=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--out" in done.stderr
    assert tree(tmp_path) == before


def test_ctrl_c_while_rows_are_read_has_no_traceback(portal: Path) -> None:
    """Rows are read inside the database's call, which makes an error of its own of what stops it."""
    toml = portal / "releases" / "test" / "v1" / "release.toml"
    simulated = 'simulate = { kind = "lrs", rows = 2_000_000 }'
    toml.write_text(toml.read_text().replace('source = "stars.csv"', simulated))
    command = [DRPORTAL, "build", "--portal", portal]
    begun = portal / "build" / "cache" / "unfinished"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("catalogue" in line for line in process.stderr)
        until(lambda: any(file.stat().st_size for file in begun.rglob("*") if file.is_file()))
        process.send_signal(signal.SIGINT)
        reported = process.stderr.read()
    assert process.returncode == 130, reported
    assert reported.splitlines()[-1] == "drportal: stopped by Ctrl+C"
    assert "Traceback" not in reported
    assert not (portal / "build" / "site").exists()
