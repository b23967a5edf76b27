"""What a copy says of itself: its manifest, SHA256SUMS, signature and key, fetched and compared."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable
from pathlib import Path

from ..checksums import SUMS
from ..problems import InputError, Problem
from .fetch import FetchError, Source
from .listing import LINE, MANIFEST, PARTIAL, PUBLIC_KEY, SIGNATURE, Listing
from .manifest import sums_agree
from .minisign import PublicKey

LARGEST_MANIFEST = 2 << 30
"""Bytes of the manifest of ten million files and more."""
LARGEST_ENTRY = 8192
"""Bytes of a file's line in it: a path has at most 4,000, each of which may be written with a backslash."""
TAIL = 128
"""Bytes in which its last line stands."""


def fetch_lists(source: Source, folder: Path) -> None:
    """Bring a site's manifest, SHA256SUMS, signature and key into `folder`. Raises InputError."""
    limits: dict[str, Callable[[], int]] = {
        MANIFEST: lambda: largest_manifest(source.tail(MANIFEST, TAIL)),
        SUMS: lambda: sums_size(Listing(folder / MANIFEST, source.base + MANIFEST)),
        SIGNATURE: lambda: 10_000,
        PUBLIC_KEY: lambda: 10_000,
        PARTIAL: lambda: 1 << 20,
    }
    for name, limit in limits.items():
        try:
            there = source.text(name, folder / name, limit())
        except FetchError as error:
            fix = "see whether the address is right and the server up"
            raise InputError(Problem(source.base + name, "", str(error), fix)) from None
        if not there and name == MANIFEST:
            fix = "write the address of the folder of a release or of a portal"
            raise InputError(Problem(source.base, "", f"holds no {MANIFEST}", fix))


def largest_manifest(tail: bytes | None) -> int:
    """Bytes that a manifest may have, by its end, which says how many files it lists."""
    found = re.search(rb'\n\],"count":([0-9]{1,15}),"bytes":[0-9]{1,16}\}\n\Z', tail or b"")
    claimed = LINE * 64 + int(found[1]) * LARGEST_ENTRY + TAIL if found else LARGEST_MANIFEST
    return min(LARGEST_MANIFEST, claimed)


def sums_size(listing: Listing) -> int:
    """Bytes of the SHA256SUMS that follows from a manifest."""
    paths = (entry.path for entry in listing)
    return sum(64 + 2 + len(path.encode()) + 1 for path in itertools.chain(paths, [MANIFEST]))


def check_signature(folder: Path, key: PublicKey | None, wrong: Callable[[str, str, str], None]) -> str:
    """Who signed, in a sentence; `wrong` is called with each fault."""
    signature, own = folder / SIGNATURE, folder / PUBLIC_KEY
    if key is None and own.is_file():
        with contextlib.suppress(InputError):
            key = PublicKey.read(str(own))
        mine = "which came with this copy: compare it with the one that the survey publishes, or use --key"
    else:
        mine = "as asked for"
    if not signature.is_file():
        if key:
            wrong("unsigned", MANIFEST, f"there is no {SIGNATURE}")
        return "The copy is not signed: it is as its manifest says, but anybody may have written that."
    if not key:
        return "The copy is signed; name the survey's key with --key to check by whom."
    with signature.open(encoding="utf-8", errors="replace") as stream:
        fault = key.check(folder / MANIFEST, stream.read(10_000))
    if fault:
        wrong("unsigned", SIGNATURE, fault)
        return "The signature is not good."
    return f"Signed by {key.id}, {mine}."


def check_sums(folder: Path, listing: Listing, wrong: Callable[..., None]) -> None:
    """SHA256SUMS says the same as the manifest."""
    if not (folder / SUMS).is_file():
        wrong("missing", SUMS)
    elif not sums_agree(listing.file, listing):
        wrong("changed", SUMS)
