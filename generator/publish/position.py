"""Save the progress of a check of a copy: a run that resumes does not read the same files again.

In addition to the paths it records the size, times and inode of the files. If these differ, if a file was
wrong, or after a day, the files are read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

SAVED_EVERY = 2.0
MOST_PAIRS = 20_000
MOST_DOUBTS = 1000
DAY = 86_400.0


class Placed(Protocol):
    """An item of a check, ordered by path."""

    @property
    def path(self) -> str: ...

    @property
    def mark(self) -> str:
        """A value that changes whenever the file does."""


P = TypeVar("P", bound=Placed)


@dataclass
class Part:
    """The files read between two saves of the position."""

    first: str = ""
    last: str = ""
    marks: str = ""
    """A checksum of the marks of the files."""
    count: int = 0
    when: float = 0.0
    """When the first of the files was read, in seconds since 1970."""
    wrong: list[str] = field(default_factory=list)


class Position:
    """A small file for one copy. `of` identifies the state of the copy; `again` discards the former run."""

    def __init__(self, file: Path, of: str, again: bool = False) -> None:
        self.file, self.of = file, of
        self._former: list[Part] = []
        self._parts: list[Part] = []
        self._now, self._sum = Part(), hashlib.sha256()
        self._saved = time.monotonic()
        if not again:
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                said = json.loads(file.read_text(encoding="utf-8"))
                if said["of"] == of:
                    self._former = [part for part in map(_part, said["parts"]) if _recent(part.when)]

    def pairs(self, pairs: Iterable[P]) -> Iterator[tuple[P, float]]:
        """The pairs, each with the time when an earlier run found it correct; 0 if it must be read."""
        rest = iter(pairs)
        ahead: P | None = None
        for part in self._former:
            passed: list[P] = []
            while (pair := ahead or next(rest, None)) is not None:
                ahead = None
                if pair.path > part.last:
                    ahead = pair
                    break
                if pair.path < part.first:
                    yield pair, 0.0
                    continue
                passed.append(pair)
                if len(passed) > MOST_PAIRS:
                    break
            same = len(passed) == part.count and _marks(passed) == part.marks
            for pair in passed:
                yield pair, part.when if same and pair.path not in part.wrong else 0.0
        if ahead is not None:
            yield ahead, 0.0
        for pair in rest:
            yield pair, 0.0

    def reached(self, pair: Placed, wrong: bool, read: float = 0.0) -> None:
        """Record that a pair has been checked: now, or at time `read` in an earlier run."""
        part = self._now
        part.first = part.first if part.count else pair.path
        part.last, part.count = pair.path, part.count + 1
        part.when = min(part.when or time.time(), read or time.time())
        _add(self._sum, pair)
        if wrong:
            part.wrong.append(pair.path)
        if part.count >= MOST_PAIRS:
            self._close()
        if time.monotonic() - self._saved > SAVED_EVERY:
            self.save()

    def _close(self) -> None:
        part, self._now = self._now, Part()
        part.marks, self._sum = self._sum.hexdigest(), hashlib.sha256()
        if part.count and len(part.wrong) <= MOST_DOUBTS:
            self._parts.append(part)

    def save(self) -> None:
        self._close()
        self._saved = time.monotonic()
        reached = self._parts[-1].last if self._parts else ""
        further = [part for part in self._former if part.first > reached]  # an earlier run came further
        said = {"of": self.of, "parts": [asdict(part) for part in (*self._parts, *further)]}
        with contextlib.suppress(OSError):  # a check continues without it
            self.file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self.file.with_name(f"{self.file.name}.part")
            unfinished.write_text(json.dumps(said), encoding="utf-8")
            unfinished.replace(self.file)

    def remove(self) -> None:
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)


def _part(said: dict[str, Any]) -> Part:
    wrong = [str(path) for path in said["wrong"]]
    first, last, marks = (str(said[key]) for key in ("first", "last", "marks"))
    return Part(first, last, marks, int(said["count"]), float(said["when"]), wrong)


def _recent(when: float) -> bool:
    return 0 <= time.time() - when < DAY


def _marks(pairs: Iterable[Placed]) -> str:
    found = hashlib.sha256()
    for pair in pairs:
        _add(found, pair)
    return found.hexdigest()


def _add(found: Any, pair: Placed) -> None:
    found.update(f"{pair.path}\0{pair.mark}\0".encode("utf-8", "surrogateescape"))
