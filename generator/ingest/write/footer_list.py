"""footers.bin: the footers of a catalogue's Parquet files, which pages read in one request."""

from __future__ import annotations

import zlib
from pathlib import Path

from ...carried import as_script
from ...checksums import TWINS
from ...formats import Catalogue, Partition

LEVEL = 9


def write_footers(data: Path, name: str, partitions: list[Partition]) -> list[int]:
    """Write the end of each file in `data`, compressed for itself, one after the other; and the same as a script.

    Returns the compressed lengths in bytes. Footers are the bytes that a reader of Parquet needs, so that
    pages pass them to DuckDB, and take from them where each column of each tile is, and its least and greatest value.
    """
    packed = [zlib.compress(_footer(data, one), LEVEL) for one in partitions]
    whole = b"".join(packed)
    (data / Catalogue.FOOTERS).write_bytes(whole)
    twin = data / TWINS / f"{Path(Catalogue.FOOTERS).stem}.js"
    twin.parent.mkdir(parents=True, exist_ok=True)
    twin.write_bytes(as_script(f'drportal.chunk("{name}","{twin.stem}",', whole))
    return [len(one) for one in packed]


def _footer(data: Path, partition: Partition) -> bytes:
    with (data / partition.path).open("rb") as file:
        file.seek(partition.footer)
        return file.read()
