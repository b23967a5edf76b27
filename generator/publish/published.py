"""Hold a disc with a part of a release to the manifest of the whole: what should be as published, is."""

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
"""Where a part of a release keeps the manifest and signature of the whole."""
RECORD = MediumContents.FILE
MEND = "do not trust this copy: get the release again from where it was published"


class Copy(Protocol):
    """Whatever files can be had from."""

    def file(self, path: str) -> Path | None:
        """One file of the copy on this computer; None where it has none of that name."""


def check_published(
    copy: Copy,
    listing: Listing,
    wrong: Callable[[str, str, str], None],
    signed: Callable[[Path], str],
) -> str:
    """Tell `wrong` of files that are not as published; who signed the whole, "" where a copy is no part.

    `signed` checks the signature beside a manifest and says by whom it is.
    """
    said = ""
    roots = [""] if listing.head.of else [f"{name}/" for name in listing.head.releases]
    parts = {f"{root}{FOLDER}/{MANIFEST}": root for root in roots}
    for root in [parts[entry.path] for entry in listing if entry.path in parts]:
        file = copy.file(f"{root}{FOLDER}/{MANIFEST}")
        if file is None:
            continue  # told as missing
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
    """Files below `root` that the whole has not, or has otherwise; both lists are in order."""
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
    """Folders that were made for this disc: of what it has not, or has not whole. Raises InputError."""
    try:
        said = MediumContents.parse(file.read_bytes(), name, MEND) if file else None
    except InputError:
        raise InputError(Problem(name, "", "does not say what this disc has", MEND)) from None
    return [
        f"data/{'spectra/' if row.kind == 'spectra' else ''}{row.name}/"
        for row in (said.contents if said else [])
        if said and (said.disc not in row.discs or row.shares)
    ]
