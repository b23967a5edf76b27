"""A static server with byte ranges, for viewing a site before it is published."""

from __future__ import annotations

import contextlib
import email.utils
import io
import os
import re
import socket
import stat
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote_to_bytes

from .byte_ranges import BOUNDARY, Parts, Span, spans
from .hosting.policies import page_policy
from .hosting.rules import HEADERS, PREFLIGHT, cache_control, type_of

WHOLE_ADDRESS = re.compile(r"^https?://[^/]*/?", re.IGNORECASE)
"""The beginning of a proxy-style request with a full address, which every HTTP server must accept."""
LONGEST_PATH = 4096
LONGEST_LINE = 300
"""Maximum length of a log line about a request, which can be a thousand times as long."""
METHODS = "GET, HEAD, OPTIONS"
LIMIT = 60.0
"""Seconds for a request to arrive after the one before, and for a block of a response to be sent."""
SENT = 1 << 16
"""Bytes of such a block; small, as clients may be slow."""


class Arriving(io.RawIOBase):
    """The bytes that a client sends; a whole request must arrive in time, however slowly."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._raw = connection, connection.makefile("rb", buffering=0)
        self.begin()

    def begin(self) -> None:
        """Start the time limit of a request."""
        self._end = time.monotonic() + LIMIT

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what has arrived. Raises TimeoutError."""
        self._connection.settimeout(max(self._end - time.monotonic(), 0.001))
        try:
            return self._raw.readinto(buffer)
        finally:
            self._connection.settimeout(LIMIT)

    def close(self) -> None:
        self._raw.close()
        super().close()


class Handler(SimpleHTTPRequestHandler):
    """Serves files as they are: no compression, also by byte ranges, always revalidated."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # malformed requests get a status line too
    server_version = "drportal"
    sys_version = ""
    disable_nagle_algorithm = (
        True  # headers and body are two writes; Nagle's algorithm would cost 40 ms per request
    )
    log: Callable[[str], None] | None = None

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._arriving = Arriving(self.connection)
        self.rfile = io.BufferedReader(self._arriving)

    def handle_one_request(self) -> None:
        self._arriving.begin()
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Whether a request is valid: with HTTP/1.1 it must have exactly one Host header."""
        if not super().parse_request():
            return False
        if self.request_version >= "HTTP/1.1" and len(self.headers.get_all("Host", [])) != 1:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return False
        if "Transfer-Encoding" in self.headers or self.headers.get("Content-Length", "0") != "0":
            self.close_connection = (
                True  # a request body is not read, and must not be taken for the next request
            )
        self.path = WHOLE_ADDRESS.sub("/", self.path, count=1)
        return True

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Handle all other methods."""
        if name.startswith("do_"):
            return self._refuse_method
        raise AttributeError(name)

    def send_head(self) -> io.BytesIO | BinaryIO | Parts | None:  # type: ignore[override]
        asked_path = self.path.split("?")[0].split("#")[0]
        if len(asked_path) > LONGEST_PATH:
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
            return None
        self._root = os.path.realpath(self.directory)  # a link to an edition may change during a request
        path = self._inside(asked_path)
        if path is None:
            return self._missing()
        if os.path.isdir(path):  # noqa: PTH112 (False for invalid names)
            if not asked_path.endswith("/"):
                return super().send_head()  # redirects, for relative links to work
            path = path / "index.html"
        elif asked_path.endswith("/"):
            return self._missing()
        file = self._open(path)
        if file is None:
            return self._missing()
        status = os.fstat(file.fileno())
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        asked = self.headers.get("Range")
        if self.headers.get("If-Range", tag) != tag:
            asked = None
        if self._is_known(tag, status.st_mtime):
            file.close()
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", tag)
            self._send_rules(path)
            self.end_headers()
            return None
        found = spans(asked, status.st_size)
        if found == []:
            file.close()
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{status.st_size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        return self._send_file_head(path, file, status, tag, found)

    def _send_file_head(
        self, path: Path, file: BinaryIO, status: os.stat_result, tag: str, found: list[Span] | None
    ) -> io.BytesIO | BinaryIO | Parts:
        """Send the headers before a file or ranges of it; returns the body."""
        media = type_of(path.name)
        body: BinaryIO | Parts = file
        self.send_response(HTTPStatus.OK if found is None else HTTPStatus.PARTIAL_CONTENT)
        if found is None or len(found) == 1:
            first, last = found[0] if found else (0, status.st_size - 1)
            file.seek(first)
            self._left = last - first + 1
        else:
            body = parts = Parts(file, found, status.st_size, media)
            self._left = parts.length
            media = f"multipart/byteranges; boundary={BOUNDARY}"
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(self._left))
        if found and len(found) == 1:
            self.send_header("Content-Range", f"bytes {first}-{last}/{status.st_size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", tag)
        self.send_header("Last-Modified", email.utils.formatdate(status.st_mtime, usegmt=True))
        self._send_rules(path)
        self.end_headers()
        return body

    def do_OPTIONS(self) -> None:
        """Answer a CORS preflight request."""
        self.send_response(HTTPStatus.NO_CONTENT)
        for name, value in (HEADERS | PREFLIGHT).items():
            self.send_header(name, value)
        self.end_headers()

    def _refuse_method(self) -> None:
        """Respond with the allowed methods; reads a short body first, else the response may be lost."""
        length = self.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and len(length) < 6:
            self.connection.settimeout(2)
            with contextlib.suppress(OSError):
                self.rfile.read(int(length))
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)

    def _inside(self, asked: str) -> Path | None:
        """The file or folder of a request path; None if it is outside the served folder."""
        words = os.fsdecode(unquote_to_bytes(asked.encode("latin-1"))).split("/")
        if any(word == ".." or "\\" in word or "\0" in word for word in words):
            return None
        return self._real(Path(self._root, *filter(None, words)))

    def _real(self, path: Path) -> Path | None:
        """A path with links resolved; None if it leads out of the served folder."""
        found, root = os.path.realpath(path), self._root.rstrip(os.sep) + os.sep
        return Path(found) if found == self._root or found.startswith(root) else None

    def _open(self, path: Path) -> BinaryIO | None:
        """A regular file, opened; None for anything else, on which a server could block forever."""
        real = self._real(path)
        if real is None or not os.path.isfile(real):  # noqa: PTH113 (False for invalid names)
            return None
        try:
            file = open(real, "rb", opener=_at_once)  # noqa: SIM115 (Path.open has no opener)
        except OSError:
            return None
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return file
        file.close()
        return None

    def _missing(self) -> BinaryIO | None:
        """The site's own "not found" page, if it has one."""
        page = Path(self._root) / "404.html"
        file = self._open(page)
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        self._left = os.fstat(file.fileno()).st_size
        self.send_response(HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", type_of(page.name))
        self.send_header("Content-Length", str(self._left))
        self._send_rules(page)
        self.end_headers()
        return file

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send an error without repeating the request, which may be long or hostile."""
        super().send_error(code)

    def send_response(self, code: int, message: str | None = None) -> None:
        super().send_response(code, message)
        if code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", METHODS)

    def _send_rules(self, path: Path) -> None:
        """Send the headers that every server of a site sends with a file: see hosting/rules.py."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", cache_control(path.as_posix()))
        with contextlib.suppress(OSError, ValueError):  # deleted meanwhile, or not a page of drportal
            if path.suffix == ".html" and (policy := page_policy(path)):
                self.send_header("Content-Security-Policy", policy)

    def _is_known(self, tag: str, changed: float) -> bool:
        """Whether the client already has the file, by its ETag or (for wget) by its time."""
        if known := self.headers.get("If-None-Match"):
            return any(one.strip().removeprefix("W/") in (tag, "*") for one in known.split(","))
        try:
            since = email.utils.parsedate_to_datetime(self.headers.get("If-Modified-Since") or "")
            return int(changed) <= since.timestamp()
        except (ValueError, OverflowError, TypeError, IndexError):
            return False

    def copyfile(self, source: io.BytesIO | BinaryIO | Parts, outputfile: BinaryIO) -> None:  # type: ignore[override]
        left = self._left
        try:
            while left > 0 and (block := source.read(min(left, SENT))):
                outputfile.write(block)
                left -= len(block)
        except OSError:
            pass  # the client disconnected, or the disk failed
        if left:  # the file has become shorter: the next response must not be taken for its rest
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        if self.log:
            line = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in format % args)
            self.log(line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…")


def _at_once(name: str, flags: int) -> int:
    """Open without blocking, in case the file has been replaced by a pipe."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


class Server(ThreadingHTTPServer):
    """A server that neither stops nor prints a traceback when a client disconnects."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError) and Handler.log:
            Handler.log(f"a request failed: {type(error).__name__}: {str(error)[:LONGEST_LINE]!r}")


def make_server(folder: Path, host: str, port: int, log: Callable[[str], None] | None) -> ThreadingHTTPServer:
    """A server of a folder, not yet running; port 0 selects a free one. Raises OSError for a port in use."""

    def handler(*args: object, **kwargs: object) -> Handler:
        return Handler(*args, directory=str(folder), **kwargs)  # type: ignore[arg-type]

    Handler.log = staticmethod(log) if log else None
    return Server((host, port), handler)
