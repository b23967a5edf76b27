"""kill -9 at any moment: what is published is the former edition or the new one, never a mixture."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from drportal.pieces import read_record
from drportal.pieces.sums import unsound

from ..conftest import RELEASE
from ..interrupted import kill_again_and_again, took
from ..publish.test_manifest import verify
from ..publish.test_mirror import new_edition
from ..signed_portal import published
from ..spectra_fixtures import write_plain
from ..stages import kill_in, measure
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


def add_release(portal: Path) -> None:
    """A release after the first, to be compared with it, and with spectra in several packs."""
    first, release = portal / "releases/test/v1", portal / "releases/test/v2"
    (release / "sp").mkdir(parents=True)
    (release / "stars.csv").write_text((first / "stars.csv").read_text().replace(",S\n", ",T\n", 9))
    (release / "release.toml").write_text(RELEASE.format(version="v2") + CATALOGUE + SPECTRA)
    for ident in range(7):
        write_plain(release / "sp" / f"{ident}.fits", ident, np.arange(90.0))


SPECTRA = """
[[spectra]]
name = "sp"
source = "sp"
layout = "columns"
columns = { wavelength = "WAVE", flux = "F" }
id = { header = "SPECID" }
ship_originals = true
"""
BUILDS = [pytest.param(2, 1, id="twice"), pytest.param(100, 2, id="100 times", marks=pytest.mark.slow)]


def damaged_pieces(cache: Path) -> list[str]:
    """The pieces of a cache that are not as they were written, to the last byte."""
    found = []
    for file in (cache / "pieces").glob("*/*"):
        record = json.loads(read_record(file) or "")
        if unsound(cache / "folders" / record["content"][:32]):
            found.append(record["name"])
    return found


@pytest.mark.parametrize(("times", "seed"), BUILDS)
def test_a_killed_build(tmp_path: Path, times: int, seed: int) -> None:
    """Rows, words and pages differ between two editions; each build begins with what is left of the other.

    All stages have their turn: of every piece that it is made and that it is kept, and room in the cache,
    which is smaller than the pieces.
    """
    portal, log = tmp_path / "portal", tmp_path / "log"
    out, cache = portal / "build" / "site", portal / "build" / "cache"
    toml, rows = write_portal(portal)
    add_release(portal)
    (portal / "portal.toml").write_text('name = "TEST"\ntitle = "Test"\ncache_size = "1 MB"\n')
    text, table = toml.read_text(), rows.read_text()

    def edition(turn: int) -> None:
        # Without most of its records pieces are made again, over what killed builds have left of them.
        for record in sorted((cache / "pieces").glob("*/*")):
            if chance.random() < 0.8:
                record.unlink()
        toml.write_text(f'description = "Edition {turn % 2}"\n{text}')
        rows.write_text(table + "1000,5,5,S\n" * (turn % 2))

    editions, chance = [], random.Random(seed)
    for turn in (0, 1):
        shutil.rmtree(cache, ignore_errors=True)
        edition(turn)
        seconds = measure(portal, log)
        editions.append(tree(out))
        assert verify(out).returncode == 0
    assert editions[0] != editions[1] and {"prune", "seal", "place"} <= seconds.keys()
    stages = sorted(seconds, key=lambda stage: (stage.split()[0] in ("make", "keep"), chance.random()))
    caught = 0
    for turn in range(times):
        edition(turn)
        stage = stages[turn % len(stages)]
        caught += kill_in(portal, log, stage, chance.uniform(0, 1.1 * seconds[stage]))
        assert tree(out) in editions, f"seed {seed}, turn {turn}: neither the former nor the new"
        assert not damaged_pieces(cache), f"seed {seed}, turn {turn}, {stage}"
    assert caught >= times // 3
    for turn in (1, 0):
        edition(turn)
        measure(portal, log)
        assert tree(out) == editions[turn] and "made again" not in log.read_text()
    stay = {"site", "cache", ".site.lock", ".cache.lock"}
    assert {p.name for p in out.parent.iterdir()} == stay
    assert not list(cache.rglob("*.part")) and not list((cache / "unfinished").glob("*"))


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


@pytest.mark.slow
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
