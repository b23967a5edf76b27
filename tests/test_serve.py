"""The static server: byte ranges, types and freshness."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drportal.serve import make_server

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    site = tmp_path / "site"
    (site / "data").mkdir(parents=True)
    (site / "data" / "t.parquet").write_bytes(CONTENT)
    (site / "empty.txt").touch()
    (site / "index.html").write_text("<h1>home</h1>")
    (tmp_path / "secret.txt").write_text("secret")
    server = make_server(site, "127.0.0.1", 0, None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield "127.0.0.1", server.server_address[1]
    server.shutdown()
    server.server_close()


def ask(address: tuple[str, int], path: str, method: str = "GET", **headers: str):  # type: ignore[no-untyped-def]
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    response = connection.getresponse()
    return response.status, response.headers, response.read()


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=100-", 100, len(CONTENT)),
        ("bytes=-8", len(CONTENT) - 8, len(CONTENT)),
        ("bytes=10000-99999999", 10000, len(CONTENT)),
        (f"bytes=-{len(CONTENT) + 5}", 0, len(CONTENT)),
    ],
)
def test_a_range_is_answered_with_its_bytes(address, asked: str, first: int, end: int) -> None:
    status, headers, body = ask(address, "/data/t.parquet", Range=asked)
    assert (status, body) == (206, CONTENT[first:end])
    assert headers["Content-Range"] == f"bytes {first}-{end - 1}/{len(CONTENT)}"
    assert headers["Content-Type"] == "application/vnd.apache.parquet"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "lines=1-2", "bytes=", "bytes=-", "nonsense"])
def test_a_range_it_does_not_know_gets_the_whole_file(address, asked: str) -> None:
    status, headers, body = ask(address, "/data/t.parquet", Range=asked)
    assert (status, body) == (200, CONTENT)
    assert headers["Accept-Ranges"] == "bytes"


def test_a_range_beyond_the_end_is_refused(address) -> None:
    status, headers, _ = ask(address, "/data/t.parquet", Range="bytes=999999-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


def test_head_gives_the_length_and_no_body(address) -> None:
    status, headers, body = ask(address, "/data/t.parquet?v=1", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, str(len(CONTENT)), b"")


def test_an_empty_file_and_the_front_page(address) -> None:
    assert ask(address, "/empty.txt")[2] == b""
    status, headers, body = ask(address, "/")
    assert (status, body) == (200, b"<h1>home</h1>")
    assert headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_changed_file_is_never_taken_from_the_cache(address, tmp_path: Path) -> None:
    _, headers, _ = ask(address, "/index.html")
    assert headers["Cache-Control"] == "no-cache"
    assert ask(address, "/index.html", If_None_Match=headers["ETag"])[0] == 304
    (tmp_path / "site" / "index.html").write_text("<h1>changed</h1>")
    assert ask(address, "/index.html", If_None_Match=headers["ETag"])[0] == 200
    assert ask(address, "/index.html", If_Range=headers["ETag"], Range="bytes=0-3")[0] == 200


OUTSIDE = ["/../secret.txt", "/%2e%2e/secret.txt", "/data/../../secret.txt", "/nothing", "/a\\..\\b"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_the_folder_is_served(address, path: str) -> None:
    status, _, body = ask(address, path)
    assert status == 404
    assert b"secret" not in body.replace(path.encode(), b"")
