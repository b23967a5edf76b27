"""Layout of the folders that keep a catalogue between builds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..checksums import TWINS
from ..files import Entry
from ..formats import Statistics
from ..pieces import DATA, digest_of

ROWS = "rows"
"""In the rows folder: Parquet files without words from the release, and their catalogue.json."""
MARGIN = "margin"
"""In the folder of a collection: the margins of the catalogue."""
WORDS = "words"
"""In the rows folder: other files, with empty places for the words of the release."""


def collection_of(catalogue: str) -> str:
    """Return the folder, beside that of a catalogue, of the HATS collection of it and its margins.

    It cannot be inside: a folder with `hats.properties` is a single catalogue, whose files are all below it.
    """
    return f"{catalogue}_collection"


def content_of(rows: Iterable[Entry], statistics: Iterable[Entry]) -> str:
    """Return the digest of rows and statistics, computed from their visible files."""
    listed = [e for e in rows if e.path.startswith(f"{ROWS}/")]
    listed += [e for e in statistics if e.path == Statistics.FILE]
    return digest_of(sorted(f"{e.sha256}  {e.path}" for e in listed))


def travelling(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the files of a piece that SHA256SUMS lists: all files of the site except script twins."""
    above, twins = f"{DATA}/", f"{DATA}/{TWINS}/"
    return (e for e in entries if e.path.startswith(above) and not e.path.startswith(twins))
