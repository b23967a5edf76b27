"""Fetch files of a published site over HTTP: no more bytes than announced, and downloads are resumed."""

from __future__ import annotations

import errno
import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from .. import __version__
from ..files import Entry
from ..problems import InputError, Problem
from .listing import shown

BLOCK = 1 << 18
TRIES = 4
REDIRECTS = 10
WAIT = (15, 60)
"""Seconds to wait for a connection, and for the next bytes."""
BROKEN = (requests.RequestException, HTTPError, OSError)
DISC = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG)
"""Errors of a disk that accepts no more data."""


class FetchError(Exception):
    """A file that could not be fetched, with the reason."""


def is_address(where: str) -> bool:
    return where.lower().startswith(("http://", "https://"))


class Source:
    """A portal or a release at an address. Can be used by several threads."""

    def __init__(self, address: str, follow: bool = False) -> None:
        """Without `follow`, redirects to other servers are refused: these may be in a private network."""
        self.follow = follow
        advice = "write one such as https://survey.org/dr8/v1.0/"
        try:
            parts = urlsplit(address)
            sound = parts.hostname and not parts.query and not parts.fragment
        except ValueError:
            sound = False
        if not sound:
            raise InputError(Problem(address, "", "is not the address of a site", advice))
        self.base = address.removesuffix("index.html").rstrip("/") + "/"
        self._local = threading.local()

    def blocks(self, path: str, start: int = 0) -> Iterator[bytes]:
        """The bytes of a file from `start` on. Raises FetchError, or one of BROKEN during the transfer.

        If the server ignores ranges, an empty block comes first, and then the file from its beginning.
        """
        headers = {"Range": f"bytes={start}-"} if start else {}
        address = self.base + quote(path)
        with self._answer(address, headers) as answer:
            if answer.status_code not in (200, 206):
                raise FetchError(f"{answer.status_code} {answer.reason or ''}".strip())
            if start and not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                yield b""
            # Files that are compressed themselves must not be decompressed, whatever the server declares.
            packed = path.endswith((".gz", ".fz", ".bin"))
            yield from answer.raw.stream(BLOCK, decode_content=not packed)

    def _answer(self, address: str, headers: dict[str, str]) -> requests.Response:
        """The response after all permitted redirects. Raises FetchError."""
        for _ in range(REDIRECTS):
            try:
                answer = self._session().get(
                    address, headers=headers, stream=True, timeout=WAIT, allow_redirects=False
                )
                if not answer.is_redirect:
                    return answer
                answer.close()
                before, address = address, urljoin(address, answer.headers["Location"])
            except ValueError:
                raise FetchError("redirects to an invalid address") from None
            if not is_address(address) or (before.startswith("https:") and not address.startswith("https:")):
                raise FetchError(f"redirects to {shown(address)}, which is less secure")
            if not self.follow and _origin(address) != _origin(self.base):
                raise FetchError(
                    f"redirects to another server, {shown(_origin(address))}: "
                    "use that address, or --follow if it is meant to"
                )
        raise FetchError("redirects without end")

    def tail(self, path: str, size: int) -> bytes | None:
        """The last bytes of a file; None if the server does not support ranges. Raises FetchError."""
        try:
            with self._answer(self.base + quote(path), {"Range": f"bytes=-{size}"}) as answer:
                return answer.raw.read(size, decode_content=False) if answer.status_code == 206 else None
        except BROKEN as error:
            raise FetchError(_said(error)) from None

    def digest(self, entry: Entry, more: Callable[[int], None]) -> tuple[int, str]:
        """Size and SHA-256 of a file; stops reading a file that is too long. Raises FetchError."""
        for left in reversed(range(TRIES)):
            size, sha = 0, hashlib.sha256()
            try:
                for block in self.blocks(entry.path):
                    size += len(block)
                    sha.update(block)
                    more(len(block))
                    if size > entry.bytes:
                        break
                return size, sha.hexdigest()
            except BROKEN as error:
                if not left:
                    raise FetchError(_said(error)) from None
        raise AssertionError

    def save(self, entry: Entry, part: Path, more: Callable[[int], None]) -> None:
        """Download a file into `part`, resuming from what is already there.

        Raises FetchError, and OSError if the disk fails, which would fail for other files as well.
        """
        refused = 0
        for left in reversed(range(TRIES)):
            try:
                if self._go_on(entry, part, more):
                    return
                refused += 1
                if refused == 2:  # the first attempt may have resumed an older version of the file
                    break
            except BROKEN as error:
                if isinstance(error, OSError) and error.errno in DISC:
                    raise OSError(error.errno, error.strerror, str(part)) from None
                if not left:
                    raise FetchError(_said(error)) from None
        raise FetchError(
            "differs from the manifest: it may have changed in transit, or since the manifest was written"
        )

    def _go_on(self, entry: Entry, part: Path, more: Callable[[int], None]) -> bool:
        sha, size = hashlib.sha256(), 0
        with part.open("a+b") as stream:
            stream.seek(0)
            while block := stream.read(BLOCK):
                sha.update(block)
                size += len(block)
            if size < entry.bytes or size == 0:
                for block in self.blocks(entry.path, size):
                    if not block:  # the server starts from the beginning
                        stream.truncate(0)
                        sha, size = hashlib.sha256(), 0
                    size += len(block)
                    if size > entry.bytes:
                        break
                    stream.write(block)
                    sha.update(block)
                    more(len(block))
        if size < entry.bytes:
            raise requests.ConnectionError("the connection ended too early")
        if size == entry.bytes and sha.hexdigest() == entry.sha256:
            return True
        part.unlink()
        return False

    def text(self, path: str, file: Path, most: int) -> bool:
        """Download one of the site's lists into `file`; False if there is none. Raises FetchError."""
        try:
            with file.open("wb") as stream:
                for block in self.blocks(path):
                    if stream.tell() + len(block) > most:
                        raise FetchError("is larger than such a file can be")
                    stream.write(block)
        except FetchError as error:
            file.unlink(missing_ok=True)
            if str(error).startswith(("404", "410")):
                return False
            raise
        except BROKEN as error:
            file.unlink(missing_ok=True)
            raise FetchError(_said(error)) from None
        return True

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            again = Retry(3, backoff_factor=0.5, status_forcelist=(429, 502, 503, 504), raise_on_status=False)
            for scheme in ("http://", "https://"):
                session.mount(scheme, HTTPAdapter(max_retries=again))
            session.headers.update({"Accept-Encoding": "identity", "User-Agent": f"drportal/{__version__}"})
            self._local.session = session
        return session


def _origin(address: str) -> str:
    """Scheme, host and port, which identify a server."""
    parts = urlsplit(address)
    try:
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        port = None
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{port}"


def _said(error: BaseException) -> str:
    """The reason of a failure, without details of the library."""
    if isinstance(error, (requests.Timeout, TimeoutError)):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate of the server is not trusted"
    if isinstance(error, (requests.RequestException, HTTPError)):
        return "the connection failed"
    return getattr(error, "strerror", None) or str(error)
