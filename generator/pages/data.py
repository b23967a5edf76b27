"""The data page: every file of a catalogue and of a set of spectra with its size and checksum."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ..checksums import SUMS, TWINS
from .site import Site, SpectraView

LISTED = 200
"""Files of a set of spectra that are listed one by one; of more, SHA256SUMS tells."""


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
        "spectra_sets": [_spectra(view) for view in site.spectra],
        "total_bytes": sum(c.bytes for c in site.catalogues),
        "total_rows": sum(c.rows for c in site.catalogues),
        "total_files": sum(len(c.meta["partitions"]) for c in site.catalogues),
    }


def _spectra(view: SpectraView) -> dict[str, object]:
    """A set of spectra: what it holds, its files where they are few, and a spectrum to try recipes with."""
    meta = view.meta
    index = [int(file["size"]) for file in meta["index"]]
    few = int(meta["packs"]) + len(index) <= LISTED
    all_files = read_checksums(view.folder) if few else []
    files = [f for f in all_files if not f.path.startswith("fits/")]
    shipped = [f for f in all_files if f.path.startswith("fits/")]
    return {
        "view": view,
        "meta": meta,
        "index_bytes": sum(index),
        "grid_bytes": int(meta["grids"]["size"]) if meta["grids"] else 0,
        "files": files,
        "shipped": shipped if len(shipped) <= LISTED else [],
        "ident": _example(meta),
        "arrays": [c["name"] for c in meta["columns"] if c["array"]],
    }


def _example(meta: dict[str, object]) -> dict[str, str]:
    """The first id of a set, as SQL and Python write it."""
    index: list[dict[str, str]] = meta["index"]  # type: ignore[assignment]
    first = index[0]["first"] if index else ""
    if isinstance(meta["id"], dict) and meta["id"]["datatype"] == "long":
        return {"sql": str(first or 0), "python": str(first or 0)}
    plain = first if re.fullmatch(r"[\w.+ -]+", first) else "ID"
    return {"sql": f"'{plain}'", "python": json.dumps(plain, ensure_ascii=False)}
