"""“Verify this copy”: the page finds what `drportal verify` finds, over HTTP and in a picked folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest
from drportal.publish.minisign import PublicKey

from ...browser import Browser
from ...publish.test_manifest import flip, verify
from ...signed_portal import SEED, key_of, published
from ..pages.test_every_page import serious

pytestmark = pytest.mark.browser

VERDICT = (
    "!document.getElementById('verify-result').hidden && document.getElementById('verify-verdict').innerText"
)
FAULTS = (
    "[...document.querySelectorAll('#verify-faults tbody tr')].map((r) => "
    "`${r.dataset.kind}: ${r.cells[1].textContent} (${r.cells[2].textContent})`)"
)


@pytest.fixture
def copy(signed: Path, tmp_path: Path) -> Path:
    """A copy of one release with a file that is too large to be hashed at once, to be damaged.

    The query engine, which this page does not need, would be most of what is hashed.
    """
    without = shutil.ignore_patterns("engine")
    folder = Path(shutil.copytree(signed / "test" / "v1", tmp_path / "光谱 #1", ignore=without))
    with (folder / "data" / "large.bin").open("wb") as stream:
        stream.truncate(33 << 20)
    write_manifest(folder, Head("test/v1", "TEST v1", ()), key=key_of(SEED))
    return folder


def damage(copy: Path) -> list[str]:
    """What `drportal verify` then says."""
    (copy / "cite.html").unlink()
    flip(copy / "data.html")
    flip(copy / "data" / "large.bin")
    with (copy / "index.html").open("a") as page:
        page.write("more")
    lines = verify(copy).stdout.splitlines()
    faults = [x for x in lines if x.split(":")[0] in ("missing", "changed", "extra", "unsigned")]
    assert len(faults) == 4
    return faults


def start(browser: Browser) -> None:
    browser.evaluate("document.getElementById('verify-site-start').focus()")
    browser.press("Enter")


STOPPED = "Failed to load resource|aborted"
"""What browsers themselves write of files that are not there, and of requests that were stopped."""


@pytest.mark.complains(STOPPED)
def test_a_site_checks_itself(watched: Browser, copy: Path) -> None:
    with published(copy) as (address, _):
        watched.open(f"{address}verify.html", width=390)
        start(watched)
        said = watched.wait(VERDICT)
        assert said.startswith("All is as published:") and "TEST v1" in said
        number = PublicKey.read(str(copy / "minisign.pub")).id
        assert f"Signed by the key {number}, the one that this page names." in said
        assert watched.evaluate("document.activeElement.id") == "verify-verdict"
        assert serious(watched) == []
        faults = damage(copy)
        # Plain HTTP, but from this computer, has no SubtleCrypto.
        watched.goto(f"{address}zh/verify.html")
        watched.evaluate("Object.defineProperty(crypto, 'subtle', {value: undefined}); 0")
        start(watched)
        said = watched.wait(VERDICT)
        assert said.startswith("与发布内容不一致：4 处问题")
        assert "此浏览器在这里无法验证签名" in said
        expected = [x.split(" (")[0] for x in faults]
        assert [x.split(" (")[0] for x in watched.evaluate(FAULTS)] == expected
        assert watched.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


def test_a_picked_folder_is_checked_from_disk(chromium: Browser, copy: Path, tmp_path: Path) -> None:
    watched = chromium  # the driver of Firefox cannot pick folders
    watched.open(f"{copy.as_uri()}/verify.html")
    assert watched.evaluate("document.getElementById('verify-site').offsetParent === null")
    watched.upload("#verify-folder", copy)
    assert watched.wait(VERDICT).startswith("All is as published:")
    faults = damage(copy)
    (copy / "data" / "new <b>.txt").write_text("x")
    watched.goto(f"{copy.as_uri()}/verify.html")
    watched.upload("#verify-folder", copy)
    assert watched.wait(VERDICT).startswith("This is not what was published: 5 faults")
    found = [x.split(" (")[0] for x in watched.evaluate(FAULTS)]
    assert found == sorted(
        [x.split(" (")[0] for x in [*faults, "extra: data/new <b>.txt"]], key=lambda x: x.split(": ")[1]
    )
    assert watched.evaluate("document.activeElement.id") == "verify-verdict"
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "a").write_text("a")
    watched.goto(f"{copy.as_uri()}/verify.html")
    watched.upload("#verify-folder", tmp_path / "none")
    assert watched.wait(VERDICT).startswith("There is no manifest.json here")


@pytest.mark.complains(STOPPED)
def test_a_check_can_be_stopped(watched: Browser, copy: Path) -> None:
    with published(copy, delay=0.1) as (address, _):
        watched.open(f"{address}verify.html")
        start(watched)
        watched.wait("document.getElementById('verify-bar').value > 0")
        assert watched.evaluate("document.activeElement.id") == "verify-stop"
        watched.press("Enter")
        assert watched.wait(VERDICT).startswith("Stopped: not everything was checked.")
        assert watched.evaluate("document.getElementById('verify-site-start').disabled") is False


def test_a_hostile_manifest_is_refused(watched: Browser, copy: Path) -> None:
    manifest = copy / "manifest.json"
    old, bad = '"path":"zh/cite.html"', '"path":"../<img src=x onerror=alert(1)>"'
    text = manifest.read_text(encoding="utf-8")
    assert old in text
    manifest.write_text(text.replace(old, bad), encoding="utf-8")
    with published(copy) as (address, seen):
        watched.open(f"{address}verify.html")
        start(watched)
        said = watched.wait(VERDICT)
        assert said.startswith("manifest.json has an invalid path:") and "<img" in said
        assert not any("onerror" in request for request in seen)


def test_another_key_than_the_pages_is_reported(watched: Browser, copy: Path) -> None:
    write_manifest(copy, Head("test/v1", "TEST v1", ()), key=key_of(b"9" * 32))
    with published(copy) as (address, _):
        watched.open(f"{address}verify.html")
        start(watched)
        said = watched.wait(VERDICT)
        assert "It is signed by another key: " + key_of(b"9" * 32).public.id in said
        assert watched.evaluate(FAULTS)[0].startswith("unsigned: manifest.json.minisig")
