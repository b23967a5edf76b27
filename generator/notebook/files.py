"""The files of a release, in a folder or at an address, of which only the needed ranges are read."""

from __future__ import annotations

import io
import json
import re
import threading
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from fsspec import AbstractFileSystem

from .page.drportal import Error

WEB = re.compile(r"https?://", re.IGNORECASE)
SECONDS = 60
SCHEME = "drportal"
MARGIN = 64 << 10
"""Bytes read at least: neighbouring reads of a footer are one request."""


class Files:
    """Files of a release by their paths in it. Raises Error where one is not there."""

    def __init__(self, place: str) -> None:
        self.is_web = bool(WEB.match(place))
        address = re.sub(r"[^/]*\.html$", "", place.split("#")[0].split("?")[0]) if self.is_web else place
        self.place = address.rstrip("/") if self.is_web else str(Path(place).expanduser())
        self._session = requests.Session() if self.is_web else None
        if not self.is_web and Path(self.place).suffix == ".html":
            self.place = str(Path(self.place).parent)

    def address(self, path: str) -> str:
        """The address of a file."""
        return f"{self.place}/{quote(path)}" if self.is_web else str(Path(self.place) / path)

    def size(self, path: str) -> int:
        """Bytes of a file."""
        if self._session is None:
            return Path(self.address(path)).stat().st_size
        answer = self._answer("HEAD", path, {"Accept-Encoding": "identity"})
        return int(answer.headers.get("Content-Length", 0))

    def read(self, path: str, start: int = 0, end: int | None = None) -> bytes:
        """The bytes from `start` up to `end` of a file."""
        if self._session is None:
            try:
                with Path(self.address(path)).open("rb") as file:
                    file.seek(start)
                    return file.read() if end is None else file.read(end - start)
            except OSError as error:
                raise Error(f"{self.address(path)}: {error.strerror}") from None
        whole = start == 0 and end is None
        wanted = {} if whole else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        answer = self._answer("GET", path, {"Accept-Encoding": "identity"} | wanted)
        data: bytes = answer.content
        return data if whole or answer.status_code == 206 else data[start:end]

    def _answer(self, method: str, path: str, headers: dict[str, str]) -> requests.Response:
        assert self._session is not None
        try:
            answer = self._session.request(method, self.address(path), headers=headers, timeout=SECONDS)
            answer.raise_for_status()
        except requests.RequestException as error:
            status = getattr(error.response, "status_code", None)
            raise Error(f"{self.address(path)}: {f'HTTP {status}' if status else 'is not reached'}") from None
        return answer

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        try:
            self.size(path)
        except (Error, OSError):
            return False
        return True

    def json(self, path: str) -> Any:
        """The content of a JSON file."""
        try:
            return json.loads(self.read(path))
        except ValueError:
            raise Error(f"{self.address(path)} is not JSON") from None

    def block(self, path: str, ident: str) -> Any:
        """A JSON block of a page; None if it has none."""
        finder = _Blocks(ident)
        finder.feed(self.read(path).decode("utf-8", "replace"))
        return json.loads("".join(finder.text)) if finder.text else None

    def open(self, path: str) -> io.BufferedReader | Ranges:
        """A file to read from any place of it."""
        if self._session is None:
            return Path(self.address(path)).open("rb")
        return Ranges(self, path, self.size(path))

    def for_duckdb(self) -> FileSystem:
        """These files as DuckDB reads them, at `drportal://PATH`.

        Threads of pyarrow must not call Python for them: it can wait for these threads while it keeps
        Python from running.
        """
        return FileSystem(self)


class FileSystem(AbstractFileSystem):  # type: ignore[misc]
    """The files of a release at an address, which are only read."""

    protocol = SCHEME
    cachable = False

    def __init__(self, files: Files) -> None:
        super().__init__(skip_instance_cache=True)
        self._files = files

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        name = self._strip_protocol(path)
        return {"name": name, "size": self._files.size(name), "type": "file"}

    def modified(self, path: str) -> datetime:
        """A published file stays as it is."""
        return datetime.fromtimestamp(0, UTC)

    def open(self, path: str, mode: str = "rb", **_: Any) -> io.BufferedReader | Ranges:
        """A file to read."""
        return self._files.open(self._strip_protocol(path))


class _Blocks(HTMLParser):
    """Finds a JSON block by its id."""

    def __init__(self, ident: str) -> None:
        super().__init__()
        self.ident, self.text, self._inside = ident, list[str](), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        self._inside = (
            tag == "script" and about.get("type") == "application/json" and about.get("id") == self.ident
        )

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text.append(data)


class Ranges(io.RawIOBase):
    """A file elsewhere. Threads share it, each with a position of its own: DuckDB seeks, then reads."""

    def __init__(self, files: Files, path: str, size: int) -> None:
        self._files, self._path, self._size, self._own = files, path, size, _Place()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._own.at = offset + (0, self._own.at, self._size)[whence]
        return self._own.at

    def tell(self) -> int:
        return self._own.at

    def readinto(self, buffer: Any) -> int:
        own = self._own
        end = min(self._size, own.at + len(buffer))
        if end <= own.at:
            return 0
        if not own.start <= own.at <= end <= own.start + len(own.block):
            most = min(self._size, max(end, own.at + MARGIN))
            own.start, own.block = own.at, self._files.read(self._path, own.at, most)
        data = own.block[own.at - own.start : end - own.start]
        buffer[: len(data)] = data
        own.at += len(data)
        return len(data)


class _Place(threading.local):
    """Where a thread reads, and the bytes that it read last."""

    at = 0
    start = 0
    block = b""
