"""What lies where in the folders that a catalogue is kept in between builds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..checksums import TWINS
from ..files import Entry
from ..formats import Statistics
from ..pieces import DATA, digest_of

ROWS = "rows"
"""Of the rows: the Parquet files without a word of the release, and their catalogue.json."""
WORDS = "words"
"""Of the rows: other files in which the words of the release are left open."""


def content_of(rows: Iterable[Entry], statistics: Iterable[Entry]) -> str:
    """The digest of rows and statistics, by their files: of what anybody may see of them."""
    listed = [e for e in rows if e.path.startswith(f"{ROWS}/")]
    listed += [e for e in statistics if e.path == Statistics.FILE]
    return digest_of(sorted(f"{e.sha256}  {e.path}" for e in listed))


def travelling(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Files of a piece that SHA256SUMS names: all that a site has of it but the script twins."""
    above, twins = f"{DATA}/", f"{DATA}/{TWINS}/"
    return (e for e in entries if e.path.startswith(above) and not e.path.startswith(twins))
