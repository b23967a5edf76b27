"""Put a finished catalogue on a store, so that readers find all of it or nothing."""

from __future__ import annotations

from pathlib import Path

from ..checksums import SUMS, Progress
from ..files import in_parallel
from ..formats import Catalogue
from ..ingest.readers.addresses import put

LAST = (SUMS, "catalogue.js", Catalogue.FILE)
"""Files that programs and pages read first, which make the catalogue visible: in this order, at the end."""


def upload(folder: Path, address: str, progress: Progress) -> None:
    """Copy a catalogue to an address that has no files. Raises InputError."""
    names = sorted(str(file.relative_to(folder).as_posix()) for file in folder.rglob("*") if file.is_file())
    first = [name for name in names if name not in LAST]
    last = [name for name in LAST if name in names]

    def send(name: str) -> None:
        put(folder / name, f"{address.rstrip('/')}/{name}")

    for done, _ in enumerate(in_parallel(send, first), start=1):
        progress("upload", done, len(names))
    for name in last:
        send(name)
    progress("upload", len(names), len(names))
