"""The static server: byte ranges, types and freshness."""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import quote

import pytest

from drportal import serve
from drportal.serve import make_server

from .commands import until

CONTENT = bytes(range(256)) * 40
LOG: list[str] = []
"""What the server said of its requests."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    site = tmp_path / "site"
    (site / "data").mkdir(parents=True)
    (site / "data" / "t.parquet").write_bytes(CONTENT)
    (site / "empty.txt").touch()
    (site / "index.html").write_text("<h1>home</h1>")
    (tmp_path / "secret.txt").write_text("secret")
    LOG.clear()
    server = make_server(site, "127.0.0.1", 0, LOG.append)
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


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=-5,0-",
        "bytes=0-1,2",
        "bytes=" + ",".join(["0-0"] * 1001),
        "bytes=5--2",
        "lines=1-2",
        "bytes=",
        "bytes=-",
        "nonsense",
    ],
)
def test_a_range_it_does_not_know_gets_the_whole_file(address, asked: str) -> None:
    status, headers, body = ask(address, "/data/t.parquet", Range=asked)
    assert (status, body) == (200, CONTENT)
    assert headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bytes=0-1,4-5", [(0, 2), (4, 6)]),
        ("bytes=100-70099, -8 ,5-5", [(100, len(CONTENT)), (len(CONTENT) - 8, len(CONTENT)), (5, 6)]),
        ("bytes=9-12,0-10,999999-", [(9, 13), (0, 11)]),
    ],
)
def test_several_ranges_are_answered_together(address, asked: str, found: list[tuple[int, int]]) -> None:
    status, headers, body = ask(address, "/data/t.parquet", Range=asked)
    message = BytesParser().parsebytes(f"Content-Type: {headers['Content-Type']}\n\n".encode() + body)
    parts = message.get_payload()
    assert (status, headers["Content-Length"]) == (206, str(len(body)))
    assert "Content-Range" not in headers
    assert [part["Content-Range"] for part in parts] == [
        f"bytes {a}-{b - 1}/{len(CONTENT)}" for a, b in found
    ]
    assert {part.get_content_type() for part in parts} == {"application/vnd.apache.parquet"}
    at = 0
    for first, end in found:
        at = body.index(b"\r\n\r\n", at) + 4
        assert body[at : at + end - first] == CONTENT[first:end]
        at += end - first
    assert body[at:].startswith(b"\r\n--")
    assert body.endswith(b"--\r\n")
    head = ask(address, "/data/t.parquet", "HEAD", Range=asked)
    assert (head[0], head[1]["Content-Length"], head[2]) == (206, str(len(body)), b"")


def test_of_several_ranges_one_may_be_left(address) -> None:
    status, headers, body = ask(address, "/data/t.parquet", Range="bytes=999999-,3-4")
    assert (status, body, headers["Content-Range"]) == (206, CONTENT[3:5], f"bytes 3-4/{len(CONTENT)}")
    assert ask(address, "/data/t.parquet", Range="bytes=999999-,-0")[0] == 416


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


OUTSIDE = ["/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "/data/..%2F..%2fsecret.txt", "/..%5csecret.txt"]
OUTSIDE += ["/%00", "/index.html%00.txt", "/%ff", "/%ed%a0%80", "/%zz", "/index.html/", "/index.html/x"]
OUTSIDE += ["/%252e%252e%252fsecret.txt", "/%2e%2e%5csecret.txt", "/data/%2e%2e/%2e%2e/secret.txt"]
OUTSIDE += ["/.%2e/secret.txt", "/%c0%ae%c0%ae/secret.txt", "http://x/../secret.txt", "/;/../secret.txt"]
OUTSIDE += ["//etc/passwd", "/" + "a" * 300, "/" + "a/" * 1000]
OUTSIDE += ["/../secret.txt", "/%2e%2e/secret.txt", "/data/../../secret.txt", "/nothing", "/a\\..\\b"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_the_folder_is_served(address, path: str) -> None:
    status, _, body = ask(address, path)
    assert status == 404
    assert b"secret" not in body.replace(path.encode(), b"")


def raw(address: tuple[str, int], sent: bytes) -> bytes:
    """The raw response to raw bytes, until the server closes the connection."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while block := connection.recv(65536):
                answer += block
        return answer


def test_names_of_any_letters_are_served(address, tmp_path: Path) -> None:
    for name in ("Wörter 光谱.txt", "100%.txt", "a?b#c.txt"):
        (tmp_path / "site" / name).write_text(name, encoding="utf-8")
        assert ask(address, "/" + quote(name))[2] == name.encode()
    (tmp_path / "site" / "Wörter.txt").write_text("words")
    assert raw(address, "GET /Wörter.txt HTTP/1.0\r\n\r\n".encode()).endswith(b"words"), "bytes as they are"


MANY = "9" * 5000


@pytest.mark.parametrize(
    "asked", [f"bytes={MANY}-", f"bytes=-{MANY}", f"bytes=0-{MANY}", f"bytes={MANY}-{MANY}"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_numbers_without_end_are_no_range(address, asked: str, method: str) -> None:
    status, headers, body = ask(address, "/data/t.parquet", method, Range=asked)
    assert (status, headers["Content-Range"], body) == (416, f"bytes */{len(CONTENT)}", b"")
    assert all(len(line) < 400 for line in LOG)


@pytest.mark.parametrize(
    "asked", ["bytes=-0", "bytes=5-2", f"bytes={len(CONTENT)}-", "bytes=9999999999999999999-"]
)
def test_ranges_without_bytes(address, asked: str) -> None:
    assert ask(address, "/data/t.parquet", Range=asked)[0] == 416


@pytest.mark.parametrize(
    "asked", ["bytes=٣-٥", "bytes=+1-3", "bytes=1_0-20", "bytes= 1-2", "bytes=" + "0-1," * 2000 + "5-6"]
)
def test_ranges_that_are_none_give_the_whole_file(address, asked: str) -> None:
    line = f"GET /data/t.parquet HTTP/1.0\r\nRange: {asked}\r\n\r\n".encode()
    assert raw(address, line).endswith(b"\r\n\r\n" + CONTENT)


def test_a_part_is_given_only_of_the_file_that_was_meant(address) -> None:
    _, headers, _ = ask(address, "/data/t.parquet")
    for known, status in {headers["ETag"]: 206, '"other"': 200, f"W/{headers['ETag']}": 200, "": 200}.items():
        assert ask(address, "/data/t.parquet", If_Range=known, Range="bytes=0-3")[0] == status
    for known, status in {
        f'"x", {headers["ETag"]}': 304,
        f"W/{headers['ETag']}": 304,
        "*": 304,
        '"x"': 200,
    }.items():
        assert ask(address, "/data/t.parquet", If_None_Match=known)[0] == status
    for since, status in {
        headers["Last-Modified"]: 304,
        email.utils.formatdate(0): 200,
        "9" * 5000: 200,
    }.items():
        assert ask(address, "/data/t.parquet", If_Modified_Since=since)[0] == status


@pytest.mark.parametrize("size", [5_000, 60_000, 70_000])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_paths_without_end(address, size: int, method: str) -> None:
    status, _, body = ask(address, "/" + "a" * size, method)
    assert status == 414 and (method == "GET") == (b"414" in body)
    assert all(len(line) < 400 for line in LOG)
    assert ask(address, "/?" + "a" * min(size, 60_000))[0] == 200, "a search may be long"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get"])
def test_other_methods_are_refused(address, method: str) -> None:
    status, headers, body = ask(address, "/index.html", method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert b"home" not in body


def test_what_comes_with_a_question_is_no_question(address) -> None:
    inner = b"GET /data/t.parquet HTTP/1.1\r\nHost: x\r\n\r\n"
    for method in (b"GET", b"POST", b"OPTIONS", b"HEAD"):
        head = method + b" /index.html HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(inner)
        assert raw(address, head + inner).count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 x\r\n\r\n",
        b"GARBAGE\r\n\r\n",
        b"POST /\r\n\r\n",
        b"GET / HTTP/9.9.9\r\n\r\n",
        b"GET / HTTP/1.1 more\r\n\r\n",
        b"GET / \x1b[31mHTTP\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_no_http(address, sent: bytes, capfd) -> None:
    assert raw(address, sent).startswith(b"HTTP/1.1 4")
    assert "\x1b" not in "".join(LOG) and all(len(line) < 400 for line in LOG)
    assert capfd.readouterr() == ("", "")
    assert ask(address, "/")[0] == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /index.html HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /index.html HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /index.html HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b"400"),
        (b"GET http://x/index.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"200"),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"204"),
    ],
)
def test_what_a_request_must_have(address, sent: bytes, status: bytes, capfd) -> None:
    answer = raw(address, sent)
    assert answer.startswith(b"HTTP/1.1 " + status) and answer.count(b"HTTP/1.1 ") == 1
    assert capfd.readouterr() == ("", "")


def test_slow_requests_and_slow_readers_are_left(address, tmp_path: Path, monkeypatch, capfd) -> None:
    """Clients that send slowly or not at all, or do not read, do not occupy a thread of the server."""
    monkeypatch.setattr(serve, "LIMIT", 0.6)
    (tmp_path / "site" / "large.bin").write_bytes(bytes(64 << 20))
    before = threading.active_count()
    with contextlib.ExitStack() as stack:
        slow, idle, deaf = (
            stack.enter_context(socket.create_connection(address, timeout=10)) for _ in range(3)
        )
        deaf.sendall(b"GET /large.bin HTTP/1.0\r\n\r\n")
        with pytest.raises(ConnectionError):
            for letter in b"GET /index.html HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100:
                slow.sendall(bytes([letter]))
                time.sleep(0.05)
        assert idle.recv(100) == b""
        until(lambda: threading.active_count() <= before)
    assert ask(address, "/")[0] == 200
    assert capfd.readouterr() == ("", "")


def test_the_oldest_way_to_ask(address) -> None:
    assert raw(address, b"GET /index.html\r\n\r\n").endswith(b"<h1>home</h1>")


def test_pipes_devices_and_sockets_are_no_files(address, tmp_path: Path) -> None:
    site = tmp_path / "site"
    os.mkfifo(site / "pipe")
    os.mkfifo(site / "404.html")
    (site / "folder").mkdir()
    os.mkfifo(site / "folder" / "index.html")
    (site / "null").symlink_to("/dev/null")
    (site / "zero.txt").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(site)  # names of sockets are short
        one.bind("socket")
        os.chdir(here)
    for path in ("/pipe", "/folder/", "/null", "/zero.txt", "/socket", "/404.html"):
        assert ask(address, path)[0] == 404, path


def test_links_do_not_leave_the_folder(address, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "index.html").write_text("secret")
    (tmp_path / "site-other").mkdir()
    (tmp_path / "site-other" / "x.txt").write_text("secret")
    links = {
        "out.txt": "../secret.txt",
        "out": "../beside",
        "near": "../site-other",
        "loop": "loop",
        "root": "/",
    }
    links |= {"chain": "out", "404.html": "../secret.txt", "data/index.html": "../../secret.txt"}
    for name, target in links.items():
        (site / name).symlink_to(target)
    paths = [
        "/out.txt",
        "/out",
        "/out/",
        "/out/index.html",
        "/near/x.txt",
        "/loop",
        "/root/etc/passwd",
        "/data/",
    ]
    for path in [*paths, "/chain/", "/404.html", "/nothing"]:
        status, _, body = ask(address, path)
        assert (status, b"secret" in body) == (404, False), path
    (site / "in.html").symlink_to("index.html")
    (site / "deep").symlink_to("data")
    assert ask(address, "/in.html")[2] == b"<h1>home</h1>"
    assert ask(address, "/deep/t.parquet")[2] == CONTENT


def test_a_folder_that_is_a_link_is_served(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "index.html").write_text("here")
    (tmp_path / "current").symlink_to("real")
    server = make_server(tmp_path / "current", "127.0.0.1", 0, None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert ask(("127.0.0.1", server.server_address[1]), "/")[2] == b"here"
    server.shutdown()
    server.server_close()


def test_a_link_that_changes_during_a_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new edition takes the place of the old one between any two looks at the link."""
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text("here")
    current, resolve = tmp_path / "current", os.path.realpath
    current.symlink_to("1")
    server = make_server(current, "127.0.0.1", 0, None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    looks: list[int] = []

    def realpath(path: str) -> str:
        found = resolve(path)
        if threading.current_thread() is not threading.main_thread():
            looks.append(1)
            current.unlink()
            current.symlink_to("12"[len(looks) % 2])
        return found

    monkeypatch.setattr(os.path, "realpath", realpath)
    for path in ("/", "/index.html"):
        assert ask(("127.0.0.1", server.server_address[1]), path)[::2] == (200, b"here")
    assert looks
    server.shutdown()
    server.server_close()


def test_readers_that_go_away_leave_no_trace(address, tmp_path: Path, capfd) -> None:
    (tmp_path / "site" / "large.bin").write_bytes(bytes(64 << 20))
    for sent in (b"", b"GET /lar", b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"):
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(sent)
            if sent.endswith(b"\n"):
                connection.recv(1000)
            # Close with a reset: what the server still sends meets nobody.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert ask(address, "/")[0] == 200
    assert capfd.readouterr() == ("", "")


def test_a_file_that_shrinks_or_goes_while_it_is_read(address, tmp_path: Path) -> None:
    large = tmp_path / "site" / "large.bin"
    for spoil in (lambda: os.truncate(large, 100), large.unlink):
        large.write_bytes(bytes(64 << 20))
        connection = http.client.HTTPConnection(*address, timeout=10)
        connection.request("GET", "/large.bin")
        response = connection.getresponse()
        response.read(1000)
        spoil()
        if large.exists():
            with pytest.raises(http.client.IncompleteRead):
                response.read()
        else:
            assert len(response.read()) == (64 << 20) - 1000
        connection.close()
    assert ask(address, "/large.bin")[0] == 404


def test_head_is_get_without_a_body(address) -> None:
    for path in ("/", "/index.html", "/data/t.parquet", "/data", "/data/", "/nothing", "/empty.txt"):
        got, headers, _ = ask(address, path)
        status, own, body = ask(address, path, "HEAD")
        assert (status, body) == (got, b"")
        differ = {"Date"}
        assert {k: v for k, v in own.items() if k not in differ} == {
            k: v for k, v in headers.items() if k not in differ
        }
