"""Real browsers for the tests: Debian's Chromium and Firefox behind one small class."""

from __future__ import annotations

import contextlib
import http.server
import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hatch_build import node_folder  # noqa: E402


def node() -> str:
    """The program that runs the drivers: the system's, or that from PyPI."""
    return str(node_folder() / "node")


class Browser:
    """A running browser with one page. Every method raises RuntimeError with the driver's message."""

    def __init__(self, name: str, proxy: int | None = None) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [node(), str(Path(__file__).parent / "driver.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._ask("launch", name=name, proxy=proxy)

    def _ask(self, command: str, **rest: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"command": command} | rest) + "\n")
        self.process.stdin.flush()
        try:
            line = self.process.stdout.readline()
        except BaseException:
            # The answer may come later, and would be taken for that of the next question.
            self.process.kill()
            raise
        if not line:
            raise RuntimeError(f"the {self.name} driver ended")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def open(self, url: str, *, width: int = 1280, dark: bool = False, keep: bool = False) -> None:
        """A fresh page without history or storage, at an address. It may stay open for `show`."""
        self._ask("open", width=width, dark=dark, keep=url.split("?")[0] if keep else None)
        self._ask("goto", url=url)

    def show(self, address: str) -> bool:
        """Return to a page that is open at an address without query; whether there is one."""
        return bool(self._ask("show", address=address))

    def goto(self, url: str) -> None:
        self._ask("goto", url=url)

    def evaluate(self, script: str) -> Any:
        return self._ask("evaluate", script=script)

    def wait(self, script: str, seconds: float = 60) -> Any:
        """Wait until an expression is true in the page, and return its value."""
        return self._ask("wait", script=script, timeout=seconds * 1000)

    def click(self, selector: str) -> None:
        self._ask("click", selector=selector)

    def fill(self, selector: str, text: str) -> None:
        self._ask("fill", selector=selector, text=text)

    def press(self, key: str) -> None:
        """Press a key, or a combination: `Control+c`."""
        self._ask("press", key=key)

    def type(self, text: str) -> None:
        self._ask("type", text=text)

    def upload(self, selector: str, *paths: Path) -> None:
        self._ask("upload", selector=selector, paths=[str(p) for p in paths])

    def resize(self, width: int) -> None:
        self._ask("resize", width=width)

    def media(self, kind: str | None) -> None:
        """Lay the page out for paper (`print`), or as usual again (None)."""
        self._ask("media", type=kind)

    def screenshot(self, path: Path, full: bool = True) -> None:
        self._ask("screenshot", path=str(path), full=full)

    def paper(self, path: Path) -> str:
        """Print the page on A4 paper, as a PDF file; the text of all sheets without white space."""
        self._ask("pdf", path=str(path))
        text = subprocess.run(
            ["pdftotext", "-raw", path, "-"], capture_output=True, check=True, text=True
        ).stdout
        return "".join(text.split())

    @property
    def address(self) -> str:
        return str(self._ask("address"))

    @property
    def requests(self) -> list[str]:
        return list(self._ask("requests"))

    @property
    def complaints(self) -> list[str]:
        """Errors and warnings of the page's console, and uncaught exceptions."""
        return list(self._ask("complaints"))

    def heard(self) -> list[str]:
        """Complaints of all pages since the last call."""
        return list(self._ask("heard"))

    def quit(self) -> None:
        with contextlib.suppress(RuntimeError, BrokenPipeError):
            self._ask("quit")
        self.process.wait(30)


class _Refuse(http.server.BaseHTTPRequestHandler):
    """A proxy that blocks and records all requests."""

    asked: list[str]

    def refuse(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        self.send_error(403)

    do_GET = do_HEAD = do_POST = do_CONNECT = do_OPTIONS = refuse

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def closed_network() -> Iterator[tuple[int, list[str]]]:
    """Port of a proxy that blocks everything, and the list of its requests. Loopback bypasses it."""
    asked: list[str] = []
    handler = type("Refuse", (_Refuse,), {"asked": asked})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], asked
        server.shutdown()
