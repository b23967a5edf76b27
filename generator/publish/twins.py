"""Find what script twins repeat: an encrypted edition need not contain the same bytes twice."""

from __future__ import annotations

from pathlib import Path

from ..carried import as_script, from_script
from ..checksums import TWINS
from .sealed_index import Twin

LARGEST = 64 << 20
SIGN = 256
"""Number of first bytes by which the file is found that a twin repeats."""


class Twins:
    """Finds the file that each twin repeats, for twins ordered by name; None for an ordinary file."""

    def __init__(self, release: Path) -> None:
        self.release = release
        self._owner = ""
        self._begins: dict[bytes, list[tuple[Path, int]]] = {}
        self._next: tuple[Path, int] | None = None

    def of(self, path: str, file: Path) -> Twin | None:
        owner, _, inner = path.rpartition(f"/{TWINS}/") if f"/{TWINS}/" in path else ("", "", "")
        if not inner.endswith(".js") or not owner.startswith("data/") or file.stat().st_size > LARGEST:
            return None
        content = file.read_bytes()
        head, data = from_script(content) or ("", b"")
        if not data or as_script(head, data) != content:
            return None
        self._enter(owner)
        for source, offset in [*([self._next] if self._next else []), *self._begins.get(data[:SIGN], [])]:
            with source.open("rb") as stream:
                stream.seek(offset)
                if stream.read(len(data)) == data:
                    self._next = (source, offset + len(data))
                    name = source.relative_to(self.release).as_posix()
                    return Twin(path, head, name, offset, len(data))
        return None

    def _enter(self, owner: str) -> None:
        """Record the first bytes of each file of this catalogue or set."""
        if owner == self._owner:
            return
        self._owner, self._next = owner, None
        self._begins = {}
        for file in sorted((self.release / owner).rglob("*.parquet")):
            with file.open("rb") as stream:
                head = stream.read(SIGN + 4)
            for offset in (0, 4):
                self._begins.setdefault(head[offset : offset + SIGN], []).append((file, offset))


def script(twin: Twin, data: bytes) -> bytes:
    """The content of a twin, made from the bytes that it repeats."""
    return as_script(twin.head, data)
