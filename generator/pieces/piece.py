"""A piece of a build: what it is made from decides whether what was kept of it can be used."""

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
"""Folder of a piece: what goes into the site. What lies beside it does not."""


@dataclass(frozen=True)
class Lines:
    """What to report of a piece that was made."""

    notes: Sequence[str] = ()
    """Now, and whenever the piece is used again."""
    once: Sequence[str] = ()
    """Now alone."""
    parts: Sequence[str] = ()
    """Keys of the pieces whose files it has by hard links: they stay as long as it does."""


Maker = Callable[[Path, Progress], Lines]
"""Writes a piece into an empty folder. Raises InputError."""


def digest_of(value: Any) -> str:
    """The digest of a value that JSON can have; other values by their `repr`."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=repr).encode()).hexdigest()


@dataclass(frozen=True)
class Piece:
    """Something that a build makes: a folder.

    The name is for people and says which one it is: no two pieces of a build share it.
    """

    name: str
    inputs: Mapping[str, str]
    """All that decides its bytes, its maker's format too: digests or short values, by what they are of."""
    make: Maker
    aloud: bool = True
    """Whether a build says that it begins it; what takes no time is made without a word."""
    reasons: Callable[[Mapping[str, str] | None], Iterable[tuple[str, str]]] | None = None
    """Why it would be made, where it can say that of its parts: their names, and the reason of each.

    It is called with the inputs of the last build; no reason is that of the whole.
    """

    @property
    def key(self) -> str:
        return digest_of([self.name, dict(self.inputs)])[:32]


@dataclass(frozen=True)
class Kept:
    """A piece as it is kept between builds."""

    folder: Path
    content: str
    """Digest of the names and checksums of its files: what pieces made from it depend on."""
    notes: tuple[str, ...] = ()
    """Lines to report."""
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def data(self) -> Path:
        """What of it goes into a site."""
        return self.folder / DATA

    @property
    def sums(self) -> Path:
        """The list of its files with their checksums."""
        return sums_file(self.folder)

    @property
    def files(self) -> Iterator[Entry]:
        return listed(self.sums)
