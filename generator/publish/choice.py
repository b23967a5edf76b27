"""The part of a portal that a mirror contains, and mirror.json, which records it for verification."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..files import unsafe
from ..formats.copies import MIRROR_FORMAT, Mirror
from ..problems import InputError, Problem
from .listing import PARTIAL, Head, Listing

NAMED = {"python": "assets/python"}
"""Parts that have a name."""


def left_out(without: Iterable[str]) -> tuple[str, ...]:
    """The files and folders that `--without` means."""
    return tuple(sorted({NAMED.get(name, name) for name in (one.strip("/") for one in without)}))


@dataclass(frozen=True)
class Choice:
    """All of a portal, or some of its releases, with some files or folders of each release left out."""

    releases: tuple[str, ...] = ()
    """Ids of the releases to keep; empty for all."""
    without: tuple[str, ...] = ()
    """Files and folders left out of each release, e.g. `data`."""

    def __bool__(self) -> bool:
        return bool(self.releases or self.without)

    def keeps(self, path: str, head: Head) -> bool:
        """Whether a file of a manifest is in the mirror."""
        release, inside = _release_of(path, head)
        if release is None:
            return True
        if self.releases and release not in self.releases:
            return False
        return not any(f"{inside}/".startswith(f"{left}/") for left in self.without)

    def of(self, source: Choice) -> Choice:
        """This choice, applied to a partial source. Raises InputError if the source lacks a release."""
        lacking = [name for name in self.releases if source.releases and name not in source.releases]
        if lacking:
            fix = f"use one of: {', '.join(source.releases)}"
            what = "is not in this mirror"
            raise InputError([Problem(PARTIAL, name, what, fix) for name in lacking])
        without = tuple(sorted({*self.without, *source.without}))
        return Choice(self.releases or source.releases, without)

    def check(self, listing: Listing) -> None:
        """Raises InputError for releases or parts that are not in the manifest."""
        there = listing.head.releases
        problems = []
        for name in self.releases:
            if name not in there:
                fix = (
                    f"use one of: {', '.join(there)}" if there else "this is one release: leave --release out"
                )
                problems.append(Problem(listing.name, name, "no such release", fix))
        unused = set(self.without)
        for entry in listing if unused else ():
            _, inside = _release_of(entry.path, listing.head)
            unused -= {left for left in unused if f"{inside}/".startswith(f"{left}/")}
            if not unused:
                break
        for name in sorted(unused):
            fix = "name a file or a folder of a release, such as data or data/spectra"
            problems.append(Problem(listing.name, f"--without {name}", "no such part", fix))
        if problems:
            raise InputError(problems)

    def text(self) -> str:
        without = list(self.without)
        return Mirror(format=MIRROR_FORMAT, releases=list(self.releases), without=without).text()


def read_choice(root: Path) -> Choice:
    """The choice recorded in a mirror's mirror.json. Raises InputError if that is not valid."""
    file = root / PARTIAL
    if not file.is_file() or file.is_symlink():
        return Choice()
    try:
        with file.open("rb") as stream:
            said = Mirror.parse(stream.read(1 << 20), str(file))
        if not any(unsafe(path) for path in (*said.releases, *said.without)):
            return Choice(tuple(said.releases), tuple(said.without))
    except InputError:
        pass
    raise InputError(Problem(str(file), "", "does not say what was left out", "run drportal mirror again"))


def _release_of(path: str, head: Head) -> tuple[str | None, str]:
    """The release that a file belongs to, and its path in it; None for a file of the portal itself."""
    if head.of:
        return head.of, path
    parts = path.split("/")
    for end in range(len(parts) - 1, 0, -1):
        name = "/".join(parts[:end])
        if name in head.releases:
            return name, "/".join(parts[end:])
    return None, path
