"""The data page: every file of a catalogue with its size and checksum."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..checksums import SUMS, TWINS
from .context import Site


@dataclass(frozen=True)
class DataFile:
    """A file below data/<catalogue>/."""

    path: str
    size: int
    sha256: str


def read_checksums(folder: Path) -> list[DataFile]:
    """Files of a catalogue (without script twins) with the checksums in its SHA256SUMS."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    parts = [line.split("  ", 1) for line in lines]
    return [DataFile(path, (folder / path).stat().st_size, digest) for digest, path in parts]


def data_context(site: Site, files: dict[str, list[DataFile]]) -> dict[str, object]:
    """What data.html adds: files of each catalogue, partitions first, and totals."""
    sets = []
    for catalogue in site.catalogues:
        rows = {f"{p['path']}": int(p["rows"]) for p in catalogue.meta["partitions"]}
        mine = files[catalogue.name]
        sets.append(
            {
                "catalogue": catalogue,
                "partitions": [(f, rows[f.path]) for f in mine if f.path in rows],
                "others": [f for f in mine if f.path not in rows],
                "bytes": sum(f.size for f in mine),
                "twins": sum(f.stat().st_size for f in (catalogue.folder / TWINS).glob("*.js")),
            }
        )
    return {
        "sets": sets,
        "total_bytes": sum(c.bytes for c in site.catalogues),
        "total_rows": sum(c.rows for c in site.catalogues),
        "total_files": sum(len(c.meta["partitions"]) for c in site.catalogues),
    }
