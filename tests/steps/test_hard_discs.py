"""Discs that are full, read-only, or other than that of the site: one clear line, and the site stays."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..commands import drportal, until
from ..conftest import DRPORTAL
from ..publish.test_manifest import verify
from ..publish.test_mirror import new_edition
from ..signed_portal import published
from .test_build import tree
from .test_interrupted import write_portal


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Makes a small file system of its own; skips where this is not permitted."""
    folders: list[Path] = []

    def mount(*options: str) -> Path:
        folder = tmp_path / f"disc{len(folders)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
        if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("file systems cannot be mounted here")
        folders.append(folder)
        return folder

    yield mount
    for folder in folders:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def disc(mounted: Callable[..., Path]) -> Path:
    """One of 6 MB."""
    return mounted("size=6m")


def refused(*arguments: object) -> str:
    """The only line of a command that fails."""
    done = drportal(*arguments)
    assert done.returncode in (1, 2), done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("drportal: ")]
    assert len(lines) == 1 and done.stderr.splitlines()[-1] == lines[0], done.stderr
    assert len(lines[0]) < 400 and "Traceback" not in done.stderr
    return lines[0]


def weight(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portal whose site needs some 30 MB, and the same with so many rows that its data alone do."""
    folder = tmp_path_factory.mktemp("wide") / "portal"
    write_portal(folder)
    return folder


def test_a_full_disc_at_a_build(wide: Path, disc: Path) -> None:
    """It is too small for the pages."""
    site = disc / "site"
    assert "No space left on device" in refused("build", "--portal", wide, "--out", site)
    assert not site.exists()
    assert weight(disc) < 1_000_000, "what was begun takes the room of what comes next"


@pytest.mark.slow
def test_a_full_disc_at_an_ingest(wide: Path, tmp_path: Path, disc: Path) -> None:
    """It is too small for the rows of one catalogue; libraries with errors of their own write them."""
    portal = Path(shutil.copytree(wide, tmp_path / "portal"))
    drportal("simulate", "lrs", portal / "releases/test/v1/large.parquet", "--rows", "60000", check=True)
    with (portal / "releases/test/v1/release.toml").open("a") as toml:
        toml.write('\n[[catalogues]]\nname = "large"\nsource = "large.parquet"\n')
    assert "No space left on device" in refused("build", "--portal", portal, "--out", disc / "site")
    assert weight(disc) < 1_000_000


@pytest.mark.slow
def test_a_disc_that_fills_after_a_first_build(
    wide: Path, tmp_path: Path, mounted: Callable[..., Path]
) -> None:
    """The former site is whole, and with more room the next build goes well."""
    folder = mounted("size=60m")
    portal = Path(shutil.copytree(wide, tmp_path / "portal"))
    site = folder / "site"
    drportal("build", "--portal", portal, "--out", site, check=True)
    before = tree(site)
    filler = folder / "filler"
    filler.write_bytes(bytes(max(0, shutil.disk_usage(folder).free - 2_000_000)))
    rows = portal / "releases/test/v1/stars.csv"
    rows.write_text(rows.read_text() + "1000,5,5,S\n")
    assert "No space left on device" in refused("build", "--portal", portal, "--out", site)
    assert tree(site) == before
    filler.unlink()
    drportal("build", "--portal", portal, "--out", site, check=True)
    assert tree(site) != before and verify(site).returncode == 0


def test_a_full_disc_at_a_mirror(signed: Path, disc: Path) -> None:
    with published(signed) as (address, _):
        said = refused("mirror", address, disc / "mirror")
        assert re.search(r"needs [1-9][\d.]* MB, and the disk has 6\.\d MB free; free some space", said), said
        (disc / "filler").write_bytes(bytes(shutil.disk_usage(disc).free - 20_000))
        said = refused("mirror", address, disc / "mirror")
        assert "No space left on device" in said or "free some space" in said
    assert not (disc / "mirror").exists()


def test_a_disc_that_fills_while_a_mirror_is_made(
    signed: Path, tmp_path: Path, mounted: Callable[..., Path]
) -> None:
    """Others write to it meanwhile: what was begun stays, and with more room the next run goes on with it."""
    site = Path(shutil.copytree(signed, tmp_path / "site"))
    folder = mounted("size=60m")
    with published(site) as (address, _):
        drportal("mirror", address, folder / "copy", check=True)
    before = tree(folder / "copy")
    new_edition(site)
    with published(site, delay=0.1) as (address, seen):
        command = [DRPORTAL, "mirror", address, folder / "copy"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            until(lambda: any("large" in request for request in seen))
            with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
                while filler.write(bytes(100_000)):
                    pass
            lines = [x for x in process.communicate()[1].splitlines() if x.startswith("drportal: ")]
        assert process.returncode in (1, 2)
        assert len(lines) == 1 and "No space left on device" in lines[0], lines
        assert tree(folder / "copy") == before
        (folder / "filler").unlink()
        drportal(*command[1:], check=True)
    assert tree(folder / "copy") == tree(site)


def going_out(command: str, signed: Path, out: Path) -> list[object]:
    """The command that makes an image, a stick or an encrypted edition of a release."""
    if command == "seal":
        return ["seal", signed / "test" / "v1", "--out", out]
    return ["media", "test/v1", "--portal", signed.parents[1], "--to", command, "--out", out]


@pytest.mark.parametrize("command", ["cd", "seal", pytest.param("usb", marks=pytest.mark.slow)])
def test_a_full_disc_at_what_goes_out(
    signed: Path, disc: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DRPORTAL_PASSPHRASE", "five words taken at random")
    out = disc / "out"
    said = refused(*going_out(command, signed, out))
    assert any(w in said for w in ("No space left on device", "free some space", "use a larger medium")), said
    assert not out.exists()
    assert weight(disc) < 1_000_000


LONG = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("cd", "usb", "seal")]


@pytest.mark.parametrize("command", ["build", "mirror", *LONG])
def test_a_disc_that_is_read_only(
    wide: Path, signed: Path, mounted: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DRPORTAL_PASSPHRASE", "five words taken at random")
    folder = mounted("size=1m", "ro")
    with published(signed) as (address, _):
        said = refused(
            *{
                "build": ["build", "--portal", wide, "--out", folder / "site"],
                "mirror": ["mirror", address, folder / "copy"],
            }.get(command, going_out(command, signed, folder / "out"))
        )
    assert "Read-only file system" in said and str(folder) in said


@pytest.mark.slow
def test_a_site_on_a_disc_of_its_own(wide: Path, tmp_path: Path, mounted: Callable[..., Path]) -> None:
    """Nothing can be linked or moved between the portal's disc and the site's."""
    folder = mounted("size=100m")
    for _ in range(2):
        drportal("build", "--portal", wide, "--out", folder / "site", check=True)
        assert verify(folder / "site").returncode == 0
    with published(folder / "site") as (address, _):
        drportal("mirror", address, tmp_path / "mirror", check=True)
    assert tree(tmp_path / "mirror") == tree(folder / "site")
