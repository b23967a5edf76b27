"""A folder of a WebDAV server: https://server/folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import requests

from ... import __version__
from .in_place import InPlace
from .target import refused

BLOCK = 1 << 20
WAIT = (15, 300)
"""Seconds to wait for a connection, and for the next bytes."""
RIGHTS = "see the address, and user and password for it in ~/.netrc"


class WebDav(InPlace):
    """User and password are those of ~/.netrc, as for curl and other programs."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        parts = urlsplit(where)
        if not parts.hostname or parts.query or parts.fragment:
            raise refused(where, "is not the address of a folder", "write e.g. https://server/dav/survey")
        if parts.username or parts.password:
            raise refused(parts.hostname, "an address with a password is kept by shells and logs", RIGHTS)
        self._base = where.rstrip("/") + "/"
        self._local, self._made, self._lock = threading.local(), set[str](), threading.Lock()

    def _ask(self, method: str, path: str, good: tuple[int, ...], **more: object) -> requests.Response:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.headers["User-Agent"] = f"drportal/{__version__}"
            session.headers["Accept-Encoding"] = "identity"
        address = self._base + quote(path)
        try:
            answer = session.request(method, address, timeout=WAIT, allow_redirects=False, **more)
        except requests.RequestException:
            raise refused(address, "the connection failed") from None
        if answer.status_code not in good:
            said = f"the server answers {answer.status_code} {answer.reason} to {method}"
            raise refused(address, said, RIGHTS if answer.status_code in (401, 403) else "see its settings")
        return answer

    def put_file(self, source: Path, path: str) -> None:
        self._make_folder(path.rpartition("/")[0])
        part = f"{path}.part"  # a server may show a file before all of it is there
        with source.open("rb") as stream:
            self._ask("PUT", part, (200, 201, 204), data=stream if source.stat().st_size else b"")
        goal = {"Destination": self._base + quote(path), "Overwrite": "T"}
        self._ask("MOVE", part, (201, 204), headers=goal)

    def _make_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        folders = [path]
        while folders[-1]:
            folders.append(folders[-1].rpartition("/")[0])
        with self._lock:
            for folder in reversed(folders):
                if folder not in self._made:
                    # 405: it is there already.
                    self._ask("MKCOL", f"{folder}/" if folder else "", (201, 405))
                    self._made.add(folder)

    def remove_file(self, path: str) -> None:
        self._ask("DELETE", path, (200, 204, 404))

    def blocks(self, path: str) -> Iterator[bytes] | None:
        answer = self._ask("GET", path, (200, 404), stream=True)
        if answer.status_code == 404:
            answer.close()
            return None
        return self._blocks(answer, path)

    def _blocks(self, answer: requests.Response, path: str) -> Iterator[bytes]:
        try:
            yield from answer.iter_content(BLOCK)
        except requests.RequestException:
            raise refused(self._base + path, "the connection ended too early") from None

    def is_empty(self) -> bool:
        answer = self._ask("PROPFIND", "", (207, 404), headers={"Depth": "1"})
        return answer.status_code == 404 or bool(answer.text.lower().count(":href>") <= 2)
