"""Messages about files and arrays that are left out of a set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..model import Release
from ..problems import InputError, Problem
from .job import Job

SHOWN = 20
"""Number of problems reported before a build fails."""


@dataclass(frozen=True)
class LeftOut:
    """What is left out of a set."""

    lost: list[Any]
    """Path and reason for each file left out."""
    odd: dict[str, list[Any]]
    """For each array missing in some spectra: the first path, the reason, and the number of spectra."""

    def lines(self, release: Release) -> list[Problem]:
        """Return the messages to the user."""
        return [*unreadable(release, self.lost, fix="left out"), *self._without_arrays(release)]

    def _without_arrays(self, release: Release) -> Iterator[Problem]:
        """Yield a message for each array that some spectra lack."""
        for name, (path, why, count) in self.odd.items():
            more = f", as {count - 1:,} more of the set are" if count > 1 else ""
            yield Problem(str(release.folder / path), "", why, f"packed without {name}{more}")


def refuse_lost(job: Job, lost: list[Any]) -> None:
    """Raise InputError for unreadable files, unless the build is to continue without them."""
    if lost and not job.keep_going:
        raise InputError(unreadable(job.release, lost))


def unreadable(release: Release, lost: list[Any], fix: str = "") -> list[Problem]:
    """Return a message for each of the first unreadable files: with `fix`, or the usual advice."""
    usual = "fetch it again or remove it, or build with --keep-going to leave it out"
    found = [(path, *what.partition("\n")) for path, what in lost[:SHOWN]]
    return [
        Problem(str(release.folder / path), "", what, fix or own or usual) for path, what, _, own in found
    ]
