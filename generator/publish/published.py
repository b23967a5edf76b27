"""Check a disc that has part of a release against the manifest of the whole release."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from ..files import Entry
from ..formats.copies import MediumContents
from ..problems import InputError, Problem
from .bag import WRITTEN
from .listing import MANIFEST, PUBLIC_KEY, SIGNATURE, Listing

FOLDER = "published"
"""Folder of a partial release with the manifest and signature of the whole."""
RECORD = MediumContents.FILE
FIX = "do not trust this copy: get the release again from where it was published"


class Copy(Protocol):
    """A copy from which files can be read."""

    def file(self, path: str) -> Path | None:
        """A local file with the content of one file of the copy; None if the copy does not have it."""


def check_published(
    copy: Copy,
    listing: Listing,
    wrong: Callable[[str, str, str], None],
    signed: Callable[[Path], str],
) -> str:
    """Report files that are not as published to `wrong`.

    Returns who signed the whole release; "" if the copy is not a partial one. `signed` checks the signature
    next to a manifest and returns a sentence about the signer.
    """
    said = ""
    roots = [""] if listing.head.of else [f"{name}/" for name in listing.head.releases]
    parts = {f"{root}{FOLDER}/{MANIFEST}": root for root in roots}
    for root in [parts[entry.path] for entry in listing if entry.path in parts]:
        file = copy.file(f"{root}{FOLDER}/{MANIFEST}")
        if file is None:
            continue  # reported as missing
        for name in (SIGNATURE, PUBLIC_KEY):
            copy.file(f"{root}{FOLDER}/{name}")
        whole = Listing(file, f"{root}{FOLDER}/{MANIFEST}")
        made = _made(copy.file(f"{root}{RECORD}"), f"{root}{RECORD}")
        for path in _unlike(listing, whole, root):
            inside = path.removeprefix(root)
            if not (inside.endswith(".html") or inside.startswith((f"{FOLDER}/", *made)) or inside in _OWN):
                wrong("changed", path, "not as it was published")
        by = signed(file.parent)
        if (file.parent / SIGNATURE).is_file():
            said = f"Of the whole release: {by}"
    return said


_OWN = {RECORD, PUBLIC_KEY, *WRITTEN}


def _unlike(listing: Listing, whole: Listing, root: str) -> Iterator[str]:
    """Files below `root` that the whole release lacks or has with other bytes; both lists are ordered."""
    published = iter(whole)
    end = Entry("\U0010ffff", 0, "")
    now = next(published, end)
    for entry in listing:
        if not entry.path.startswith(root):
            continue
        inside = entry.path.removeprefix(root)
        while now.path < inside:
            now = next(published, end)
        if (now.path, now.sha256) != (inside, entry.sha256) and inside not in (
            MANIFEST,
            SIGNATURE,
            "SHA256SUMS",
        ):
            yield entry.path


def _made(file: Path | None, name: str) -> list[str]:
    """Folders that were made for this disc: of parts that it lacks or has incomplete. Raises InputError."""
    try:
        said = MediumContents.parse(file.read_bytes(), name, FIX) if file else None
    except InputError:
        raise InputError(Problem(name, "", "does not list what this disc has", FIX)) from None
    folders = {"catalogue": "data/", "spectra": "data/spectra/", "python": "assets/"}
    return [
        f"{folders[row.kind]}{row.name}/"
        for row in (said.contents if said else [])
        if said and (said.disc not in row.discs or row.shares)
    ]
