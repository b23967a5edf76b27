"""A small portal whose manifests are signed, and servers for its site."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from drportal.publish.minisign import SigningKey, signing_key
from drportal.serve import Handler

from .commands import drportal
from .conftest import RELEASE

SEED = bytes(range(32))


def secret_key(seed: bytes) -> str:
    """A secret key as `minisign -G -W` writes them, made from a seed."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    number = hashlib.sha256(seed).digest()[:8]
    check = hashlib.blake2b(b"Ed" + number + seed + public, digest_size=32).digest()
    raw = b"Ed\0\0B2" + bytes(32) + bytes(16) + number + seed + public + check
    return f"untrusted comment: minisign secret key\n{base64.b64encode(raw).decode()}\n"


def key_of(seed: bytes) -> SigningKey:
    """The same key, unlocked."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "secret").write_text(secret_key(seed))
        key = signing_key("secret", Path(folder))
    assert key
    return key


def write_portal(portal: Path, more: str = 'signing_key = "keys/secret"\n') -> None:
    """Two releases, each with a catalogue; `more` is added to portal.toml."""
    for version in ("v1", "v2"):
        release = portal / "releases" / "test" / version
        release.mkdir(parents=True)
        rows = "".join(f"{i},{i * 4},{-i},S\n" for i in range(80))
        (release / "stars.csv").write_text("id,ra,dec,class\n" + rows)
        catalogue = '\n[[catalogues]]\nname = "stars"\nsource = "stars.csv"\n'
        (release / "release.toml").write_text(RELEASE.format(version=version) + catalogue)
    (portal / "portal.toml").write_text('name = "TEST"\ntitle = "Test"\nlanguages = ["en", "zh"]\n' + more)
    (portal / "keys").mkdir()
    (portal / "keys" / "secret").write_text(secret_key(SEED))


def build(folder: Path) -> Path:
    portal = folder / "portal"
    write_portal(portal)
    drportal("build", "--portal", portal, check=True)
    return portal / "build" / "site"


class Slow(Handler):
    """The server of `drportal serve` on a slow line."""

    delay = 0.0

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        left = self._left
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while left > 0 and (block := source.read(min(left, 200_000))):
                outputfile.write(block)
                left -= len(block)
                time.sleep(self.delay)
            return
        self.close_connection = True


@contextlib.contextmanager
def published(folder: Path, delay: float = 0.0) -> Iterator[tuple[str, list[str]]]:
    """Address of a folder on a server, and the requests that it has had: path, status and range."""
    seen: list[str] = []

    class Watched(Slow):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def log_request(self, code: int = 0, size: object = "-") -> None:
            seen.append(f"{self.path} {int(code)} {self.headers.get('Range', '')}".strip())

    Watched.delay = delay
    with ThreadingHTTPServer(("127.0.0.1", 0), Watched) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", seen
        server.shutdown()
