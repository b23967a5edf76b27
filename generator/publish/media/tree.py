"""The folder that becomes a disc: unchanged files of the site, and files made for the disc."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from ...checksums import SUMS, copied, digest
from ...files import Entry, in_parallel
from ...formats.spectra import PartOf
from ...problems import InputError, Problem
from ...spectra.subset import write_subset
from ..bag import WRITTEN, write_bag
from ..listing import MANIFEST, PUBLIC_KEY, SIGNATURE, Head, Listing
from ..manifest import Known, write_manifest
from ..minisign import SigningKey
from ..published import FOLDER
from .plan import Disc, Plan, group_of, is_page

MISSING = "is in the manifest, but missing"
NAMED = 20
"""Number of faults that are reported one by one."""


class Tree:
    """One disc being made."""

    def __init__(self, tree: Path, root: Path, listing: Listing, plan: Plan, disc: Disc, of: str) -> None:
        self.tree, self.root, self.listing, self.plan, self.disc = tree, root, listing, plan, disc
        self.release = tree / of
        self.of = of
        self.complete = plan.complete(disc)
        self._stop = threading.Event()

    def fill(self, scratch: Path, more: Callable[[int], None]) -> None:
        """Add the disc's files of the release. Raises InputError for files that are not as published."""
        faults: list[Problem] = []
        with (scratch / "unchanged.sums").open("w", encoding="utf-8", newline="\n") as sums:
            for entry, why in in_parallel(self._bring, self._kept(), stop=self._stop):
                more(entry.bytes)
                sums.write(f"{entry.sha256}  {entry.path}\n")
                if why:
                    faults.append(self._fault(entry, why))
        if faults:
            raise InputError(faults[:NAMED])
        if self.complete:
            for name in (MANIFEST, SUMS, SIGNATURE):
                if (self.root / name).is_file():
                    _linked(self.root / name, self.release / name)

    def write_spectra(self, scratch: Path, progress: Callable[[int], None]) -> None:
        """Make the partial sets of the disc."""
        for share in self.disc.spectra:
            if share.whole:
                continue
            chosen = self.plan.chosen[share.name]
            where = next(s.where for s in self.plan.sets if s.name == share.name)
            whole = PartOf(spectra=share.of, where=where)
            places = chosen.places(share.first, share.spectra)
            folder = f"data/spectra/{share.name}"
            write_subset(self.root / folder, self.release / folder, places, whole, scratch, progress)

    def seal(self, scratch: Path, label: str, key: SigningKey | None, more: Callable[[], None]) -> None:
        """Write the manifests: one for a partial release, and one for all files of the disc.

        `more` is called for each file of the disc.
        """
        if not self.complete:
            published = self.release / FOLDER
            published.mkdir()
            for name in (MANIFEST, SIGNATURE, PUBLIC_KEY):
                if (self.root / name).is_file():
                    _linked(self.root / name, published / name)
            head = Head(self.of, label, ())
            known = write_bag(self.release, head, [Known("", scratch / "unchanged.sums")])
            write_manifest(self.release, head, known, key)
        known = [Known(self.of, self.release / SUMS)]
        write_manifest(self.tree, Head("", label, (self.of,)), known, key, more)

    def _kept(self) -> Iterator[Entry]:
        """Files of the release that the disc has as they are."""
        groups = self.plan.groups_on(self.disc)
        made = () if self.complete else (*WRITTEN, PUBLIC_KEY)
        for entry in self.listing:
            if group_of(entry.path) in groups and entry.path not in made and not self.page(entry.path):
                yield entry

    def page(self, path: str) -> bool:
        """Whether a file is a page that needs a notice that the disc is partial."""
        return not self.complete and is_page(path)

    def _bring(self, entry: Entry) -> tuple[Entry, str]:
        try:
            summed = _linked(self.root / entry.path, self.release / entry.path)
        except FileNotFoundError:
            return entry, MISSING
        same = summed == entry.sha256
        return entry, "" if same else "is not as the manifest says"

    def _fault(self, entry: Entry, why: str) -> Problem:
        return Problem(str(self.root / entry.path), "", why, "build the release again")


def _linked(source: Path, target: Path) -> str:
    """One more name for a file, a copy where there can be none; the checksum of what is there.

    It is read once. Symbolic links are not followed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        raise FileNotFoundError(source)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        return copied(source, target)
    return digest(target)
