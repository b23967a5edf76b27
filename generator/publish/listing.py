"""The format of manifest.json: which names and numbers it may hold, written and read a line at a time.

It is JSON with one file a line, in the order of the paths. Readers need no more memory for ten million files
than for ten, and find what stands twice. Whoever made it may mean harm: what does not fit is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..checksums import MANIFEST as MANIFEST
from ..checksums import PUBLIC_KEY as PUBLIC_KEY
from ..checksums import SIGNATURE as SIGNATURE
from ..problems import InputError, Problem

PARTIAL = "mirror.json"
"""What a mirror was asked to leave out; see mirror.py."""
HOST_FILES = ("_headers", ".nojekyll")
"""What some hosts want to find beside a site; it is written for the host and is not of the site."""
FORMAT = "drportal-manifest-1"
LARGEST = 2**53 - 1
"""Bytes of a file, and of all: whole numbers that every reader of JSON knows exactly."""
LINE = 32_768
SHA256 = re.compile(r"[0-9a-f]{64}")
DRIVE = re.compile(r"[A-Za-z]:")
MEND = "do not use this copy: get the manifest again from where it was published"


@dataclass(frozen=True)
class Entry:
    """A file of a release or a portal."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Head:
    """What stands before the files."""

    of: str
    """Id of the release; "" for a portal."""
    label: str
    releases: tuple[str, ...]
    """Ids of the releases in a portal, which are folders with manifests of their own."""


def unsafe(path: str) -> str | None:
    """Why a path may lead out of its folder, or mean another file to another system; None if it does not."""
    if not path or path.startswith("/") or DRIVE.match(path):
        return "is no relative path"
    if "\\" in path or any(ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in path):
        return "holds a backslash or a control character"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "holds an empty part, . or .."
    if len(path.encode()) > 4000 or any(len(part.encode()) > 255 for part in parts):
        return "is longer than file systems allow"
    return None


def reserved(path: str) -> bool:
    """Whether it is a file that tells of the manifest, or is for a host, and is not in it."""
    return path in (MANIFEST, SIGNATURE, PARTIAL, "SHA256SUMS", *HOST_FILES)


def head_line(head: Head) -> str:
    said = {"format": FORMAT, "of": head.of, "label": head.label, "algorithm": "sha256"}
    said |= {"releases": list(head.releases)}  # type: ignore[dict-item]
    return _json(said)[:-1] + ',"files":[\n'


def entry_line(entry: Entry, first: bool) -> str:
    said = {"path": entry.path, "bytes": entry.bytes, "sha256": entry.sha256}
    return ("" if first else ",\n") + _json(said)


def tail_line(count: int, total: int) -> str:
    return f'\n],"count":{count},"bytes":{total}}}\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Listing:
    """A manifest on disc. Raises InputError wherever it is not what drportal writes."""

    def __init__(self, file: Path, name: str | None = None) -> None:
        self.file = file
        self.name = name or str(file)
        with file.open("rb") as stream:
            self.head = self._head(stream.readline(LINE * 64))
        self.count = self.bytes = 0
        for entry in self:
            self.count += 1
            self.bytes += entry.bytes

    def __iter__(self) -> Iterator[Entry]:
        """The files in order of their paths."""
        count = total = 0
        before = ""
        with self.file.open("rb") as stream:
            stream.readline(LINE * 64)
            number = 1
            while True:
                number += 1
                line = stream.readline(LINE)
                if line.startswith(b"]"):
                    break
                if not line.strip():
                    if not line:
                        raise self._refused(number, "ends before its end")
                    continue
                entry = self._entry(line, number)
                if entry.path <= before:
                    twice = "stands twice" if entry.path == before else "is not in order"
                    raise self._refused(number, f"{shown(entry.path)} {twice}")
                before = entry.path
                count, total = count + 1, total + entry.bytes
                if total > LARGEST:
                    raise self._refused(number, "is said to be larger than any disc")
                yield entry
            if line != tail_line(count, total)[1:].encode() or stream.read(1):
                raise self._refused(number, "does not end with the number of its files and bytes")

    def _head(self, line: bytes) -> Head:
        try:
            said = json.loads(line.decode() + "]}") if line.endswith(b'"files":[\n') else None
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or said.get("format") != FORMAT or said.get("algorithm") != "sha256":
            raise self._refused(1, f"is no manifest of the format {FORMAT}")
        of, label, releases = said.get("of"), said.get("label"), said.get("releases")
        words = [of, label, *releases] if isinstance(releases, list) else [None]
        if not all(isinstance(word, str) for word in words):
            raise self._refused(1, "does not say what it is of")
        of, label, *releases = map(str, words)
        for path in releases:
            if why := unsafe(path):
                raise self._refused(1, f"{shown(path)} {why}")
        return Head(of, label, tuple(releases))

    def _entry(self, line: bytes, number: int) -> Entry:
        try:
            said = json.loads(line.decode().rstrip("\n").removesuffix(","))
        except (ValueError, RecursionError):
            raise self._refused(number, "is not one file a line") from None
        if not isinstance(said, dict) or said.keys() != {"path", "bytes", "sha256"}:
            raise self._refused(number, "is not path, bytes and sha256")
        path, size, sha256 = said["path"], said["bytes"], said["sha256"]
        if not isinstance(path, str):
            raise self._refused(number, "has a path that is no text")
        if why := unsafe(path):
            raise self._refused(number, f"{shown(path)} {why}")
        if reserved(path):
            raise self._refused(number, f"{path} cannot be in a manifest")
        if type(size) is not int or not 0 <= size <= LARGEST:
            raise self._refused(number, f"{shown(path)} has an impossible size")
        if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
            raise self._refused(number, f"{shown(path)} has no SHA-256")
        return Entry(path, size, sha256)

    def _refused(self, line: int, what: str) -> InputError:
        return InputError(Problem(self.name, f"line {line}", what, MEND))


def shown(path: str) -> str:
    """A path as a message may show it: one line, and not a very long one."""
    said = json.dumps(path, ensure_ascii=True)
    return said if len(said) <= 120 else said[:117] + '…"'
