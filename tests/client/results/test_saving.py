"""Files saved to WebDAV, S3 and folders: bytes, broken lines, secrets, and pages without the key."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import json
import re
import threading
import urllib.parse
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drportal.model import load_portal
from drportal.problems import InputError

from ...browser import Browser
from ...commands import drportal
from ...conftest import serving
from ...publish.targets import Place
from ..pages.test_every_page import serious
from ..search.test_search_pages import search
from .stores import BUCKET, PASSWORD, REGION, USER, Line, Store, bucket, dav, line_to

pytestmark = pytest.mark.browser

PORTAL = """
name = "TEST"
title = "Test"
languages = ["en", "zh"]
"""
RELEASE = """
name = "TEST"
version = "v1"
phase = "v2"
published = "2026-01"

[[catalogues]]
name = "lrs"
simulate = { kind = "lrs", rows = 300, seed = 4 }

[[spectra]]
name = "lrs"
catalogue = "lrs"
simulate = { spectra = 12 }
"""
LARGE = "SELECT i, repeat(chr(97 + (i % 26)::int), 1000) AS filling FROM range(20000) AS r(i)"
"""A result of 20 MB as CSV: three parts of S3, three ranges of WebDAV."""
SAID = "document.querySelector('[data-place=said]').textContent"
AGAIN = "document.querySelector('[data-sending=again]').checkVisibility()"
# What the page says once a file has arrived, or why it has not.
ENDED = f"({SAID} || {AGAIN} && document.querySelector('[data-sending=state]').textContent)"
EXPECTED = pytest.mark.complains(
    r"status of (404|403|401)|404 \(|403 \(|ERR_|NetworkError|CORS|Cross-Origin|XML"
)
HOSTILE = "<img src=x onerror=alert(1)> \u202e\nno"


class Answers(http.server.BaseHTTPRequestHandler):
    """A store that keeps what is put, and refuses some in hostile words."""

    kept: dict[str, bytes]

    def do_OPTIONS(self) -> None:
        self._answer(200, b"")

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/refused"):
            words = HOSTILE.replace("<", "&lt;")
            self._answer(403, f"<Error><Code>No</Code><Message>{words}</Message></Error>".encode())
            return
        self.kept[self.path] = data
        self._answer(200, b"", hashlib.md5(data).hexdigest())

    def _answer(self, status: int, body: bytes, tag: str = "") -> None:
        self.send_response(status)
        for name in ("Allow-Origin", "Allow-Headers", "Allow-Methods"):
            self.send_header(f"Access-Control-{name}", "*" if name != "Allow-Methods" else "PUT")
        self.send_header("Access-Control-Expose-Headers", "ETag")
        self.send_header("Content-Length", str(len(body)))
        if tag:
            self.send_header("ETag", f'"{tag}"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def hostile() -> Iterator[tuple[str, dict[str, bytes]]]:
    handler = type("Own", (Answers,), {"kept": {}})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", handler.kept  # type: ignore[attr-defined]
        server.shutdown()


@dataclass
class Saving:
    """A site whose team names servers, the same without them, and the servers."""

    release: Path
    without: Path
    store: Store
    s3: Line
    dav: Place
    webdav: Line
    other: str
    kept: dict[str, bytes]

    @property
    def hosts(self) -> list[str]:
        return [self.s3.address, self.webdav.address, self.other]


def sites(folder: Path, hosts: list[str]) -> tuple[Path, Path]:
    """The release with and without the key."""
    release = folder / "portal" / "releases" / "test" / "v1"
    release.mkdir(parents=True)
    (release / "release.toml").write_text(RELEASE, encoding="utf-8")
    out = folder / "without", folder / "with"
    for site, more in zip(out, ("", f"[save]\nhosts = {json.dumps(hosts)}\n"), strict=True):
        (folder / "portal" / "portal.toml").write_text(PORTAL + more, encoding="utf-8")
        drportal("build", "--portal", folder / "portal", "--out", site, check=True)
    return out[1] / "test" / "v1", out[0] / "test" / "v1"


@pytest.fixture(scope="module")
def saving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saving]:
    folder = tmp_path_factory.mktemp("saving")
    for name in ("s3", "dav"):
        (folder / name).mkdir()
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(bucket(folder / "s3"))
        place = stack.enter_context(dav(folder / "dav"))
        lines = [
            stack.enter_context(line_to(urllib.parse.urlsplit(address).port or 0))
            for address in (store.address, place.name)
        ]
        other, kept = stack.enter_context(hostile())
        release, without = sites(folder, [*(line.address for line in lines), other])
        assert place.folder
        (place.folder / "results é").mkdir()
        (place.folder / "results é").chmod(0o777)
        yield Saving(release, without, store, lines[0], place, lines[1], other, kept)


@pytest.fixture(scope="module", params=["serve", "file"])
def base(request: pytest.FixtureRequest, saving: Saving) -> Iterator[str]:
    if request.param == "file":
        yield saving.release.as_uri() + "/"
    else:
        with serving(saving.release) as address:
            yield address


def choose(browser: Browser, kind: str, fields: dict[str, str]) -> None:
    """Choose the place for files in the form."""
    browser.click("#save-as")
    browser.click("#save-place")
    browser.wait("document.getElementById('place-dialog').open", 10)
    browser.click(f"[name=place-kind][value={kind}]")
    for name, value in fields.items():
        if name == "host":
            browser.evaluate(f"document.getElementById('place-host').value = {json.dumps(value)}")
        else:
            browser.fill(f"#place-{name}", value)
    browser.click("#place-dialog [value=use]")
    browser.wait("!document.getElementById('place-dialog').open", 10)


def to_s3(saving: Saving, folder: str) -> dict[str, str]:
    about = {"host": saving.s3.address, "folder": f"{BUCKET}/{folder}", "region": REGION}
    return about | {"key": saving.store.key, "secret": saving.store.secret}


def to_dav(saving: Saving) -> dict[str, str]:
    return {"host": saving.webdav.address, "folder": "/results é/", "user": USER, "password": PASSWORD}


def saved(browser: Browser, button: str, seconds: float = 30) -> str:
    """Save a file; what the page says once it has arrived."""
    browser.evaluate("document.querySelector('[data-place=said]').textContent = ''")
    if button not in ("#download-csv", "#download-votable"):
        browser.click("#save-as")
    browser.click(button)
    return str(browser.wait(f"{SAID}.startsWith('Saved') && {SAID}", seconds))


def size_of(kept: dict[str, bytes], ending: str) -> tuple[str, bytes]:
    (found,) = [(name, data) for name, data in kept.items() if name.endswith(ending)]
    return found


def large_csv() -> bytes:
    lines = (f"{i},{chr(97 + i % 26) * 1000}\r\n" for i in range(20000))
    return ("i,filling\r\n" + "".join(lines)).encode()


@EXPECTED
def test_results_and_spectra_in_a_bucket(watched: Browser, base: str, saving: Saving) -> None:
    folder = f"my results+1/é {watched.name} {base[:4]}"
    saving.store.guard(True)
    try:
        assert (
            search(watched, base, catalogue="lrs", obsid="0..", columns="obsid,ra,dec", sort="obsid") == 300
        )
        choose(watched, "s3", to_s3(saving, folder))
        said = saved(watched, "#download-csv")
        assert re.fullmatch(r"Saved: \S+\.csv, [\d.]+ kB\. The saved file was compared: MD5 is equal\.", said)
        assert saved(watched, "#download-parquet").count("_300rows.parquet") == 1
        again = saved(watched, "#download-csv")
        assert "_300rows_2.csv" in again
        watched.click("#save-as")
        watched.click("#download-spectra")
        watched.wait("document.querySelector('[data-spectra=zip]').ariaDisabled === 'false'")
        watched.click("[data-spectra=zip]")
        watched.wait(f"{SAID}.includes('.zip') && {SAID}")
        watched.press("Escape")
    finally:
        saving.store.guard(False)
    kept = {name: data for name, data in saving.store.place.tree().items() if name.startswith(f"{folder}/")}
    csv, twice = (size_of(kept, ending)[1] for ending in ("_300rows.csv", "_300rows_2.csv"))
    assert csv == twice and csv.count(b"\r\n") == 301 and csv.startswith(b"obsid,ra,dec\r\n")
    parquet = size_of(kept, ".parquet")[1]
    assert parquet[:4] == parquet[-4:] == b"PAR1"
    with zipfile.ZipFile(io.BytesIO(size_of(kept, ".zip")[1])) as archive:
        assert archive.testzip() is None and len(archive.namelist()) == 15
    assert saving.store.uploads() == 0


@EXPECTED
@pytest.mark.slow
def test_a_broken_line_to_a_bucket(watched: Browser, base: str, saving: Saving) -> None:
    """What was sent stays there; `Cancel` leaves nothing."""
    search(watched, base, "sql.html", sql=LARGE)
    folder = f"broken/{watched.name} {base[:4]}/"
    choose(watched, "s3", to_s3(saving, folder))
    line = saving.s3
    line.passed, line.cut_at = 0, 14_000_000
    watched.click("#download-csv")
    watched.wait("document.querySelector('[data-sending=again]').checkVisibility()")
    assert "CORS" in watched.evaluate("document.querySelector('[data-sending=state]').textContent")
    assert not any(name.startswith(folder) for name in saving.store.place.tree())
    line.cut_at, before = None, line.passed
    watched.click("[data-sending=again]")
    said = watched.wait(f"{SAID}.startsWith('Saved') && {SAID}")
    assert "20.0 MB" in said or "20.1 MB" in said, said
    expected = large_csv()
    name, data = next((n, d) for n, d in saving.store.place.tree().items() if n.startswith(folder))
    assert data == expected and name.endswith("20000rows.csv")
    # One of three parts was there.
    assert line.passed - before < len(expected) - (8 << 20) + 100_000
    line.passed, line.cut_at = 0, 14_000_000
    watched.click("#download-csv")
    watched.wait("document.querySelector('[data-sending=again]').checkVisibility()")
    line.cut_at = None
    watched.click("[data-sending=cancel]")
    watched.wait(f"{SAID} === 'Cancelled.'")
    assert saving.store.uploads() == 0
    assert len([n for n in saving.store.place.tree() if n.startswith(folder)]) == 1


@EXPECTED
def test_a_broken_line_to_webdav(watched: Browser, base: str, saving: Saving) -> None:
    assert saving.dav.folder
    folder = saving.dav.folder / "results é"
    search(watched, base, "sql.html", sql=LARGE)
    choose(watched, "webdav", to_dav(saving))
    line = saving.webdav
    line.passed, line.cut_at = 0, 18_000_000
    watched.click("#download-csv")
    watched.wait(AGAIN)
    line.cut_at, before = None, line.passed
    watched.click("[data-sending=again]")
    # The saved file is read back, and two sums of 20 MB are computed.
    said = watched.wait(ENDED, 180)
    assert said.startswith("Saved") and said.endswith("The saved file was compared: SHA-256 is equal.")
    (file,) = folder.iterdir()
    expected = large_csv()
    assert file.read_bytes() == expected
    assert line.passed - before < len(expected) - (16 << 20) + 100_000
    file.unlink()
    search(watched, base, catalogue="lrs", obsid="0..", columns="obsid", sort="obsid")


@EXPECTED
def test_secrets_and_refusals(watched: Browser, base: str, saving: Saving) -> None:
    search(watched, base, catalogue="lrs", obsid="0..", columns="obsid", sort="obsid")
    address = watched.address
    choose(watched, "webdav", to_dav(saving) | {"password": "wrong secret"})
    watched.click("#download-csv")
    watched.wait("document.querySelector('[data-sending=state]').checkVisibility()")
    state = "document.querySelector('[data-sending=state]').textContent"
    assert watched.wait(state) == "The server refused: user name or password is wrong"
    assert not watched.evaluate("document.querySelector('[data-sending=again]').checkVisibility()")
    assert serious(watched) == []
    watched.click("[data-sending=cancel]")
    watched.click("#save-as")
    watched.click("#save-place")
    for width in (390, 1280):
        watched.resize(width)
        assert serious(watched) == []
    watched.press("Escape")
    choose(watched, "signed", {"signed": f"{saving.other}/refused/x.csv?X-Amz-Signature=51gned"})
    watched.click("#download-csv")
    shown = watched.wait(f"/No:/.test({state}) && {state}")
    assert shown == "The server refused: No: <img src=x onerror=alert(1)> no"
    watched.click("[data-sending=cancel]")
    choose(watched, "signed", {"signed": f"{saving.other}/in/x.csv?X-Amz-Signature=51gned"})
    assert saved(watched, "#download-csv").endswith("MD5 is equal.")
    assert saving.kept["/in/x.csv?X-Amz-Signature=51gned"].count(b"\r\n") == 301
    # Nor is it in a query file.
    choose(watched, "signed", {"signed": f"{saving.other}/in/query.json?X-Amz-Signature=51gned"})
    watched.evaluate("document.querySelector('[data-place=said]').textContent = ''")
    watched.click("#query-as")
    watched.click("[data-take=file]")
    watched.wait(f"{SAID}.startsWith('Saved')")
    query = saving.kept["/in/query.json?X-Amz-Signature=51gned"]
    assert b"obsid" in query and b"51gned" not in query and saving.other.encode() not in query
    # It was for one file.
    where = "document.querySelector('[data-place=where]').textContent"
    assert watched.wait(f"/downloads/.test({where})")
    choose(watched, "s3", to_s3(saving, "x") | {"secret": "s3cret of mine"})
    everything = """JSON.stringify([location.href, history.state, document.cookie,
      document.documentElement.outerHTML, [...document.querySelectorAll('input')].map((i) => i.value),
      ...(() => { try { return [{...localStorage}, {...sessionStorage}]; } catch { return []; } })(),
      Object.keys(history.state ?? {})])"""
    known = watched.evaluate(everything)
    for secret in ("s3cret of mine", "wrong secret", "51gned"):
        assert secret not in known
    assert watched.address == address
    assert watched.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    watched.evaluate("document.getElementById('place-line').querySelector('button').click()")
    watched.wait(f"/downloads/.test({where})")


@pytest.mark.slow
def test_a_folder_of_this_computer(browsers: Any, saving: Saving) -> None:
    """Only the picker is replaced, which no program may use: its folder is one of the browser's own."""
    browser = browsers("chrome")
    with serving(saving.without) as base:
        browser.open(f"{base}search.html")
        search(browser, base, catalogue="lrs", obsid="0..", columns="obsid", sort="obsid")
        browser.evaluate(
            "showDirectoryPicker = async () => "
            "(await navigator.storage.getDirectory()).getDirectoryHandle('kept', { create: true }); 0"
        )
        browser.click("#save-as")
        browser.click("#save-place")
        browser.wait("document.querySelector('[data-place=where]').textContent === 'kept'")
        for name in ("300rows.csv", "300rows_2.csv"):
            said = saved(browser, "#download-csv")
            assert name in browser.wait(f"{SAID}.includes('{name}') && {SAID}") and "SHA-256" in said
        read = """showDirectoryPicker().then(async (folder) => { const texts = [];
          for await (const one of folder.values()) texts.push(await (await one.getFile()).text());
          return texts; })"""
        one, other = browser.evaluate(read)
        assert one == other and one.count("\r\n") == 301
        browser.click("#place-line button")
        browser.wait("/downloads/.test(document.querySelector('[data-place=where]').textContent)")


def test_pages_without_the_key(saving: Saving) -> None:
    """The key adds its hosts to the policy of two pages, and nothing to any other page."""
    pages = sorted(file.relative_to(saving.without) for file in saving.without.rglob("*.html"))
    assert pages == sorted(file.relative_to(saving.release) for file in saving.release.rglob("*.html"))
    policy = re.compile(r'Content-Security-Policy" content="([^"]*)"')
    for page in pages:
        former, now = (
            (folder / page).read_text(encoding="utf-8") for folder in (saving.without, saving.release)
        )
        if page.name not in ("search.html", "sql.html"):
            if page.name == "files.html":  # it has the sizes of the others
                former, now = (re.sub(r"[\d.]+ [kM]B", "", text) for text in (former, now))
            assert former == now, page
            continue
        before, after = (policy.findall(text)[0] for text in (former, now))
        assert after == before.replace("21012; base", f"21012 {' '.join(saving.hosts)}; base") != before
        assert "place-dialog" in now and "place-dialog" not in former
        for word in ("WebDAV", "S3"):
            assert word in now and word not in former, (page, word)
        assert "127.0.0.1" not in former.replace("http://127.0.0.1:21012", "")


@pytest.mark.parametrize(
    "host",
    [
        "http://cloud.example",
        "https://cloud.example/dav",
        "https://a.example; script-src *",
        "https://*.example",
        "https://a.example https://b.example",
        "*",
    ],
)
def test_only_hosts_that_a_policy_can_name(host: str, tmp_path: Path) -> None:
    (tmp_path / "releases").mkdir()
    (tmp_path / "portal.toml").write_text(f"{PORTAL}\n[save]\nhosts = [{json.dumps(host)}]\n")
    with pytest.raises(InputError, match="is not a host; write it without a path"):
        load_portal(tmp_path)
