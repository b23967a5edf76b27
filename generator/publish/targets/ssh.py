"""A folder of a server, by rsync over ssh."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ...files import Entry
from . import rsync
from .target import BEGUN, COPY_OF, Sent, refused

PLAIN = re.compile(r"([A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9_][\w.-]*|([A-Za-z0-9_][\w.-]*@)?\[[0-9A-Fa-f:.]+\]")

LINKED = """
rm -rf "$L"; mkdir -p "$L"
if [ -d "$T" ]; then
  cp -al "$T/." "$L/" 2>/dev/null || { rm -rf "$L"; mkdir "$L"; cp -a "$T/." "$L/"; }
fi
printf %s "$1" > "$L/$C"; mv "$L" "$S"
"""
"""Make the copy: of hard links, where the file system has them."""
SWAP = """
rm -f "$S/$B" "$S/$C"
if [ ! -e "$T" ]; then mv "$S" "$T"; exit; fi
mv --exchange -T "$S" "$T" 2>/dev/null || python3 -c '
import ctypes, os, sys
if ctypes.CDLL(None).renameat2(-100, os.fsencode(sys.argv[1]), -100, os.fsencode(sys.argv[2]), 2): sys.exit(1)
' "$S" "$T" 2>/dev/null || { mv "$T" "$F"; mv "$S" "$T"; }
rm -rf "$S" "$F"
"""
"""Exchange both folders in one step; in two renames where the server can do no better."""
RECOVER = 'if [ ! -e "$T" ] && [ -e "$F" ]; then mv "$F" "$T"; fi; rm -rf "$F"\n'
SUMS = "if command -v sha256sum >/dev/null; then sha256sum -c; else shasum -a 256 -c; fi 2>/dev/null || true"


class Ssh:
    """Files are completed in a copy next to the folder, which is exchanged for it at the end.

    The program and its options are those of RSYNC_RSH, as for rsync itself; "ssh" by default.
    """

    beside = True

    def __init__(self, where: str) -> None:
        self.name = where
        self.host, self._port, folder = _parts(where)
        folder = folder.rstrip("/")
        above, _, last = folder.rpartition("/")
        if not last or last in (".", ".."):
            raise refused(where, "names no folder of its own", "write e.g. user@server:/srv/www/survey")
        above = f"{above}/" if above or folder.startswith("/") else ""
        self._copy = f"{above}.{last}.publishing"
        names = {"T": folder, "S": self._copy, "L": f"{above}.{last}.linking"}
        names |= {"F": f"{above}.{last}.former", "B": BEGUN, "C": COPY_OF}
        self._names = "".join(f"{key}={shlex.quote(value)}\n" for key, value in names.items())
        self._do(RECOVER)

    def _do(self, script: str, data: bytes = b"", *arguments: str) -> str:
        """Run a script on the server. Raises InputError."""
        words = ["sh", "-c", f"set -e\n{self._names}{script}", "sh", *arguments]
        command = " ".join(map(shlex.quote, words))
        return rsync.run(self.name, [*self._shell(), self.host, command], data)

    def _shell(self) -> list[str]:
        usual = shlex.split(os.environ.get("RSYNC_RSH") or "ssh")
        return [*usual, *(["-p", self._port] if self._port else [])]

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def fetch(self, path: str, file: Path) -> bool:
        return self._fetch(f'"$T"/{shlex.quote(path)}', file)

    def fetch_begun(self, file: Path) -> bool:
        return self._fetch('"$S/$B"', file)

    def _fetch(self, path: str, file: Path) -> bool:
        there = self._do(f"test -f {path} && echo yes || true").strip() == "yes"
        if there:
            file.write_text(self._do(f"cat {path}"), encoding="utf-8", newline="\n")
        return there

    def is_empty(self) -> bool:
        return not self._do('if [ -e "$T" ]; then ls -A "$T"; fi').strip()

    def begin(self, manifest: Path) -> bool:
        of = 'of=$(cat "$T/manifest.json" 2>/dev/null | cksum)\n'
        there = self._do(of + 'if [ -d "$S" ] && [ "$(cat "$S/$C" 2>/dev/null)" = "$of" ]; then echo yes; fi')
        if fresh := there.strip() != "yes":
            self._do(of + 'rm -rf "$S"\nset -- "$of"' + LINKED)
        self._do('cat > "$S/$B.part"; mv "$S/$B.part" "$S/$B"', manifest.read_bytes())
        return fresh

    def put(self, site: Path, entries: Iterable[Entry], sent: Sent) -> None:
        shell = ("--rsh", shlex.join(self._shell()))
        rsync.put(self.name, site, f"{self.host}:{self._copy}/", entries, sent, shell)

    def remove(self, paths: Iterable[str]) -> None:
        for part in rsync.parts_of(Entry(path, 0, "") for path in paths):
            script = 'cd "$S"; xargs -0 rm -f --; find . -mindepth 1 -type d -empty -delete'
            self._do(script, rsync.named(part))

    def wrong(self, entries: Iterable[Entry], more: Callable[[int], None]) -> Iterator[str]:
        for part in rsync.parts_of(entries):
            lines = "".join(f"{entry.sha256}  {entry.path}\n" for entry in part)
            said = set(self._do(f'cd "$S"; {SUMS}', lines.encode()).splitlines())
            yield from (entry.path for entry in part if f"{entry.path}: OK" not in said)
            more(sum(entry.bytes for entry in part))

    def finish(self) -> None:
        self._do(SWAP)


def is_ssh(where: str) -> bool:
    """Whether a target is named as ssh and rsync do: host:folder, or ssh://host/folder."""
    host, colon, _ = where.partition(":")
    return where.startswith("ssh://") or (bool(colon) and "://" not in where and bool(PLAIN.fullmatch(host)))


def _parts(where: str) -> tuple[str, str, str]:
    """Host with user, port and folder of a target. Raises InputError."""
    fix = "write e.g. user@server:/srv/www/survey, or ssh://user@server:2222/srv/www/survey"
    if not where.startswith("ssh://"):
        host, _, folder = where.partition(":")
        return host, "", folder
    try:
        parts = urlsplit(where)
        port = str(parts.port or "")
    except ValueError:
        raise refused(where, "is not an address", fix) from None
    host = parts.netloc.rpartition(":")[0] if port else parts.netloc
    if not PLAIN.fullmatch(host):
        raise refused(where, "names no server", fix)
    return host, port, unquote(parts.path)
