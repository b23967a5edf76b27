"""Lines about files and arrays that a set is packed without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..model import Release
from ..problems import InputError, Problem
from .job import Job

SHOWN = 20
"""Problems reported before a build gives up."""


@dataclass(frozen=True)
class LeftOut:
    """What a set lacks."""

    lost: list[Any]
    """Path and reason of files left out."""
    odd: dict[str, list[Any]]
    """By array that some spectra are without: the first path, the reason, and how many they are."""

    def lines(self, release: Release) -> list[Problem]:
        """What people read of it."""
        return [*unreadable(release, self.lost, fix="left out"), *self._without_arrays(release)]

    def _without_arrays(self, release: Release) -> Iterator[Problem]:
        """A line for each array that spectra are packed without."""
        for name, (path, why, count) in self.odd.items():
            more = f", as {count - 1:,} more of the set are" if count > 1 else ""
            yield Problem(str(release.folder / path), "", why, f"packed without {name}{more}")


def refuse_lost(job: Job, lost: list[Any]) -> None:
    """Raise InputError for files that cannot be read, unless the build is to go on without them."""
    if lost and not job.keep_going:
        raise InputError(unreadable(job.release, lost))


def unreadable(release: Release, lost: list[Any], fix: str = "") -> list[Problem]:
    """A line for each of the first files that cannot be read: `fix`, or what helps against it."""
    usual = "fetch it again or take it away, or build with --keep-going to leave it out"
    found = [(path, *what.partition("\n")) for path, what in lost[:SHOWN]]
    return [
        Problem(str(release.folder / path), "", what, fix or own or usual) for path, what, _, own in found
    ]
