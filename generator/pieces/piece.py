"""A piece of a build: its inputs decide whether a copy in the cache can be used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..checksums import Progress
from ..files import Entry
from .sums import listed, sums_file

DATA = "data"
"""Folder of a piece with the files that go into the site; files beside it do not."""


@dataclass(frozen=True)
class Lines:
    """Lines to report about a piece that was made."""

    notes: Sequence[str] = ()
    """Reported now, and whenever the piece is used again."""
    once: Sequence[str] = ()
    """Reported only now."""
    parts: Sequence[str] = ()
    """Keys of the pieces whose files it contains as hard links: they stay as long as it does."""
    inputs: Mapping[str, str] | None = None
    """Its inputs, if making it has shown that they are fewer than those it was requested with."""


Maker = Callable[[Path, Progress], Lines]
"""Writes a piece into an empty folder. May raise InputError."""


_ENCODER = json.JSONEncoder(sort_keys=True, default=repr)


def digest_of(value: Any) -> str:
    """The digest of a value as JSON; values that JSON does not have enter by their `repr`."""
    return hashlib.sha256(_ENCODER.encode(value).encode()).hexdigest()


@dataclass(frozen=True)
class Piece:
    """A folder that a build makes.

    The name is shown to people and is unique within a build.
    """

    name: str
    inputs: Mapping[str, str]
    """Everything that decides its bytes, with the version of its maker: digests or short values, by name."""
    make: Maker
    aloud: bool = True
    """Whether the build reports that it makes it; quick ones are made silently."""
    reasons: Callable[[Mapping[str, str] | None], Iterable[tuple[str, str]]] | None = None
    """For pieces that can say it of their parts: the names of parts that would be made, and why.

    Called with the inputs of the last build; if it yields nothing, the reason of the whole applies.
    """

    @property
    def key(self) -> str:
        return digest_of([self.name, dict(self.inputs)])[:32]


@dataclass(frozen=True)
class Kept:
    """A piece in the cache."""

    folder: Path
    content: str
    """Digest of the names and checksums of its files, on which pieces made from it depend."""
    notes: tuple[str, ...] = ()
    """Lines to report."""
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)
    key: str = ""

    @property
    def data(self) -> Path:
        """The folder that goes into a site."""
        return self.folder / DATA

    @property
    def sums(self) -> Path:
        """The file with the checksums of its files."""
        return sums_file(self.folder)

    @property
    def files(self) -> Iterator[Entry]:
        return listed(self.sums)
