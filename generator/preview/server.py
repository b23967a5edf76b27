"""Serve the tree that is shown, with events that tell pages of changes."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

from ..byte_ranges import Parts
from ..hosting.policies import META
from ..serve import Handler, Server
from .tree import Tree

OWN = "/-/"
"""Addresses of the preview itself: no release can have such an id."""
SCRIPT, EVENTS = f"{OWN}preview.js", f"{OWN}events"
TAG = f'<script src="{SCRIPT}" defer></script>'.encode()
BEAT = 15.0
"""Seconds between signs of life to a page."""
WAITING = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>drportal preview</title>'
    + TAG
    + b"</head><body><p>%s</p></body></html>"
)


@dataclass(frozen=True)
class State:
    """What pages receive."""

    number: int = 0
    """Increased with every change and every error."""
    data: int = 0
    """The number of the last change of data, which pages load without being other pages."""
    problems: tuple[str, ...] = ()

    @property
    def event(self) -> bytes:
        said = {"number": self.number, "data": self.data, "problems": self.problems}
        return f"data: {json.dumps(said)}\n\n".encode()


class Shown:
    """What is shown now, and who looks at it; shared by the builds and all requests."""

    def __init__(self) -> None:
        self.tree = Tree()
        self._changed = threading.Condition()
        self._state = State()
        self._open: dict[int, str] = {}

    def show(self, tree: Tree) -> None:
        """Show another tree; the errors of the last one are gone."""
        with self._changed:
            number = self._state.number + 1
            same = tree.data == self.tree.data
            self.tree = tree
            self._state = State(number, self._state.data if same else number)
            self._changed.notify_all()

    def fail(self, problems: Sequence[str]) -> None:
        """Show errors over the last good pages."""
        with self._changed:
            self._state = State(self._state.number + 1, self._state.data, tuple(problems))
            self._changed.notify_all()

    def state(self) -> State:
        """The state of now."""
        with self._changed:
            return self._state

    def after(self, state: State, seconds: float) -> State:
        """The state after a change; the same one if nothing changed for some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._state != state, seconds)
            return self._state

    def watch(self, reader: int, page: str | None) -> None:
        """Remember which page somebody looks at; None when they have left."""
        with self._changed:
            if page is None:
                self._open.pop(reader, None)
            else:
                self._open[reader] = page

    def open_releases(self) -> set[str]:
        """Ids of the releases whose pages are open."""
        with self._changed:
            return {self.tree.release_of(page) for page in self._open.values()} - {""}


class PreviewHandler(Handler):
    """Serves files of the tree; pages get the script of the preview, which no file has."""

    shown: Shown

    def do_GET(self) -> None:
        if self.path.partition("?")[0] == EVENTS:
            self._send_events()
        else:
            super().do_GET()

    def send_head(self) -> io.BytesIO | BinaryIO | Parts | None:  # type: ignore[override]
        path = unquote(self.path.partition("?")[0].partition("#")[0]).lstrip("/")
        if f"/{path}" == SCRIPT:
            script = Path(__file__).with_name("preview.js").read_bytes()
            return self._send_bytes(script, "text/javascript; charset=utf-8")
        tree = self.shown.tree
        if tree.is_folder(path):
            query = self.path.partition("?")
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"{query[0]}/{query[1]}{query[2]}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        file = tree.find(path)
        if file is None or file.suffix == ".html":
            return self._send_page(file)
        self.path = "/" + path.replace("%", "%25")
        return super().send_head()

    def _inside(self, asked: str) -> Path | None:
        return self.shown.tree.find(unquote(asked).lstrip("/"))

    def _real(self, path: Path) -> Path | None:
        """Files of the tree are where the builds put them: every request was looked up in it."""
        return path

    def _send_page(self, file: Path | None) -> BinaryIO | None:
        """A page with the script of the preview at the end of its head."""
        status = HTTPStatus.OK
        if file is None:
            status = HTTPStatus.NOT_FOUND
            file = self.shown.tree.find("404.html")
        if file is None:
            said = b"There is no such page." if self.shown.tree.releases else b"The first build is running."
            return self._send_bytes(WAITING % said, "text/html; charset=utf-8", status)
        text, stat = file.read_bytes(), file.stat()
        policy = META.search(text)
        # A page that may not connect is shown as it is: its policy decides what runs in it.
        head = text.find(b"</head>", policy.end() if policy else 0)
        text = text[:head] + TAG + text[head:] if head >= 0 else text
        tag = f'"{stat.st_mtime_ns:x}-{stat.st_ino:x}-{stat.st_size:x}"'
        return self._send_bytes(text, "text/html; charset=utf-8", status, tag)

    def _send_bytes(
        self, data: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK, tag: str = ""
    ) -> BinaryIO:
        self._left = len(data)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        return io.BytesIO(data)

    def _send_events(self) -> None:
        """Tell a page of changes until it is closed."""
        page = parse_qs(urlsplit(self.path).query).get("page", [""])[0].lstrip("/")
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        reader, state = id(self), self.shown.state()
        self.shown.watch(reader, page)
        try:
            self.wfile.write(state.event)
            while True:
                following = self.shown.after(state, BEAT)
                self.wfile.write(b":\n\n" if following == state else following.event)
                state = following
        except OSError:
            pass  # the page was closed
        finally:
            self.shown.watch(reader, None)


def preview_server(
    shown: Shown, host: str, port: int, log: Callable[[str], None] | None
) -> ThreadingHTTPServer:
    """A server of what is shown, not yet running; port 0 selects a free one. Raises OSError."""

    class Own(PreviewHandler):
        pass

    Own.shown, Own.log = shown, staticmethod(log) if log else None
    return Server((host, port), Own)
