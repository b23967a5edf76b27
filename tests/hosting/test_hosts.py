"""A usual web server is enough: each as it comes, and with the configuration that `drportal host` prints."""

from __future__ import annotations

import gzip
import hashlib
import html
import http.client
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import fsspec
import pyarrow.parquet as pq
import pytest

from drportal.build import build
from drportal.hosting import configuration
from drportal.hosting.policies import read_policies
from drportal.hosting.rules import COMPRESSED
from drportal.problems import InputError
from drportal.report import Report

from ..browser import Browser
from ..commands import until
from ..conftest import once
from ..servers import server
from ..signed_portal import write_portal

KINDS = ["serve", "nginx", "apache", "caddy"]
FOUND = (
    r"/^\d+ rows? in/.test(document.querySelector('#status').textContent) && "
    "document.querySelector('#status').textContent"
)


@pytest.mark.slow
def test_nginx(watched: Browser, nginx: str) -> None:
    watched.open(f"{nginx}search.html?catalogue=sim&cone=150,20,36000")
    status = watched.wait(FOUND)
    watched.goto(f"{nginx}sql.html?sql=SELECT obsid FROM sim WHERE separation(ra, dec, 150, 20) <= 36000")
    again = watched.wait(FOUND)
    assert int(status.split()[0]) == int(again.split()[0]) > 10


def make_site(folder: Path) -> Path:
    form = 'contact_form = "https://forms.survey.example/x"\n'
    write_portal(folder, f'base_url = "https://survey.example/"\n{form}')
    with Report() as report:
        return build(folder, folder / "build" / "site", [], report).site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "hosted", make_site)


class Asked:
    """An answer of a server."""

    def __init__(self, address: str, path: str, method: str = "GET", **headers: str) -> None:
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, "/" + path, headers=named)
        answer = connection.getresponse()
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()
        connection.close()

    def __getitem__(self, name: str) -> str | None:
        values = self.headers.get_all(name) or [None]
        assert len(values) == 1, f"{name} is there {len(values)} times"
        return values[0]


@pytest.fixture(scope="module", params=KINDS)
def place(
    request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, Path]]:
    """A server, the address of the site there, and the symbolic link by which it finds it."""
    folder = tmp_path_factory.mktemp(f"host-{request.param}")
    current = folder / "current"
    current.symlink_to(shutil.copytree(site, folder / "edition-1"))
    with server(request.param, site, current, folder / "run") as address:
        yield request.param, address, current


@pytest.fixture
def hosted(place: tuple[str, str, Path]) -> str:
    return place[1]


def one(site: Path, pattern: str) -> str:
    return next(iter(sorted(site.glob(pattern)))).relative_to(site).as_posix()


TYPES = {
    "index.html": "text/html; charset=utf-8",
    "test/v2/assets/site.*.css": "text/css; charset=utf-8",
    "test/v2/assets/search.*.js": "text/javascript; charset=utf-8",
    "test/v2/assets/icon.*.svg": "image/svg+xml",
    "test/v2/assets/engine/duckdb.*.bin": "application/octet-stream",
    "test/v2/data/stars/dataset/**/Npix=*.parquet": "application/vnd.apache.parquet",
    "test/v2/data/stars/dataset/_metadata": "application/octet-stream",
    "test/v2/data/stars/catalogue.json": "application/json",
    "test/v2/data/stars/hats.properties": "text/plain; charset=utf-8",
    "test/v2/data/stars/skymap.fits": "application/fits",
    "test/v2/meta/*.jsonld": "application/ld+json",
    "test/v2/meta/cds/ReadMe": "text/plain; charset=utf-8",
    "test/v2/CITATION.cff": "application/yaml",
    "SHA256SUMS": "text/plain; charset=utf-8",
    "sitemap.xml": "application/xml",
}


def test_types_freshness_and_bytes(hosted: str, site: Path) -> None:
    for pattern, kind in TYPES.items():
        path = one(site, pattern)
        asked = Asked(hosted, path)
        raw = (site / path).read_bytes()
        assert (asked.status, asked["Content-Type"]) == (200, kind), path
        assert hashlib.sha256(asked.body).digest() == hashlib.sha256(raw).digest(), path
        assert asked["X-Content-Type-Options"] == "nosniff"
        assert asked["Referrer-Policy"] == "no-referrer"
        assert asked["Cross-Origin-Opener-Policy"] == "same-origin"
        assert asked["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert asked["Access-Control-Allow-Origin"] == "*"
        kept = re.search(r"\.[0-9a-f]{8}\.\w+$", path)
        assert asked["Cache-Control"] == ("public, max-age=31536000, immutable" if kept else "no-cache"), path
        again = Asked(hosted, path, If_None_Match=asked["ETag"] or "")
        assert (again.status, again.body) == (304, b""), path
        assert again["Cache-Control"] == asked["Cache-Control"]
    for name in ("", "test/v2/", "test/v2/zh/"):
        asked = Asked(hosted, name)
        assert asked.body == (site / name / "index.html").read_bytes()
    assert Asked(hosted, "test/v2").status in (301, 302, 307, 308)


def test_ranges_and_compression(hosted: str, place: tuple[str, str, Path], site: Path) -> None:
    parquet = one(site, "test/v2/data/stars/dataset/**/*.parquet")
    raw = (site / parquet).read_bytes()
    for asks in ({}, {"Accept_Encoding": "gzip, br, zstd"}):
        for span, part in [("0-3", raw[:4]), ("-8", raw[-8:]), ("100-199", raw[100:200])]:
            asked = Asked(hosted, parquet, Range=f"bytes={span}", **asks)
            assert (asked.status, asked.body) == (206, part)
            assert str(asked["Content-Range"]).endswith(f"/{len(raw)}")
    assert Asked(hosted, parquet, Range=f"bytes={len(raw)}-").status == 416
    asked = Asked(hosted, parquet, Range="bytes=0-3,100-199,300-309")
    assert asked.status == 206
    assert str(asked["Content-Type"]).startswith("multipart/byteranges; boundary=")
    for part in (raw[:4], raw[100:200], raw[300:310]):
        assert b"\r\n\r\n" + part + b"\r\n--" in asked.body
    for pattern in TYPES:
        path = one(site, pattern)
        asked = Asked(hosted, path, Accept_Encoding="gzip")
        raw = (site / path).read_bytes()
        if asked["Content-Encoding"]:
            assert asked["Content-Type"].split(";")[0] in COMPRESSED, path
            assert gzip.decompress(asked.body) == raw
            assert "Accept-Encoding" in str(asked.headers.get_all("Vary"))
        else:
            assert asked.body == raw
    packed = one(site, "test/v2/assets/engine/duckdb.*.js")
    assert Asked(hosted, packed, Accept_Encoding="gzip", Range="bytes=0-9")["Content-Encoding"] is None
    style = one(site, "assets/site.*.css")
    asked = Asked(hosted, style, Accept_Encoding="gzip")
    assert asked["Content-Encoding"] == (None if place[0] == "serve" else "gzip")
    assert Asked(hosted, style, Accept_Encoding="gzip", If_None_Match=asked["ETag"] or "").status == 304


def test_every_page_is_sent_with_the_policy_that_it_contains(hosted: str, site: Path) -> None:
    reported = set()
    for page in site.rglob("*.html"):
        asked = Asked(hosted, page.relative_to(site).as_posix())
        found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page.read_text())
        assert found and asked["Content-Security-Policy"] == html.unescape(found[1]), page
        reported.add(found[1])
    assert len(reported) >= 4
    assert (
        Asked(hosted, "")["Content-Security-Policy"] == Asked(hosted, "index.html")["Content-Security-Policy"]
    )


def test_what_is_not_there(hosted: str, site: Path) -> None:
    for path in ("nothing.html", "test/v9/data/x.parquet", "assets/gone.0a0a0a0a.js", "%2e%2e/secret"):
        asked = Asked(hosted, path)
        assert asked.status in (400, 404), path
        assert "immutable" not in str(asked["Cache-Control"])
        if asked.status == 404 and not path.startswith("%"):
            assert asked.body == (site / "404.html").read_bytes()
            assert asked["Content-Type"] == "text/html; charset=utf-8"
            assert asked["Content-Security-Policy"]
            assert asked["X-Content-Type-Options"] == "nosniff"
    asked = Asked(hosted, "test/v2/data/stars/")
    assert asked.status in (403, 404) and b"Npix" not in asked.body and b"catalogue.json" not in asked.body


def test_others_may_read(hosted: str, site: Path) -> None:
    """A browser asks first whether it may; other programs read Parquet by ranges."""
    parquet = one(site, "test/v2/data/stars/dataset/**/*.parquet")
    asks = {"Origin": "https://other.example", "Access_Control_Request_Method": "GET"}
    asked = Asked(hosted, parquet, "OPTIONS", Access_Control_Request_Headers="range", **asks)
    assert asked.status in (200, 204)
    assert asked["Access-Control-Allow-Origin"] == "*"
    assert "range" in str(asked["Access-Control-Allow-Headers"]).lower()
    assert "Content-Range" in str(Asked(hosted, parquet)["Access-Control-Expose-Headers"])
    with fsspec.open(hosted + parquet, block_size=1000).open() as file:
        assert pq.read_table(file).equals(pq.read_table(site / parquet))


def test_a_new_edition_is_there_in_one_step(place: tuple[str, str, Path]) -> None:
    """The command of docs/hosting.md, while others read: each answer is of one edition."""
    _, address, current = place
    shutil.copytree(current.resolve(), current.with_name("edition-2"))
    page = current.with_name("edition-2") / "index.html"
    new = page.read_bytes().replace(b"</title>", b", new edition</title>")
    page.unlink()
    page.write_bytes(new)
    old = Asked(address, "index.html")
    seen: list[tuple[int, bytes]] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            asked = Asked(address, "index.html")
            seen.append((asked.status, asked.body))

    reader = threading.Thread(target=read)
    reader.start()
    until(lambda: len(seen) > 3)
    switch = "ln -s edition-2 next && mv -T next current"
    subprocess.run(["sh", "-ec", switch], cwd=current.parent, check=True)
    before = len(seen)
    until(lambda: len(seen) > before + 3)
    stop.set()
    reader.join()
    assert set(seen) == {(200, old.body), (200, new)}
    asked = Asked(address, "index.html", If_None_Match=old["ETag"] or "")
    assert (asked.status, asked.body) == (200, new)


@pytest.mark.parametrize(
    ("kind", "options", "reported"),
    [
        ("iis", {}, "use one of: nginx, apache, caddy, headers, s3"),
        ("nginx", {"address": "ftp://survey.example/"}, "is not the address of a site"),
        ("nginx", {"address": "https://a b/"}, "is not the address of a site"),
        ("caddy", {"root": '/srv/"; } evil { "'}, "cannot be written in a configuration"),
        ("apache", {"root": "srv"}, "cannot be written in a configuration"),
    ],
)
def test_what_cannot_be_configured_is_reported(
    site: Path, kind: str, options: dict[str, str], reported: str
) -> None:
    with pytest.raises(InputError) as error:
        configuration(kind, site, **options)
    assert len(error.value.problems) == 1 and reported in str(error.value)


def test_a_page_without_a_policy_is_reported(site: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(site, tmp_path / "site"))
    (copy / "more.html").write_text("<h1>x</h1>")
    for folder, reported in [(copy, "is a page without a security policy"), (tmp_path, "is not a site")]:
        with pytest.raises(InputError, match=reported):
            configuration("nginx", folder)


def test_hosts_that_cannot_distinguish_pages_allow_what_any_needs(site: Path) -> None:
    policies = read_policies(site)
    widest = {d.split()[0]: set(d.split()[1:]) for d in policies.widest.split(";")}
    for policy in [policies.usual, *policies.others]:
        for directive in policy.split(";"):
            name, *sources = directive.split()
            assert set(sources) - {"'none'"} <= widest[name]
    assert "https://forms.survey.example" in widest["form-action"] and widest["default-src"] == {"'none'"}
    lines = configuration("headers", site).splitlines()
    assert f"  Content-Security-Policy: {policies.widest}" in lines
    assert len([x for x in lines if x.startswith("/")]) <= 100 and max(map(len, lines)) <= 2000


@pytest.mark.slow
def test_a_search(watched: Browser, hosted: str) -> None:
    watched.open(f"{hosted}test/v2/search.html?catalogue=stars&cone=40,-10,36000")
    assert int(watched.wait(FOUND).split()[0]) >= 1
