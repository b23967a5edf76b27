"""`drportal publish` sends what changed, reads it back, and is resumed after it was killed."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from drportal.files import walk
from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest
from drportal.publish.targets.named import open_target
from drportal.publish.targets.send import planned, send
from drportal.report import Report

from ..commands import drportal, start, until
from ..ways import few
from .targets import KINDS, Place, place

PAGES = ["index.html", "zh/index.html", "dr8/v1.0/index.html", "dr8/v1.0/search.html"]
DATA = [f"dr8/v1.0/data/lrs/dataset/Npix={n}.parquet" for n in range(40)]


def write_site(folder: Path, files: dict[str, bytes], releases: tuple[str, ...] = ("dr8/v1.0",)) -> Path:
    """A site as `drportal build` leaves it: files, manifest.json and SHA256SUMS."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    write_manifest(folder, Head("", "Survey", releases))
    return folder


def first_files() -> dict[str, bytes]:
    return {path: f"{path} 1".encode() for path in PAGES} | {path: path.encode() * 99 for path in DATA}


def second_files() -> dict[str, bytes]:
    """One page gone, two changed, a release more."""
    files = first_files()
    del files["zh/index.html"]
    for path in ("index.html", "dr8/v1.0/index.html"):
        files[path] = files[path].replace(b" 1", b" 2")
    return files | {"dr9/v0/index.html": b"new", "dr9/v0/data/lrs/a b.parquet": b"\0\1" * 500}


def tree(site: Path) -> dict[str, bytes]:
    return {path: Path(entry.path).read_bytes() for entry, path in walk(site)}


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "target"
    folder.mkdir()
    with place(request.param, folder) as made:
        yield made


def publish(target: Place, site: Path, tmp_path: Path, *more: str) -> tuple[int, str, str]:
    """Run the command: exit status and what it prints."""
    environment = os.environ | target.environment | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = drportal("publish", target.name, "--site", site, *more, env=environment)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def test_what_changed_is_sent(target: Place, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", first_files())
    status, said, _ = publish(target, site, tmp_path, "--dry-run")
    size = sum(map(len, first_files().values()))
    assert status == 0 and f"44 files new; {size:,} bytes to send" in said and not target.tree()
    status, said, errors = publish(target, site, tmp_path)
    assert status == 0, errors
    assert "published, and read back: 44 files" in said and target.tree() == tree(site)
    status, said, _ = publish(target, site, tmp_path)
    assert status == 0 and "nothing has changed" in said
    write_site(site, second_files(), ("dr8/v1.0", "dr9/v0"))
    status, said, errors = publish(target, site, tmp_path)
    assert status == 0, errors
    assert "dr9/v0: 2 files new; 1,003 bytes to send" in said
    assert "in all: 2 files new, 2 changed, 1 removed, 41 the same" in said
    assert target.tree() == tree(site)
    beside = target.folder.parent.iterdir() if target.folder else ()
    assert not [one.name for one in beside if "publishing" in one.name or "former" in one.name]


@pytest.mark.parametrize("target", few(KINDS, "folder", "webdav"), indirect=True)
def test_published_data_stay(target: Place, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", first_files())
    assert publish(target, site, tmp_path)[0] == 0
    published = target.tree()
    write_site(site, first_files() | {DATA[3]: b"other", DATA[4]: b"other"})
    status, _, errors = publish(target, site, tmp_path)
    assert status == 2 and "--again dr8/v1.0" in errors
    assert f"data of the published release dr8/v1.0 would change: {DATA[3]}, {DATA[4]};" in errors
    assert target.tree() == published
    write_site(site, {"index.html": b"no release"}, ())
    status, _, errors = publish(target, site, tmp_path)
    assert status == 2 and "release dr8/v1.0 is published there and not in this site" in errors
    assert target.tree() == published


def kill_while_sending(
    arguments: tuple[object, ...], log: Path, environment: dict[str, str], wait: float
) -> None:
    """Kill a command some time after it has begun to send."""
    process = start(arguments, log, log, environment)
    until(lambda: "sending" in (log.read_text() if log.exists() else "") or not process.is_alive())
    time.sleep(wait)
    process.kill()
    process.join()
    log.unlink()


@pytest.mark.parametrize("target", few(KINDS, "folder", "rsync", "webdav"), indirect=True)
def test_a_killed_transfer_is_resumed(target: Place, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", first_files())
    assert publish(target, site, tmp_path)[0] == 0
    published = target.tree()
    large = {f"dr9/v0/data/lrs/{n}.bin": os.urandom(300_000) for n in range(60)}
    write_site(site, second_files() | large, ("dr8/v1.0", "dr9/v0"))
    environment = os.environ | target.environment | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    for wait in (0.15, 0.6, 1.2):
        kill_while_sending(("publish", target.name, "--site", site), tmp_path / "log", environment, wait)
        # Whoever reads the manifest finds all its files; beside a folder nothing at all has changed.
        there = target.tree()
        listed = json.loads(there["manifest.json"])["files"]
        assert {one["path"] for one in listed} <= there.keys()
        assert not target.name.startswith(("/", "ssh")) or there in (published, tree(site))
    # What is to be sent changes meanwhile: a page is again as it was published.
    files = second_files() | large | {"index.html": first_files()["index.html"]}
    write_site(site, files, ("dr8/v1.0", "dr9/v0"))
    status, _, errors = publish(target, site, tmp_path)
    assert status == 0, errors
    assert target.tree() == tree(site)


@pytest.mark.parametrize("target", ["rsync", "webdav"], indirect=True)
def test_what_a_stopped_transfer_was_to_remove_is_removed(
    target: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops after its manifest has arrived, which does not name those files any more."""
    site = write_site(tmp_path / "site", first_files())
    assert publish(target, site, tmp_path)[0] == 0
    write_site(site, second_files(), ("dr8/v1.0", "dr9/v0"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, value in target.environment.items():
        monkeypatch.setenv(name, value)
    opened = open_target(target.name)
    stopped = "the connection ended"

    def remove(paths: Iterable[str]) -> None:
        if set(paths) & first_files().keys():
            raise OSError(stopped)

    monkeypatch.setattr(opened, "remove", remove)
    with (
        pytest.raises(OSError, match=stopped),
        planned(site, opened, frozenset()) as plan,
        Report() as report,
    ):
        send(plan, report)
    assert target.tree().items() > tree(site).items()
    assert publish(target, site, tmp_path)[0] == 0
    assert target.tree() == tree(site)


def test_what_arrives_otherwise_is_sent_again(tmp_path: Path) -> None:
    """A file that was sent before the transfer ended is spoilt: reading back finds it."""
    target = Place(str(tmp_path / "www"), tmp_path / "www")
    site = write_site(tmp_path / "site", first_files())
    assert publish(target, site, tmp_path)[0] == 0
    (tmp_path / "www" / "index.html").unlink()
    (tmp_path / "www" / "index.html").mkdir()
    (tmp_path / "www" / "index.html" / "file").touch()
    write_site(site, second_files(), ("dr8/v1.0", "dr9/v0"))
    status, _, errors = publish(target, site, tmp_path)
    assert status == 2 and "directory" in errors and len(errors.strip().splitlines()) == 2
    copy = tmp_path / ".www.publishing"
    assert (copy / "dr8/v1.0/index.html").read_bytes().endswith(b" 2")
    shutil.rmtree(copy / "index.html")
    (copy / "dr8/v1.0/index.html").unlink()
    (copy / "dr8/v1.0/index.html").write_bytes(b"spoilt")
    status, _, errors = publish(target, site, tmp_path)
    assert status == 2 and "1 file arrived with other bytes: dr8/v1.0/index.html" in errors
    status, _, errors = publish(target, site, tmp_path)
    assert status == 0, errors
    assert target.tree() == tree(site)


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "www"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    site = write_site(tmp_path / "site", first_files())
    target = Place(str(folder), folder)
    status, _, errors = publish(target, site, tmp_path)
    assert status == 2 and "has files, and no manifest.json" in errors
    assert target.tree() == {"thesis.txt": b"mine"}
    (site / PAGES[0]).unlink()
    status, _, errors = publish(Place(str(tmp_path / "new"), None), site, tmp_path)
    assert status == 2 and "differs from its own manifest.json: index.html" in errors
    for name, said in (("ftp://server/x", "unknown kind"), ("http://u:p@server/x", "password")):
        status, _, errors = publish(Place(name, None), site, tmp_path)
        assert status == 2 and said in errors and len(errors.strip().splitlines()) == 1


def test_editions_are_not_mixed(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", first_files())
    target = Place(str(tmp_path / "www"), tmp_path / "www")
    assert publish(target, site, tmp_path)[0] == 0
    write_site(site, first_files() | {"edition.json": b'{"audience": "team"}\n'})
    status, _, errors = publish(target, site, tmp_path)
    assert status == 2 and "has the edition for public" in errors and "edition.json" not in target.tree()
