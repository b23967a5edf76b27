"""Mirrors: the same tree, whatever interrupts the copying, and only what changed is fetched."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest

from .conftest import DRPORTAL
from .signed_portal import SEED, key_of, published
from .test_build import tree
from .test_manifest import flip, line, verify, write_listing

TOLD = 5
"""Requests for what tells of the files: manifest, sums, signature, key, mirror.json."""


def mirror(address: str, target: Path, *options: object, ok: bool = True) -> str:
    command = [str(DRPORTAL), "mirror", address, str(target), *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode == 0) == ok, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if ok else done.stderr


@pytest.fixture
def site(signed: Path, tmp_path: Path) -> Path:
    """A published portal that may be changed."""
    return Path(shutil.copytree(signed, tmp_path / "site"))


def publish_again(site: Path) -> None:
    write_manifest(site, Head("", "TEST", ("test/v1", "test/v2")), key=key_of(SEED))


def test_a_mirror_is_the_same_tree(site: Path, tmp_path: Path) -> None:
    with published(site) as (address, seen):
        mirror(address, tmp_path / "mirror")
        assert tree(tmp_path / "mirror") == tree(site)
        names = tree(site)
        fetched = [request.split()[0] for request in seen]
        assert len(fetched) == len(set(fetched)) or fetched.count("/minisign.pub") == 2
        assert len(fetched) <= len(set(names.values())) + TOLD, "the same bytes were fetched twice"
    copy = tmp_path / "mirror"
    one, other = (copy / "test" / v / "assets" / "THIRD-PARTY.txt" for v in ("v1", "v2"))
    assert one.samefile(other), "versions share what is the same"
    assert verify(copy).stdout.endswith("all as published\n")
    assert not (tmp_path / ".mirror.mirror").exists()


def test_only_what_changed_is_fetched(site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "mirror"
    with published(site) as (address, seen):
        mirror(address, copy)
        kept = (copy / "test/v1/search.html").stat().st_ino
        (site / "index.html").write_text("new words")
        (site / "zh" / "index.html").unlink()
        shutil.move(site / "atom.xml", site / "feed.xml")
        (site / "test/v1/data/stars/more.bin").write_bytes(b"more" * 1000)
        publish_again(site)
        flip(copy / "test/v2/data.html")  # the mirror's disc made a mistake
        seen.clear()
        said = mirror(address, copy)
    assert tree(copy) == tree(site)
    assert (copy / "test/v1/search.html").stat().st_ino == kept
    asked = {request.split()[0] for request in seen}
    told = {"/manifest.json", "/SHA256SUMS", "/manifest.json.minisig", "/minisign.pub", "/mirror.json"}
    changed = {"/index.html", "/test/v1/data/stars/more.bin", "/test/v2/data.html"}
    assert asked == told | changed, said


def test_parts_are_chosen_and_verified_as_such(site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "mirror"
    with published(site) as (address, _):
        mirror(address, copy, "--release", "test/v2", "--without", "data", "--without", "meta")
        there = tree(copy).keys() - {"mirror.json"}
        wanted = {
            p
            for p in tree(site)
            if not p.startswith(("test/v1/", "test/v2/data/", "test/v2/meta/"))
        }  # fmt: skip
        assert there == wanted
        done = verify(copy)
        assert done.returncode == 0 and "left out of this mirror on purpose" in done.stdout
        check = ["sha256sum", "-c", "--quiet", "--ignore-missing", "SHA256SUMS"]
        subprocess.run(check, cwd=copy, check=True)
        with published(copy) as (partial, _):
            mirror(partial, tmp_path / "second", "--without", "catalogues")
            assert "is not in this mirror" in mirror(
                partial, tmp_path / "x", "--release", "test/v1", ok=False
            )
        assert tree(tmp_path / "second").keys() == {
            p for p in tree(copy) if not p.startswith("test/v2/catalogues/")
        }
        assert verify(tmp_path / "second").returncode == 0
        (copy / "test/v2/index.html").unlink()
        assert "missing: test/v2/index.html" in verify(copy).stdout
        # Later, all of it: what is here already is not fetched again.
        mirror(address, copy)
        assert tree(copy) == tree(site)
        for options, told in [
            (["--release", "test/v3"], "no such release; use one of: test/v1, test/v2"),
            (["--without", "dta"], "there is no such part"),
            (["--without", "../x"], "there is no such part"),
        ]:
            said = mirror(address, copy, *options, ok=False)
            assert told in said and said.count("drportal: ") == 1
    with published(site / "test" / "v1") as (address, _):
        mirror(address, tmp_path / "one", "--without", "data")
    assert verify(tmp_path / "one").returncode == 0 and not (tmp_path / "one" / "data").exists()


def new_edition(site: Path) -> None:
    for number in range(4):
        raw = random.Random(number).randbytes(4_000_000)
        (site / "test/v2/data" / f"large{number}.bin").write_bytes(raw)
    (site / "index.html").write_text("new words")
    publish_again(site)


def test_a_begun_file_is_gone_on_with(site: Path, tmp_path: Path) -> None:
    new_edition(site)
    copy = tmp_path / "mirror"
    large = (site / "test/v2/data/large2.bin").read_bytes()
    sums = {x[66:]: x[:64] for x in (site / "SHA256SUMS").read_text().splitlines()}
    begun = tmp_path / ".mirror.mirror" / "begun"
    begun.mkdir(parents=True)
    (begun / sums["test/v2/data/large2.bin"]).write_bytes(large[:3_000_000])
    (begun / sums["test/v2/data/large3.bin"]).write_bytes(b"x" * 1000)  # begun with other bytes
    with published(site) as (address, seen):
        mirror(address, copy)
    assert "/test/v2/data/large2.bin 206 bytes=3000000-" in seen
    assert "/test/v2/data/large3.bin 200" in seen
    assert tree(copy) == tree(site)


def test_what_is_not_as_told_does_not_go_live(site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "mirror"
    with published(site) as (address, _):
        mirror(address, copy)
        before = tree(copy)
        (site / "index.html").write_text("new words")
        (site / "test/v1/index.html").unlink()
        (site / "zh/index.html").write_text("newer words")
        publish_again(site)
        flip(site / "zh/index.html")
        (site / "index.html").unlink()
        lines = [x for x in mirror(address, copy, ok=False).splitlines() if x.startswith("drportal: ")]
        assert len(lines) == 2 and "index.html: 404" in lines[0] and "zh/index.html: is not what" in lines[1]
        assert tree(copy) == before
        # A manifest that somebody else signed, or nobody, is not followed.
        write_manifest(site, Head("", "TEST", ("test/v1", "test/v2")), key=key_of(b"9" * 32))
        assert "by another key" in mirror(address, copy, ok=False)
        write_manifest(site, Head("", "TEST", ("test/v1", "test/v2")))
        assert "manifest.json is unsigned" in mirror(address, copy, ok=False)
        assert tree(copy) == before
        assert "is signed" not in mirror(address, tmp_path / "other")
        assert "is unsigned" in mirror(
            address, tmp_path / "third", "--key", key_of(SEED).public.line, ok=False
        )


def test_only_a_mirror_is_replaced(site: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with published(site) as (address, _):
        assert "holds something else" in mirror(address, tmp_path / "mine", ok=False)
        assert "is a file or a link" in mirror(address, tmp_path / "link", ok=False)
    assert "is no address" in mirror("ftp://x/", tmp_path / "x", ok=False)
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "x"


def test_hostile_manifests_write_nothing(tmp_path: Path) -> None:
    evil, copy = tmp_path / "evil", tmp_path / "in" / "mirror"
    write_listing(evil, line("../../escaped"))
    with published(evil) as (address, seen):
        assert "holds an empty part" in mirror(address, copy, ok=False)
        total = 2**50
        tail = f'\n],"count":1,"bytes":{total}}}\n'
        write_listing(evil, line("huge", total), tail=tail)
        assert "needs 1,125,899.9 GB" in mirror(address, copy, ok=False)
        write_listing(evil, line("a"), line("a/b"))
        (evil / "a").mkdir()
        (evil / "a" / "b").write_text("")
        assert "drportal: " in mirror(address, copy, ok=False)
        assert not any("escaped" in request for request in seen)
    assert not copy.exists() and not list(tmp_path.rglob("escaped"))


@pytest.mark.skipif(not shutil.which("wget"), reason="wget is not installed")
def test_wget_brings_the_same_tree(site: Path, tmp_path: Path) -> None:
    """The recipe of docs/archiving.md."""
    (tmp_path / "copy").mkdir()
    with published(site / "test" / "v1") as (address, _):
        script = f"""
        wget -q {address}SHA256SUMS {address}manifest.json.minisig
        cut -c67- SHA256SUMS | sed 's|^|{address}|' | wget -q -x -nH -i -
        sha256sum -c --quiet SHA256SUMS
        """
        subprocess.run(["sh", "-ec", script], cwd=tmp_path / "copy", check=True)
    assert tree(tmp_path / "copy") == tree(site / "test" / "v1")
    assert json.loads((tmp_path / "copy" / "manifest.json").read_text())["of"] == "test/v1"
