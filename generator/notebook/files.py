"""The files of a release, in a folder or at an address, of which only the needed ranges are read."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.fs
import requests

from .page.drportal import Error

WEB = re.compile(r"https?://", re.IGNORECASE)
SECONDS = 60
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

    def open(self, path: str) -> io.BufferedReader:
        """A file to read from any place of it."""
        if self._session is None:
            return Path(self.address(path)).open("rb")
        return io.BufferedReader(_Ranges(self, path, self.size(path)), MARGIN)

    def arrow(self) -> pyarrow.fs.FileSystem:
        """These files as pyarrow reads them."""
        return pyarrow.fs.PyFileSystem(_Handler(self))


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


class _Ranges(io.RawIOBase):
    """A file at an address."""

    def __init__(self, files: Files, path: str, size: int) -> None:
        self._files, self._path, self._size, self._at = files, path, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._size, self._at + len(buffer))
        if end <= self._at:
            return 0
        data = self._files.read(self._path, self._at, end)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Handler(pyarrow.fs.FileSystemHandler):  # type: ignore[misc]
    """What pyarrow needs to read files at an address."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Handler) and other.files is self.files

    __hash__ = None  # type: ignore[assignment]

    def get_type_name(self) -> str:
        return "drportal"

    def normalize_path(self, path: str) -> str:
        return path

    def get_file_info(self, paths: list[str]) -> list[Any]:
        return [
            pyarrow.fs.FileInfo(path, pyarrow.fs.FileType.File, size=self.files.size(path)) for path in paths
        ]

    def open_input_file(self, path: str) -> Any:
        return pa.PythonFile(self.files.open(path), mode="r")

    open_input_stream = open_input_file

    def _refuse(self, *_: Any) -> Any:
        raise NotImplementedError("files of a release are only read")

    get_file_info_selector = create_dir = delete_dir = delete_dir_contents = delete_root_dir_contents = (
        _refuse
    )
    delete_file = move = copy_file = open_output_stream = open_append_stream = _refuse
