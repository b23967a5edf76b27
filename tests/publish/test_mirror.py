"""Mirrors: the same tree after any interruption, and only changes are fetched."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import random
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drportal.files import Entry
from drportal.publish.fetch import FetchError, Source
from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest
from drportal.publish.signed_lists import LARGEST_MANIFEST, largest_manifest

from ..commands import drportal
from ..signed_portal import SEED, key_of, published
from ..steps.test_build import tree
from .test_manifest import flip, line, verify, write_listing

METADATA = 6
"""Requests for files about the files: manifest (its end first), sums, signature, key, mirror.json."""


def mirror(address: str, target: Path, *options: object, ok: bool = True) -> str:
    done = drportal("mirror", address, target, *options)
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
        twice = {path for path in fetched if fetched.count(path) > 1}
        assert twice <= {"/minisign.pub", "/manifest.json"}, "of the manifest its end alone, before it"
        assert len(fetched) <= len(set(names.values())) + METADATA, "the same bytes were fetched twice"
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
    reported = {"/manifest.json", "/SHA256SUMS", "/manifest.json.minisig", "/minisign.pub", "/mirror.json"}
    changed = {"/index.html", "/test/v1/data/stars/more.bin", "/test/v2/data.html"}
    assert asked == reported | changed, said


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
        for options, reported in [
            (["--release", "test/v3"], "no such release; use one of: test/v1, test/v2"),
            (["--without", "dta"], "no such part"),
            (["--without", "../x"], "no such part"),
        ]:
            said = mirror(address, copy, *options, ok=False)
            assert reported in said and said.count("drportal: ") == 1
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


def test_files_that_differ_from_their_list_do_not_go_live(site: Path, tmp_path: Path) -> None:
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
        assert len(lines) == 2 and "index.html: 404" in lines[0] and "zh/index.html: differs from" in lines[1]
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
        assert "is not a copy of a site" in mirror(address, tmp_path / "mine", ok=False)
        assert "is a file or a link" in mirror(address, tmp_path / "link", ok=False)
    for address in ("ftp://x/", "http://[", "https:///x", "http://x/?y"):
        assert "is not the address" in mirror(address, tmp_path / "x", ok=False)
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "x"


def test_hostile_manifests_write_nothing(tmp_path: Path) -> None:
    evil, copy = tmp_path / "evil", tmp_path / "in" / "mirror"
    write_listing(evil, line("../../escaped"))
    with published(evil) as (address, seen):
        assert "contains an empty part" in mirror(address, copy, ok=False)
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


Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextlib.contextmanager
def hostile(answers: dict[str, Answer], folder: Path | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server that answers some paths as it likes, others by a folder's files; the paths that were asked."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            file = folder / self.path.strip("/") if folder else None
            if self.path in answers:
                answers[self.path](self)
            elif file and file.is_file():
                send(file.read_bytes())(self)
            else:
                self.send_error(404)

        def handle(self) -> None:
            with contextlib.suppress(OSError):
                super().handle()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", seen
        server.shutdown()


def send(body: bytes, **headers: str) -> Answer:
    def answer(to: http.server.BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(body)

    return answer


def lead(address: str, status: int = 302) -> Answer:
    def answer(to: http.server.BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        to.send_header("Location", address)
        to.send_header("Content-Length", "0")
        to.end_headers()

    return answer


def endless(part: bytes, head: bytes = b"", tail: bytes = b"") -> Answer:
    """A file without end; asked for its end, it says `tail`."""

    def answer(to: http.server.BaseHTTPRequestHandler) -> None:
        short = tail and "bytes=-" in to.headers.get("Range", "")
        to.send_response(206 if short else 200)
        to.end_headers()
        to.wfile.write(tail if short else head)
        while not short:
            to.wfile.write(part)

    return answer


def small(folder: Path) -> Path:
    """A site of three files, with its manifest."""
    (folder / "data").mkdir(parents=True)
    for name in ("index.html", "a.txt", "data/b.bin"):
        (folder / name).write_text(name)
    write_manifest(folder, Head("", "X", ()))
    return folder


@pytest.mark.parametrize("status", [301, 308])
def test_another_server_is_not_followed_unless_asked(tmp_path: Path, status: int) -> None:
    site = small(tmp_path / "site")
    with hostile({}, site) as (other, asked):
        led = {f"/{name}": lead(f"{other}{name}", status) for name in ("a.txt", "data/b.bin")}
        with hostile(led, site) as (address, _):
            said = mirror(address, tmp_path / "copy", ok=False)
            assert f'a.txt: redirects to another server, "{other[:-1]}"' in said and "--follow" in said
            assert said.count("drportal: ") == 2
            assert asked == [] and not (tmp_path / "copy").exists()
            mirror(address, tmp_path / "copy", "--follow")
            assert sorted(asked) == ["/a.txt", "/data/b.bin"]
            assert tree(tmp_path / "copy") == tree(site)
            assert verify(address).returncode == 1
            assert verify(address, "--follow").returncode == 0


def test_the_manifest_does_not_lead_elsewhere_either(tmp_path: Path) -> None:
    site = small(tmp_path / "site")
    with hostile({}, site) as (other, asked):
        led = {"/manifest.json": lead(other + "manifest.json")}
        with hostile(led, site) as (address, _):
            said = mirror(address, tmp_path / "copy", ok=False)
    assert "manifest.json: redirects to another server" in said and said.count("drportal: ") == 1
    assert asked == []


def test_within_a_server_redirects_are_followed(tmp_path: Path) -> None:
    site = small(tmp_path / "site")
    led = {"/a.txt": lead("/moved/a.txt"), "/moved/a.txt": lead("../kept"), "/kept": send(b"a.txt")}
    with hostile(led, site) as (address, _):
        mirror(address, tmp_path / "copy")
    assert tree(tmp_path / "copy") == tree(site)


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("/a.txt", "without end"),
        ("//127.0.0.1:1/x", "another server"),
        ("http://user@127.0.0.1/x", "another server"),
        ("https://127.0.0.1:{port}/x", "another server"),
        ("http://127.0.0.1.nip.example/", "another server"),
        ("http://\x1b[31mx/", "an invalid address"),
        ("http://\x1b(31mx/", "another server"),
        ("file:///etc/passwd", "less secure"),
        ("http://[", "an invalid address"),
        ("http://x:99999999/", "another server"),
    ],
)
def test_where_redirects_may_not_lead(tmp_path: Path, to: str, says: str) -> None:
    answers: dict[str, Answer] = {}
    entry = Entry("a.txt", 5, "0" * 64)
    with hostile(answers) as (address, asked):
        answers["/a.txt"] = lead(to.replace("{port}", address.split(":")[2].strip("/")))
        with pytest.raises(FetchError, match=says) as error:
            Source(address).save(entry, tmp_path / "part", lambda _more: None)
        assert len(asked) <= 20 and str(error.value).isprintable()
        if says == "less secure":  # with leave to follow, too
            with pytest.raises(FetchError, match=says):
                Source(address, follow=True).save(entry, tmp_path / "part", lambda _more: None)


def test_sizes_follow_from_what_is_claimed(tmp_path: Path) -> None:
    """A manifest of one file has not the size of one of a million, nor has its SHA256SUMS."""
    claim = b'\n],"count":1,"bytes":0}\n'
    assert largest_manifest(claim) < 3 << 20 < largest_manifest(claim.replace(b":1", b":1000"))
    many = [claim.replace(b":1", b":" + b"9" * digits) for digits in (15, 400)]
    assert {largest_manifest(tail) for tail in (None, b"", b"x", *many)} == {LARGEST_MANIFEST}
    site = small(tmp_path / "site")
    head = (site / "manifest.json").read_bytes().split(b"\n")[0] + b"\n"
    without_end = endless(b'{"path":"a","bytes":1,"sha256":""},\n' * 10_000, head, claim)
    line_after_line = endless(b"0" * 64 + b"  a.txt\n")
    for path, answer in {"/manifest.json": without_end, "/SHA256SUMS": line_after_line}.items():
        with hostile({path: answer}, site) as (address, _):
            said = mirror(address, tmp_path / "copy", ok=False)
        assert f"{path[1:]}: is larger than such a file can be" in said and said.count("drportal: ") == 1
        assert not (tmp_path / "copy").exists()
        kept = [f.stat().st_size for f in tmp_path.rglob(".copy.mirror/**/*") if f.is_file()]
        assert sum(kept) < 3 << 20


def test_a_file_is_no_longer_than_its_manifest_says(tmp_path: Path) -> None:
    site = small(tmp_path / "site")
    bomb = gzip.compress(bytes(200 << 20))
    for answer in (endless(bytes(1 << 16)), send(bomb, Content_Encoding="gzip")):
        with hostile({"/a.txt": answer}, site) as (address, _):
            said = mirror(address, tmp_path / "copy", ok=False)
            assert "a.txt: differs from the manifest" in said and said.count("drportal: ") == 1
            assert verify(address).returncode == 1
    kept = [f.stat().st_size for f in tmp_path.rglob(".copy.mirror/**/*") if f.is_file()]
    assert sum(kept) < 1 << 20
