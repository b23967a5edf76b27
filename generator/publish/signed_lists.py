"""Fetch the lists of a copy (manifest, SHA256SUMS, signature, key) and check them against each other."""

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
"""Maximum bytes of a manifest: enough for more than ten million files."""
LARGEST_ENTRY = 8192
"""Maximum bytes of a line: a path has at most 4,000 bytes, each of which may be escaped."""
TAIL = 128
"""Bytes at the end of a manifest that contain its last line."""


def fetch_lists(source: Source, folder: Path) -> None:
    """Download a site's manifest, SHA256SUMS, signature and key into `folder`. Raises InputError."""
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
            fix = "check that the address is right and the server is running"
            raise InputError(Problem(source.base + name, "", str(error), fix)) from None
        if not there and name == MANIFEST:
            fix = "write the address of the folder of a release or of a portal"
            raise InputError(Problem(source.base, "", f"has no {MANIFEST}", fix))


def largest_manifest(tail: bytes | None) -> int:
    """Maximum bytes of a manifest, from its last line, which gives the number of files."""
    found = re.search(rb'\n\],"count":([0-9]{1,15}),"bytes":[0-9]{1,16}\}\n\Z', tail or b"")
    claimed = LINE * 64 + int(found[1]) * LARGEST_ENTRY + TAIL if found else LARGEST_MANIFEST
    return min(LARGEST_MANIFEST, claimed)


def sums_size(listing: Listing) -> int:
    """Size in bytes of the SHA256SUMS that corresponds to a manifest."""
    paths = (entry.path for entry in listing)
    return sum(64 + 2 + len(path.encode()) + 1 for path in itertools.chain(paths, [MANIFEST]))


def check_signature(folder: Path, key: PublicKey | None, wrong: Callable[[str, str, str], None]) -> str:
    """A sentence that says who signed; `wrong` is called with each fault."""
    signature, own = folder / SIGNATURE, folder / PUBLIC_KEY
    if key is None and own.is_file():
        with contextlib.suppress(InputError):
            key = PublicKey.read(str(own))
        mine = "which came with this copy: compare it with the key that the survey publishes, or use --key"
    else:
        mine = "as requested"
    if not signature.is_file():
        if key:
            wrong("unsigned", MANIFEST, f"there is no {SIGNATURE}")
        return "The copy is not signed: it matches its manifest, but anybody may have written that."
    if not key:
        return "The copy is signed; name the survey's key with --key to check by whom."
    with signature.open(encoding="utf-8", errors="replace") as stream:
        fault = key.check(folder / MANIFEST, stream.read(10_000))
    if fault:
        wrong("unsigned", SIGNATURE, fault)
        return "The signature is not valid."
    return f"Signed by {key.id}, {mine}."


def check_sums(folder: Path, listing: Listing, wrong: Callable[..., None]) -> None:
    """Check that SHA256SUMS agrees with the manifest."""
    if not (folder / SUMS).is_file():
        wrong("missing", SUMS)
    elif not sums_agree(listing.file, listing):
        wrong("changed", SUMS)
