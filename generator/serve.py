"""A static server with byte ranges, for looking at a site before it is published."""

from __future__ import annotations

import email.utils
import io
import os
import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from .hosting.policies import page_policy
from .hosting.rules import HEADERS, PREFLIGHT, cache_control, type_of

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Handler(SimpleHTTPRequestHandler):
    """Files as they are: no compression, one byte range a request, and always asked for anew (with a 304)."""

    protocol_version = "HTTP/1.1"
    server_version = "drportal"
    sys_version = ""
    disable_nagle_algorithm = True  # headers and body leave in two writes; waiting would cost 40 ms a request
    log: Callable[[str], None] | None = None

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            if not self.path.split("?")[0].endswith("/"):
                return super().send_head()  # redirects, so that relative links work
            path = path / "index.html"
        try:
            file = path.open("rb")
        except OSError:
            return self._missing()
        status = os.fstat(file.fileno())
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        first, last = 0, status.st_size - 1
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
        code = HTTPStatus.OK
        if asked and (match := RANGE.fullmatch(asked.strip())) and any(match.groups()):
            start, end = match.groups()
            first = int(start) if start else max(0, status.st_size - int(end))
            last = min(int(end), last) if start and end else last
            if first > last:
                file.close()
                self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.send_header("Content-Range", f"bytes */{status.st_size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None
            code = HTTPStatus.PARTIAL_CONTENT
        self.send_response(code)
        self.send_header("Content-Type", type_of(path.name))
        self.send_header("Content-Length", str(last - first + 1))
        if code is HTTPStatus.PARTIAL_CONTENT:
            self.send_header("Content-Range", f"bytes {first}-{last}/{status.st_size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", tag)
        self.send_header("Last-Modified", email.utils.formatdate(status.st_mtime, usegmt=True))
        self._send_rules(path)
        self.end_headers()
        file.seek(first)
        self._left = last - first + 1
        return file

    def do_OPTIONS(self) -> None:
        """A browser asks whether a page of another site may read."""
        self.send_response(HTTPStatus.NO_CONTENT)
        for name, value in (HEADERS | PREFLIGHT).items():
            self.send_header(name, value)
        self.end_headers()

    def _missing(self) -> BinaryIO | None:
        """The site's own page for what is not there, where it has one."""
        page = Path(self.directory) / "404.html"
        if not page.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        self._left = page.stat().st_size
        self.send_response(HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", type_of(page.name))
        self.send_header("Content-Length", str(self._left))
        self._send_rules(page)
        self.end_headers()
        return page.open("rb")

    def _send_rules(self, path: Path) -> None:
        """What every server of a site says of a file: see hosting/rules.py."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", cache_control(path.as_posix()))
        if path.suffix == ".html" and (policy := page_policy(path)):
            self.send_header("Content-Security-Policy", policy)

    def _is_known(self, tag: str, changed: float) -> bool:
        """Whether the reader has the file already, by its tag or (as wget asks) by its time."""
        if known := self.headers.get("If-None-Match"):
            return known == tag
        try:
            since = email.utils.parsedate_to_datetime(self.headers.get("If-Modified-Since") or "")
            return int(changed) <= since.timestamp()
        except (ValueError, OverflowError):
            return False

    def copyfile(self, source: io.BytesIO | BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        left = self._left
        try:
            while left > 0 and (block := source.read(min(left, 1 << 20))):
                outputfile.write(block)
                left -= len(block)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the reader went away

    def log_message(self, format: str, *args: object) -> None:
        if self.log:
            self.log(format % args)


def make_server(folder: Path, host: str, port: int, log: Callable[[str], None] | None) -> ThreadingHTTPServer:
    """A server of a folder, not yet running; port 0 takes a free one. Raises OSError for a taken port."""

    def handler(*args: object, **kwargs: object) -> Handler:
        return Handler(*args, directory=str(folder), **kwargs)  # type: ignore[arg-type]

    Handler.log = staticmethod(log) if log else None
    server = ThreadingHTTPServer((host, port), handler)
    server.daemon_threads = True
    return server
