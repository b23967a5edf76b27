"""kill -9 at any moment: what is published is the former edition or the new one, never a mixture."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ..conftest import RELEASE
from ..interrupted import kill_again_and_again, took
from ..publish.test_manifest import verify
from ..publish.test_mirror import new_edition
from ..signed_portal import published
from .test_build import CATALOGUE, tree

BESIDE = {"cd": set[str](), "usb": {"media-sleeve.html"}}
"""What a medium has beside its folder."""

TIMES = [pytest.param(4, 1, id="4 times"), pytest.param(50, 2, id="50 times", marks=pytest.mark.slow)]


def write_portal(folder: Path) -> tuple[Path, Path]:
    """A small portal; its release.toml and its rows."""
    release = folder / "releases" / "test" / "v1"
    release.mkdir(parents=True)
    (folder / "portal.toml").write_text('name = "TEST"\ntitle = "Test"\n')
    toml, rows = release / "release.toml", release / "stars.csv"
    toml.write_text(RELEASE.format(version="v1") + CATALOGUE)
    rows.write_text("id,ra,dec,class\n" + "".join(f"{i},{i},{-i},S\n" for i in range(80)))
    return toml, rows


@pytest.mark.parametrize(("times", "seed"), TIMES)
def test_a_killed_build(tmp_path: Path, times: int, seed: int) -> None:
    """Rows, words and pages differ between two editions; each build begins with what is left of the other."""
    portal, log = tmp_path / "portal", tmp_path / "log"
    out = portal / "build" / "site"
    toml, rows = write_portal(portal)
    text, table = toml.read_text(), rows.read_text()

    def edition(turn: int) -> None:
        # Without its records every piece is made again, over what killed builds have left of it.
        shutil.rmtree(portal / "build" / "cache" / "pieces", ignore_errors=True)
        toml.write_text(f'description = "Edition {turn % 2}"\n{text}')
        rows.write_text(table + "1000,5,5,S\n" * (turn % 2))

    editions = []
    for turn in (0, 1):
        edition(turn)
        seconds = took(["build", "--portal", portal], log)
        editions.append(tree(out))
        assert verify(out).returncode == 0
    assert editions[0] != editions[1]
    caught = kill_again_and_again(
        ["build", "--portal", portal], out, editions, times, seed, seconds * 1.1, prepare=edition
    )
    assert caught >= times // 4
    edition(0)
    took(["build", "--portal", portal], log)
    assert tree(out) == editions[0]
    stay = {"site", "site.log", "cache", ".site.lock", ".cache.lock"}
    assert {p.name for p in out.parent.iterdir()} == stay
    assert not list((portal / "build/cache").rglob("*.part"))


@pytest.mark.parametrize(("times", "seed"), TIMES)
def test_a_killed_mirror(signed: Path, tmp_path: Path, times: int, seed: int) -> None:
    """From nothing to a first copy, then from one edition to the next and back."""
    copy, log = tmp_path / "mirror", tmp_path / "log"
    site = Path(shutil.copytree(signed, tmp_path / "site"))
    trial, caught = tmp_path / "trial", 0
    with published(site, delay=0.05) as (address, _):
        former = tree(site)
        seconds = took(["mirror", address, trial], log)
        arguments = ["mirror", address, copy]
        caught += kill_again_and_again(arguments, copy, [{}, former], times // 2, seed, seconds)
        took(arguments, log)
        new_edition(site)
        editions = [former, tree(site)]
        seconds = took(["mirror", address, trial], log)
        caught += kill_again_and_again(arguments, copy, editions, times - times // 2, seed + 1, seconds)
        took(arguments, log)
    assert caught >= times // 4
    assert tree(copy) == editions[1]
    assert verify(copy).returncode == 0
    assert not copy.with_name(".mirror.mirror").exists()


MEDIA = [
    pytest.param("cd", 4, 1, id="cd, 4 times"),
    pytest.param("cd", 50, 2, id="cd, 50 times", marks=pytest.mark.slow),
    pytest.param("usb", 50, 3, id="usb, 50 times", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("kind", "times", "seed"), MEDIA)
def test_a_killed_medium(tmp_path: Path, kind: str, times: int, seed: int) -> None:
    """Media of two editions of a site, one made in the place of the other."""
    portal, log = tmp_path / "portal", tmp_path / "log"
    toml, _ = write_portal(portal)
    text = toml.read_text()
    sites = [tmp_path / "sites" / name for name in ("first", "second")]
    for site in sites:
        toml.write_text(f'description = "The {site.name} edition"\n{text}')
        took(["build", "--portal", portal, "--out", site], log)
    chosen, out = tmp_path / "site", tmp_path / "made" / "media"
    out.parent.mkdir()

    def edition(turn: int) -> None:
        chosen.unlink(missing_ok=True)
        chosen.symlink_to(sites[turn % 2])

    arguments = ["media", "test/v1", "--portal", portal, "--site", chosen, "--to", kind, "--out", out]
    arguments += ["--discs", "0"] if kind == "cd" else []
    editions = []
    for turn in (0, 1):
        edition(turn)
        seconds = took(arguments, log)
        editions.append(tree(out))
    assert editions[0] != editions[1]
    caught = kill_again_and_again(arguments, out, editions, times, seed, seconds * 1.1, prepare=edition)
    assert caught >= times // 4
    edition(0)
    took(arguments, log)
    assert tree(out) == editions[0]
    assert {p.name for p in out.parent.iterdir()} - {"media.log", ".media.lock"} == {"media"} | BESIDE[kind]
