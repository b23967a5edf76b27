"""A server that stops in the middle of a file: as slow as a test wants, or broken off."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from drportal.serve import Handler


class Slow:
    """A server that holds up answers to addresses with a word in them; to `/nothing` it has no answer."""

    def __init__(self) -> None:
        self.address = ""
        self.word: str | None = None
        self.share = 0.5
        self.breaks = False
        self.held = threading.Event()
        self.go_on = threading.Event()

    def hold(self, word: str, share: float = 0.5) -> None:
        """Answer to addresses with this word up to a share of the bytes; 0: not even a status."""
        self.release()
        self.word, self.share, self.breaks = word, share, False

    def cut(self, word: str, share: float = 0.5) -> None:
        """Close the connection there."""
        self.hold(word, share)
        self.breaks = True

    def release(self) -> None:
        self.word = None
        self.go_on.set()
        self.held, self.go_on = threading.Event(), threading.Event()

    def stop_here(self, handler: Handler) -> None:
        go_on = self.go_on
        self.held.set()
        if not self.breaks:
            go_on.wait(60)
        handler.close_connection = True


@contextlib.contextmanager
def slow_server(folder: Path) -> Iterator[Slow]:
    """A folder as `drportal serve` serves it, but for what a test holds up."""
    slow = Slow()

    class Handheld(Handler):
        def do_GET(self) -> None:
            if self.path == "/nothing":
                self.send_response(204)
                self.end_headers()
                return
            self.held = bool(slow.word and slow.word in self.path)
            if self.held and not slow.share:
                slow.stop_here(self)
                return
            super().do_GET()

        def copyfile(self, source: Any, outputfile: Any) -> None:
            whole = self._left
            if self.held:
                self._left = int(whole * slow.share)
            rest = whole - self._left
            super().copyfile(source, outputfile)
            if self.held:
                outputfile.flush()
                slow.stop_here(self)
            if self.held and not slow.breaks:
                self._left = rest
                super().copyfile(source, outputfile)

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # the reader went away
                super().handle()

    def handler(*args: Any, **kwargs: Any) -> Handheld:
        return Handheld(*args, directory=str(folder), **kwargs)

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        slow.address = f"http://127.0.0.1:{server.server_address[1]}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield slow
        slow.release()
        server.shutdown()
