"""What every target can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from ...files import Entry
from ...problems import InputError, Problem

BEGUN = "publishing.json"
"""The manifest of a transfer that has begun, on the target until it has ended."""
COPY_OF = "publishing.former"
"""In a copy beside the published site: the checksum of the manifest of which it is a copy."""
AGAIN = "run the same command again: what was sent is not sent twice"

Sent = Callable[[Entry], None]


class Target(Protocol):
    """A place for a site. Every method raises InputError where the target cannot do it."""

    name: str
    beside: bool
    """Whether files go into a copy that replaces the published site in one step at the end."""

    def alone(self) -> AbstractContextManager[None]:
        """No other run publishes there meanwhile, as far as the target can know."""

    def fetch(self, path: str, file: Path) -> bool:
        """Write a file of the published site to `file`; False if the target does not have it."""

    def fetch_begun(self, file: Path) -> bool:
        """Write the manifest of a transfer that was interrupted to `file`; False if there was none."""

    def is_empty(self) -> bool:
        """Whether there is nothing at all in its place."""

    def begin(self, manifest: Path) -> bool:
        """Prepare for files; from now on the target has the manifest of this transfer as well.

        Returns whether nothing that was sent before is there any more.
        """

    def put(self, site: Path, entries: Iterable[Entry], sent: Sent) -> None:
        """Send files of the site; `sent` is called with each that is complete on the target."""

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files; those that are not there are skipped."""

    def wrong(self, entries: Iterable[Entry], more: Callable[[int], None]) -> Iterator[str]:
        """Read files back and yield the paths of those that differ from their checksums or are missing.

        `more` is called with numbers of bytes that were read.
        """

    def finish(self) -> None:
        """Make the new site the published one, where that is a step of its own, and tidy up."""


def refused(name: str, what: str, fix: str = AGAIN) -> InputError:
    """An error of a target: one line."""
    return InputError(Problem(name, "", " ".join(what.split()), fix))
