"""footers.bin: the footers of a catalogue's Parquet files, which pages read in one request."""

from __future__ import annotations

import zlib
from pathlib import Path

from ...carried import as_script
from ...formats import Catalogue, Partition

LEVEL = 9


def write_footers(data: Path, partitions: list[Partition]) -> list[int]:
    """Write the end of each file in `data`, compressed for itself, one after the other.

    Returns the compressed lengths in bytes. Pages pass the footers to DuckDB, and take from them where each
    column of each tile is, and its least and greatest value.
    """
    packed = [zlib.compress(_footer(data, one), LEVEL) for one in partitions]
    (data / Catalogue.FOOTERS).write_bytes(b"".join(packed))
    return [len(one) for one in packed]


def write_footers_script(data: Path, name: str, folder: Path) -> None:
    """Write the script twin of footers.bin of the catalogue `name` into a folder."""
    twin = folder / f"{Path(Catalogue.FOOTERS).stem}.js"
    whole = (data / Catalogue.FOOTERS).read_bytes()
    twin.write_bytes(as_script(f'drportal.chunk("{name}","{twin.stem}",', whole))


def _footer(data: Path, partition: Partition) -> bytes:
    with (data / partition.path).open("rb") as file:
        file.seek(partition.footer)
        return file.read()
