"""A server that stops in the middle of a file: as slow as a test wants, or interrupted."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from drportal.serve import Handler


class Stop:
    """A rule for responses to addresses that contain a word."""

    def __init__(self, word: str, share: float, cuts: int | None) -> None:
        self.word, self.share, self.cuts = word, share, cuts
        self.ends: set[str] = set()
        """What is cut whenever it is asked for: addresses with the last byte that is wanted."""
        self.stopped, self.go_on = threading.Event(), threading.Event()
        self.lock = threading.Lock()
        self.breaks = False

    def here(self, wanted: str) -> bool:
        """Wait as long as the test wants; whether the answer to a request ends here."""
        with self.lock:
            cut = self.cuts is None or wanted in self.ends or len(self.ends) < self.cuts
            if cut:
                self.ends.add(wanted)
        self.stopped.set()
        return cut or (self.go_on.wait(60) and self.breaks)

    def end(self, *, breaks: bool = False) -> None:
        """What waits goes on, or breaks."""
        self.breaks = breaks
        self.go_on.set()


class Slow:
    """A server that delays responses to addresses with a word in them; it never answers `/nothing`."""

    def __init__(self) -> None:
        self.address = ""
        self.stop: Stop | None = None
        self.short, self.times, self.shortened = "", 0, 0

    def shorten(self, word: str, times: int) -> None:
        """Leave out the end of the next few ranges of files with this word."""
        self.short, self.times, self.shortened = word, times, 0

    def hold(self, word: str, share: float = 0.5) -> None:
        """Answer to addresses with this word up to a share of the bytes; 0: not even a status."""
        self._set(Stop(word, share, 0))

    def cut(self, word: str, share: float = 0.5, first: int | None = None) -> None:
        """Close the connection there: of all answers, or of those to the first few questions; others wait."""
        self._set(Stop(word, share, first))

    def _set(self, stop: Stop | None) -> None:
        self.release()
        self.stop = stop

    def reached(self) -> bool:
        """Whether a client waits for a delayed response, or was disconnected, within 30 s."""
        return self.stop is not None and self.stop.stopped.wait(30)

    def release(self) -> None:
        """Answer all, also what waits."""
        if stop := self.work_again():
            stop.end()

    def work_again(self) -> Stop | None:
        """Answer all new requests; waiting ones go on waiting."""
        stop, self.stop = self.stop, None
        return stop


@contextlib.contextmanager
def slow_server(folder: Path) -> Iterator[Slow]:
    """A folder served like `drportal serve`, except for responses that a test delays."""
    slow = Slow()

    class Handheld(Handler):
        stop: Stop | None

        @property
        def _wanted(self) -> str:
            return f"{self.path} {(self.headers['Range'] or '').rpartition('-')[2]}"

        def do_GET(self) -> None:
            if self.path == "/nothing":
                self.send_response(204)
                self.end_headers()
                return
            if (
                self.headers["Range"]
                and slow.short
                and slow.short in self.path
                and slow.shortened < slow.times
            ):
                slow.shortened += 1
                first, last = self.headers["Range"].split("-")
                self.headers.replace_header("Range", f"{first}-{max(int(last) - 10, int(first[6:]))}")
            stop = slow.stop
            self.stop = stop if stop and stop.word in self.path else None
            if self.stop and not self.stop.share:
                self.stop.here(self._wanted)
                self.close_connection = True
                return
            super().do_GET()

        def send_header(self, keyword: str, value: str) -> None:
            # What was read before is read again.
            kept = keyword == "Cache-Control" and not self.path.split("?")[0].endswith(".html")
            super().send_header(keyword, "no-store" if kept else value)

        def copyfile(self, source: Any, outputfile: Any) -> None:
            if self.stop is None:
                super().copyfile(source, outputfile)
                return
            whole = self._left
            self._left = int(whole * self.stop.share)
            rest = whole - self._left
            super().copyfile(source, outputfile)
            outputfile.flush()
            if self.stop.here(self._wanted):
                self.close_connection = True
                return
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
