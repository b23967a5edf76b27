"""Files of a published site over HTTP: no more bytes than announced, and begun files are gone on with."""

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
"""What a disc says that takes no more."""


class FetchError(Exception):
    """A file that could not be had, in words."""


def is_address(where: str) -> bool:
    return where.lower().startswith(("http://", "https://"))


class Source:
    """A portal or a release at an address. May be used by many threads."""

    def __init__(self, address: str, follow: bool = False) -> None:
        """Without `follow` no answer leads to another server: it may be one in the reader's own network."""
        self.follow = follow
        advice = "write one such as https://survey.org/dr8/v1.0/"
        try:
            parts = urlsplit(address)
            sound = parts.hostname and not parts.query and not parts.fragment
        except ValueError:
            sound = False
        if not sound:
            raise InputError(Problem(address, "", "is no address of a site", advice))
        self.base = address.removesuffix("index.html").rstrip("/") + "/"
        self._local = threading.local()

    def blocks(self, path: str, start: int = 0) -> Iterator[bytes]:
        """The bytes of a file from `start` on, or from its beginning after an empty block where the server
        knows no ranges. Raises FetchError, or one of BROKEN on the way."""
        headers = {"Range": f"bytes={start}-"} if start else {}
        address = self.base + quote(path)
        with self._answer(address, headers) as answer:
            if answer.status_code not in (200, 206):
                raise FetchError(f"{answer.status_code} {answer.reason or ''}".strip())
            if start and not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                yield b""
            # What is compressed by itself is not to be unpacked, whatever a server says of it.
            packed = path.endswith((".gz", ".fz", ".bin"))
            yield from answer.raw.stream(BLOCK, decode_content=not packed)

    def _answer(self, address: str, headers: dict[str, str]) -> requests.Response:
        """The answer after all redirects that may be followed. Raises FetchError."""
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
                raise FetchError("leads to what is no address") from None
            if not is_address(address) or (before.startswith("https:") and not address.startswith("https:")):
                raise FetchError(f"leads to {shown(address)}, which is not as safe")
            if not self.follow and _origin(address) != _origin(self.base):
                raise FetchError(
                    f"leads to another server, {shown(_origin(address))}: "
                    "use that address, or --follow if it is meant to"
                )
        raise FetchError("leads from one address to another without end")

    def tail(self, path: str, size: int) -> bytes | None:
        """The last bytes of a file; None where the server does not give parts. Raises FetchError."""
        try:
            with self._answer(self.base + quote(path), {"Range": f"bytes=-{size}"}) as answer:
                return answer.raw.read(size, decode_content=False) if answer.status_code == 206 else None
        except BROKEN as error:
            raise FetchError(_said(error)) from None

    def digest(self, entry: Entry, more: Callable[[int], None]) -> tuple[int, str]:
        """Size and SHA-256 of a file; of one that is too long only so much is read. Raises FetchError."""
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
        """Bring a file into `part`, going on with what is there already.

        Raises FetchError, and OSError where it is the disc that fails, which other files will not help.
        """
        refused = 0
        for left in reversed(range(TRIES)):
            try:
                if self._go_on(entry, part, more):
                    return
                refused += 1
                if refused == 2:  # the first may have gone on with a file of another time
                    break
            except BROKEN as error:
                if isinstance(error, OSError) and error.errno in DISC:
                    raise OSError(error.errno, error.strerror, str(part)) from None
                if not left:
                    raise FetchError(_said(error)) from None
        raise FetchError(
            "is not what the manifest says: it may have changed on the way, or since the manifest"
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
                    if not block:  # from the beginning, after all
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
        """Bring a file that tells of others into `file`; False where there is none. Raises FetchError."""
        try:
            with file.open("wb") as stream:
                for block in self.blocks(path):
                    if stream.tell() + len(block) > most:
                        raise FetchError("is larger than any such file")
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
    """Scheme, host and port, by which servers differ."""
    parts = urlsplit(address)
    try:
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        port = None
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{port}"


def _said(error: BaseException) -> str:
    """What went wrong, without the insides of libraries."""
    if isinstance(error, (requests.Timeout, TimeoutError)):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate of the server is not trusted"
    if isinstance(error, (requests.RequestException, HTTPError)):
        return "the connection failed"
    return getattr(error, "strerror", None) or str(error)
