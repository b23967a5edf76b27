"""Write and read manifest.json one line at a time; its lines are models of formats/manifest.py.

It is JSON with one file per line, ordered by path. Readers need no more memory for ten million files than for
ten, and detect duplicates. The manifest may be hostile: lines that do not fit the format are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..checksums import MANIFEST as MANIFEST
from ..checksums import PUBLIC_KEY as PUBLIC_KEY
from ..checksums import SIGNATURE as SIGNATURE
from ..files import PLAIN, Entry, unsafe
from ..formats.base import compact
from ..formats.copies import Mirror
from ..formats.manifest import (
    ENTRY,
    LARGEST,
    MANIFEST_FORMAT,
    ManifestHead,
    ManifestTail,
)
from ..problems import InputError, Problem

PARTIAL = Mirror.FILE
"""Records what a mirror leaves out; see mirror.py."""
HOST_FILES = ("_headers", ".nojekyll")
"""Files that some hosts expect next to a site; they are not part of the site."""
RESERVED = frozenset({MANIFEST, SIGNATURE, PARTIAL, "SHA256SUMS", *HOST_FILES})
LINE = 32_768
FIX = "do not use this copy: get the manifest again from where it was published"


@dataclass(frozen=True)
class Head:
    """The lines before the files."""

    of: str
    """Id of the release; "" for a portal."""
    label: str
    releases: tuple[str, ...]
    """Ids of the releases in a portal, which are folders with manifests of their own."""


def reserved(path: str) -> bool:
    """Whether a file is left out of the manifest: it describes the manifest, or is meant for a host."""
    return path in RESERVED


def head_line(head: Head) -> str:
    releases = list(head.releases)
    said = ManifestHead(
        format=MANIFEST_FORMAT, of=head.of, label=head.label, algorithm="sha256", releases=releases
    )
    return compact(said.members())[:-1] + ',"files":[\n'


def entry_line(entry: Entry, first: bool) -> str:
    """A `ManifestEntry`; put together here, because there may be millions."""
    path = f'"{entry.path}"' if PLAIN.fullmatch(entry.path) else compact(entry.path)
    said = f'{{"path":{path},"bytes":{entry.bytes},"sha256":"{entry.sha256}"}}'
    return said if first else f",\n{said}"


def tail_line(count: int, total: int) -> str:
    return "\n]," + compact(ManifestTail(count=count, bytes=total).members())[1:] + "\n"


class Listing:
    """A manifest on disk. Raises InputError wherever it is not as drportal writes it."""

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
        """The files, ordered by path."""
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
                        raise self._refused(number, "is incomplete")
                    continue
                entry = self._entry(line, number)
                if entry.path <= before:
                    twice = "appears twice" if entry.path == before else "is not in order"
                    raise self._refused(number, f"{shown(entry.path)} {twice}")
                before = entry.path
                count, total = count + 1, total + entry.bytes
                if total > LARGEST:
                    raise self._refused(number, "has a size larger than any disk")
                yield entry
            if line != tail_line(count, total)[1:].encode() or stream.read(1):
                raise self._refused(number, "does not end with the number of its files and bytes")

    def _head(self, line: bytes) -> Head:
        start, files, _ = line.partition(b',"files":[\n')
        try:
            said = ManifestHead.model_validate_json(start + b"}" if files else b"", strict=True)
        except ValidationError as error:
            wrong = {fault["loc"][0] for fault in error.errors() if fault["loc"]}
            if wrong and not wrong & {"format", "algorithm"}:
                raise self._refused(1, "does not name its release or portal") from None
            raise self._refused(1, f"is not a manifest of the format {MANIFEST_FORMAT}") from None
        for path in said.releases:
            if why := unsafe(path):
                raise self._refused(1, f"{shown(path)} {why}")
        return Head(said.of, said.label, tuple(said.releases))

    def _entry(self, line: bytes, number: int) -> Entry:
        try:
            said = ENTRY.validate_json(line.rstrip(b"\n").removesuffix(b","), strict=True)
        except ValidationError as error:
            raise self._refused(number, _wrong(error)) from None
        path = said["path"]
        if why := unsafe(path):
            raise self._refused(number, f"{shown(path)} {why}")
        if reserved(path):
            raise self._refused(number, f"{path} cannot be in a manifest")
        return Entry(path, said["bytes"], said["sha256"])

    def _refused(self, line: int, what: str) -> InputError:
        return InputError(Problem(self.name, f"line {line}", what, FIX))


_WRONG = {"path": "has an invalid path", "bytes": "has an impossible size", "sha256": "has no SHA-256"}


def _wrong(error: ValidationError) -> str:
    """What is wrong with a line that is not a valid entry."""
    fault = error.errors()[0]
    if fault["type"] == "json_invalid":
        return "is not one file per line"
    if not fault["loc"] or fault["type"] in ("missing", "extra_forbidden"):
        return "does not have path, bytes and sha256"
    return _WRONG[str(fault["loc"][0])]


def shown(path: str) -> str:
    """A path as one line of limited length, for messages."""
    said = json.dumps(path, ensure_ascii=True)
    return said if len(said) <= 120 else said[:117] + '…"'
