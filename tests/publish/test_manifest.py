"""Manifests: every file, signed, and every fault of a copy found by `drportal verify`."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drportal.files import Entry, unsafe
from drportal.problems import InputError
from drportal.publish import verify as verifying
from drportal.publish.listing import Head, Listing, entry_line, head_line, tail_line
from drportal.publish.manifest import sums_lines, write_manifest
from drportal.publish.minisign import signing_key
from drportal.report import Report

from ..commands import drportal
from ..signed_portal import SEED, key_of, published, secret_key

MANIFESTS = {"manifest.json", "manifest.json.minisig", "SHA256SUMS"}
ROOTS = ["", "test/v1"]


def verify(where: object, *options: object) -> subprocess.CompletedProcess[str]:
    return drportal("verify", where, *options)


@pytest.fixture
def copy(signed: Path, tmp_path: Path) -> Path:
    """A copy of one release, to be damaged."""
    return Path(shutil.copytree(signed / "test" / "v1", tmp_path / "copy"))


@pytest.mark.parametrize("root", ROOTS)
def test_every_file_is_listed_with_its_checksum(signed: Path, root: str) -> None:
    folder = signed / root
    said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert [f["path"] for f in said["files"]] == [f for f in files if f not in MANIFESTS]
    assert said["count"] == len(said["files"]) and said["of"] == root
    assert said["bytes"] == sum((folder / f["path"]).stat().st_size for f in said["files"])
    assert said["releases"] == ([] if root else ["test/v1", "test/v2"])
    for f in said["files"]:
        assert hashlib.sha256((folder / f["path"]).read_bytes()).hexdigest() == f["sha256"]
        assert (folder / f["path"]).stat().st_size == f["bytes"]
    subprocess.run(["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    names = [line[66:] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    assert names == sorted({f["path"] for f in said["files"]} | {"manifest.json"})


def test_a_release_is_a_bag(copy: Path) -> None:
    """BagIt, as the Library of Congress's bagit.py sees it."""
    check = [sys.executable, "-m", "bagit", "--validate", copy]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    bag = bagit.Bag(str(copy))
    files = {p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file()}
    data = {f for f in files if f.startswith("data/")}
    assert set(bag.payload_entries()) == data
    own = MANIFESTS | {"tagmanifest-sha256.txt", "minisign.pub"}
    assert set(bag.tagfile_entries()) == files - data - own
    flip(copy / "index.html")
    assert subprocess.run(check, capture_output=True).returncode == 1
    flip(copy / "index.html")
    (copy / "data" / "more").write_text("")
    assert subprocess.run(check, capture_output=True).returncode == 1


@pytest.mark.skipif(not shutil.which("minisign"), reason="minisign is not installed")
@pytest.mark.parametrize("root", ROOTS)
def test_minisign_finds_the_signature_good(signed: Path, root: str) -> None:
    command = ["minisign", "-V", "-m", "manifest.json", "-p", "minisign.pub"]
    said = subprocess.run(command, cwd=signed / root, check=True, capture_output=True, text=True).stdout
    assert f"drportal manifest of {'TEST v1' if root else 'TEST'}" in said


@pytest.mark.skipif(not shutil.which("minisign"), reason="minisign is not installed")
def test_keys_of_minisign_are_read_and_its_signatures_too(tmp_path: Path, copy: Path) -> None:
    make = ["minisign", "-G", "-W", "-p", tmp_path / "pub", "-s", tmp_path / "secret"]
    subprocess.run(make, check=True, capture_output=True)
    key = signing_key("secret", tmp_path)
    assert key and key.public.line == (tmp_path / "pub").read_text().splitlines()[1]
    subprocess.run(
        ["minisign", "-S", "-s", tmp_path / "secret", "-m", copy / "manifest.json"],
        check=True, capture_output=True,
    )  # fmt: skip
    assert verify(copy, "--key", tmp_path / "pub").returncode == 0
    assert verify(copy, "--key", key.public.line).returncode == 0
    assert "by another key" in verify(copy).stdout


def test_a_changed_trusted_comment_is_refused(copy: Path) -> None:
    """It has a signature of its own, over that of the file."""
    file, key = copy / "manifest.json", key_of(SEED)
    signature = file.with_name("manifest.json.minisig")
    text = signature.read_text()
    assert key.public.check(file, text) is None
    changed = text.replace("trusted comment: drportal", "trusted comment: Drportal", 1)
    assert changed != text
    assert key.public.check(file, changed) == "does not match: the manifest was changed after it was signed"
    assert key.public.check(file, text.replace("untrusted comment: ", "untrusted comment: any ")) is None
    signature.write_text(changed)
    done = verify(copy)
    assert done.returncode == 1 and "manifest.json.minisig" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("minisign"), reason="minisign is not installed")
def test_an_encrypted_key_opens_with_its_passphrase(tmp_path: Path, monkeypatch) -> None:
    make = ["minisign", "-G", "-p", tmp_path / "pub", "-s", tmp_path / "secret"]
    subprocess.run(make, check=True, capture_output=True, input=b"two words\ntwo words\n")
    with pytest.raises(InputError, match="is an encrypted key"):
        signing_key("secret", tmp_path)
    monkeypatch.setenv("DRPORTAL_SIGNING_PASSPHRASE", "two wörds")
    with pytest.raises(InputError, match="the passphrase is wrong for this key"):
        signing_key("secret", tmp_path)
    monkeypatch.setenv("DRPORTAL_SIGNING_PASSPHRASE", "two words")
    key = signing_key("secret", tmp_path)
    assert key and key.public.text() == (tmp_path / "pub").read_text()


@pytest.mark.parametrize("text", ["", "a\nb\n", secret_key(b"2" * 32)[:-9], secret_key(b"2" * 32)[:60]])
def test_a_key_that_is_none_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_text(text)
    with pytest.raises(InputError, match="is not a minisign secret key"):
        signing_key("secret", tmp_path)
    with pytest.raises(InputError, match=r"nowhere.*No such file"):
        signing_key("nowhere", tmp_path)


def flip(file: Path) -> None:
    """One bit in the middle of a file, whose size and time stay."""
    status, raw = file.stat(), bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_flipped_bit_in_each_kind_of_file_is_found(copy: Path) -> None:
    kinds = {f.suffix: f for f in sorted(copy.rglob("*")) if f.is_file() and f.stat().st_size}
    usual = {".parquet", ".html", ".js", ".css", ".json", ".bin", ".fits", ".pub", ".minisig", ".txt", ".svg"}
    assert usual <= kinds.keys()
    reported = [f for f in kinds.values() if f.parent == copy and f.name in MANIFESTS]
    wrong = sorted(f.relative_to(copy).as_posix() for f in kinds.values() if f not in reported)
    before = {f: f.read_bytes() for f in kinds.values()}
    for path in wrong:
        flip(copy / path)
    done = verify(copy, "--key", signed_line())
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("changed: ")] == [f"changed: {path}" for path in wrong]
    check = ["sha256sum", "-c", "--quiet", "SHA256SUMS"]
    found = subprocess.run(check, cwd=copy, capture_output=True, text=True).stdout.splitlines()
    assert sorted(found) == [f"{path}: FAILED" for path in wrong]
    for path, raw in before.items():
        path.write_bytes(raw)
    assert verify(copy).returncode == 0
    for name in ("manifest.json", "manifest-sha256.txt", "bagit.txt"):
        flip(copy / name)
        done = verify(copy)
        assert done.returncode in (1, 2) and name in done.stdout + done.stderr
        flip(copy / name)
    for file in (copy / "SHA256SUMS", copy / "manifest.json.minisig"):
        flip(file)
        done = verify(copy)
        assert done.returncode == 1 and file.name in done.stdout.splitlines()[0], file
        flip(file)


def signed_line() -> str:
    """The public key of the signed portal."""
    return key_of(SEED).public.line


def test_each_fault_is_one_line(copy: Path, tmp_path: Path) -> None:
    assert verify(copy, "--key", signed_line()).stdout.endswith("all as published\n")
    (copy / "cite.html").unlink()
    (copy / "data.html").write_text("short")
    (copy / "data" / "extra\x1b[31m.txt").write_text("more")
    target = copy / "index.html"
    shutil.move(target, tmp_path / "index.html")
    target.symlink_to(tmp_path / "index.html")
    os.mkfifo(copy / "pipe")
    (copy / "assets").rename(tmp_path / "assets")
    (copy / "assets").symlink_to(tmp_path / "assets")
    done = verify(copy)
    lines = done.stdout.splitlines()
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "missing: cite.html" in lines
    assert any(line.startswith("changed: data.html (5 bytes, not ") for line in lines)
    assert 'extra: "data/extra\\u001b[31m.txt"' in lines
    assert "changed: index.html (is a symbolic link)" in lines
    assert "extra: pipe (is not a regular file)" in lines
    assert "extra: assets (is a symbolic link)" in lines
    assert any(line.startswith("missing: assets/site.") for line in lines)
    assert lines[-1].endswith(" missing") and "2 changed, 3 extra" in lines[-1]


def test_a_manifest_that_was_rewritten_is_not_as_signed(copy: Path) -> None:
    (copy / "index.html").write_text("Send money.")
    write_manifest(copy, Head("test/v1", "TEST v1", ()))
    assert verify(copy).returncode == 0  # nothing says that there ever was a signature
    done = verify(copy, "--key", signed_line())
    assert done.returncode == 1 and "unsigned: manifest.json" in done.stdout


def test_a_signature_that_was_taken_away_is_missed(copy: Path) -> None:
    (copy / "manifest.json.minisig").unlink()
    done = verify(copy)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith(
        "unsigned: manifest.json (there is no manifest.json.minisig"
    )


def write_listing(folder: Path, *lines: str, head: str | None = None, tail: str | None = None) -> None:
    folder.mkdir(exist_ok=True)
    text = head_line(Head("", "X", ())) if head is None else head
    text += ",\n".join(lines) + (tail if tail is not None else f'\n],"count":{len(lines)},"bytes":0}}\n')
    (folder / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))


SUM = "0" * 64


def line(path: object, size: object = 0, sha256: object = SUM) -> str:
    return json.dumps({"path": path, "bytes": size, "sha256": sha256})


@pytest.mark.parametrize(
    ("lines", "reported"),
    [
        ([line("../x")], "contains an empty part, . or .."),
        ([line("a/../../x")], "contains an empty part, . or .."),
        ([line("/etc/passwd")], "is not a relative path"),
        ([line("C:/x")], "is not a relative path"),
        ([line("a\\..\\x")], "backslash"),
        ([line("a\0b")], "control character"),
        ([line("\ud800")], "is not one file per line"),
        ([line("a\nb")], "control character"),
        ([line("a//b")], "empty part"),
        ([line("")], "is not a relative path"),
        ([line("x" * 300)], "longer than file systems allow"),
        ([line("a"), line("a")], "appears twice"),
        ([line("b"), line("a")], "is not in order"),
        ([line("a", -1)], "impossible size"),
        ([line("a", 2**60)], "impossible size"),
        ([line("a", 1.5)], "impossible size"),
        ([line("a", True)], "impossible size"),
        ([line(f"a{i}", 2**53 - 1) for i in range(2)], "larger than any disk"),
        ([line("a", 0, "abc")], "has no SHA-256"),
        ([line("a", 0, None)], "has no SHA-256"),
        ([line(["a"])], "invalid path"),
        ([line("manifest.json")], "cannot be in a manifest"),
        ([line("mirror.json")], "cannot be in a manifest"),
        (["[" * 20_000], "is not one file per line"),
        (['{"path":"' + "a" * 100_000 + '"}'], "is not one file per line"),
        (['{"path":"a"}'], "does not have path, bytes and sha256"),
        (["7"], "does not have path, bytes and sha256"),
    ],
)
def test_a_hostile_manifest_is_refused_in_one_line(tmp_path: Path, lines: list[str], reported: str) -> None:
    write_listing(tmp_path / "copy", *lines)
    with pytest.raises(InputError, match=r"manifest\.json: line") as refused:
        verifying.verify(str(tmp_path / "copy"), Report(), print)
    (problem,) = refused.value.problems
    assert reported in str(problem) and "\n" not in str(problem) and len(str(problem)) < 400


def test_what_is_no_copy_is_bad_input(tmp_path: Path) -> None:
    write_listing(tmp_path / "copy", head="{}")
    for where in (tmp_path, tmp_path / "nowhere", tmp_path / "copy", "http://127.0.0.1:9/", "http://"):
        done = verify(where)
        assert done.returncode == 2 and "Traceback" not in done.stderr, where
        assert len([x for x in done.stderr.splitlines() if x.startswith("drportal: ")]) == 1
    assert verify(tmp_path / "copy", "--key", "RWnonsense").returncode == 2


@given(st.text(max_size=40))
def test_a_path_that_is_taken_stays_inside(path: str) -> None:
    if unsafe(path) is None:
        assert os.path.normpath(path) == path
        assert os.path.commonpath(["/root", os.path.normpath(f"/root/{path}")]) == "/root"


GOOD = head_line(Head("", "X", ("r",))) + entry_line(Entry("a", 1, SUM), True)
GOOD += entry_line(Entry("b/c", 2, SUM), False) + tail_line(2, 3)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.binary(max_size=5), st.integers(0, 9))))
def test_a_damaged_manifest_is_read_or_refused(tmp_path_factory, changes) -> None:
    raw = bytearray(GOOD.encode())
    for at, new, gone in changes:
        raw[at : at + gone] = new
    file = tmp_path_factory.getbasetemp() / "damaged.json"
    file.write_bytes(raw)
    try:
        read = list(Listing(file))
    except InputError:
        return
    assert read == sorted(read, key=lambda e: e.path)
    assert all(unsafe(e.path) is None for e in read)


def test_a_broken_off_check_goes_on(copy: Path, tmp_path: Path, monkeypatch) -> None:
    files = sorted(p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file())
    early, late = next(f for f in files if f.endswith(".html")), "zh/index.html"
    flip(copy / early)
    flip(copy / late)
    state = tmp_path / "state.json"
    read: list[str] = []
    compare = verifying.Folder.compare

    def counted(self, pair, more):
        read.append(pair.path)
        return compare(self, pair, more)

    monkeypatch.setattr(verifying.Folder, "compare", counted)

    def stop(said: str) -> None:
        if late in said:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verifying.verify(str(copy), Report(), stop, state=state)
    first = set(read)
    read.clear()
    said: list[str] = []
    verdict = verifying.verify(str(copy), Report(), said.append, state=state)
    assert said == [f"changed: {early}", f"changed: {late}"]
    assert early in read and len(read) < len(first) / 2
    assert verdict.files == len(files) - len(MANIFESTS) and not state.exists()


def test_what_was_read_before_is_not_vouched_for_without_a_word(
    copy: Path, tmp_path: Path, monkeypatch
) -> None:
    """Its number and time are said; a change since, a day, or --again lets the files be read."""
    files = sorted(p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file())
    last, state = next(f for f in reversed(files) if f.endswith(".html")), tmp_path / "state.json"
    flip(copy / last)
    monkeypatch.setattr("drportal.publish.position.SAVED_EVERY", 0.0)  # each file is a part of its own

    def stop(_said: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verifying.verify(str(copy), Report(), stop, state=state)
    kept = state.read_bytes()
    began = json.loads(kept)["parts"][0]["when"]

    def run(*options: str) -> str:
        state.write_bytes(kept)
        return verify(copy, "--state", str(state), *options).stdout

    assert "of the files were not read now" not in run("--again")
    said = run()
    taken = int(
        re.search(r"([\d,]+) of the files were not read now: an interrupted check", said)[1].replace(",", "")
    )  # type: ignore[index]
    assert len(files) / 2 < taken < len(files)
    assert datetime.fromtimestamp(began).strftime("since %Y-%m-%d %H:%M") in said
    early = next(f for f in files if f.endswith(".html"))
    status = (copy / early).stat()
    flip(copy / early)
    os.utime(copy / early, ns=(status.st_atime_ns, status.st_mtime_ns))  # its ctime cannot be set
    assert f"changed: {early}\n" in run() and f"{taken - 1} of the files" in run()
    for when in (began - 86_400, began + 3_600):
        kept = re.sub(rb'"when": [\d.]+', b'"when": %f' % when, kept)
        assert "of the files were not read now" not in run()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"of": 1}', '{"of": "x", "parts": [{"first": 1}]}', "\xff"]
)
def test_a_spoilt_position_is_none(copy: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "state").write_text(text, encoding="latin-1")
    assert verify(copy, "--state", str(tmp_path / "state")).stdout.endswith("all as published\n")


def test_a_published_copy_is_checked_from_afar(copy: Path) -> None:
    with published(copy) as (address, _):
        assert verify(address, "--key", signed_line()).stdout.endswith("all as published\n")
        (copy / "cite.html").unlink()
        flip(copy / "data.html")
        with (copy / "index.html").open("a") as page:
            page.write("more")
        done = verify(address + "index.html")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[:2] == ["missing: cite.html", "changed: data.html"]
    assert lines[2].startswith("changed: index.html (more bytes, not ")


def test_a_server_that_never_ends_is_left(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    text = head_line(Head("", "X", ())) + entry_line(Entry("a", 10, SUM), True) + tail_line(1, 10)
    file.write_text(text)
    sums = b"".join(sums_lines(file, [Entry("a", 10, SUM)]))

    class Endless(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reported = {"/manifest.json": text.encode(), "/SHA256SUMS": sums}.get(self.path)
            self.send_response(200 if reported or self.path == "/a" else 404)
            self.end_headers()
            while self.path == "/a":
                self.wfile.write(bytes(1 << 20))
            self.wfile.write(reported or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

        def handle(self) -> None:
            with contextlib.suppress(OSError):
                super().handle()

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = verify(f"http://127.0.0.1:{server.server_address[1]}/")
        server.shutdown()
    assert done.returncode == 1 and "changed: a (more bytes, not 10)" in done.stdout
