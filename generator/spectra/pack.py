"""Write one pack: up to some hundreds of spectra, their script twins, and their positions for the index."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ..carried import as_script
from ..checksums import TWINS, Progress, digest, silent
from ..files import Entry
from ..formats.base import write_whole
from ..model import SpectraSet
from ..pieces import DATA, Lines, Piece, digest_of
from ..pieces.sums import write_sums
from .grids import Grid
from .read import read_spectrum
from .scan import Item
from .shown import withhold_facts
from .spectrum import Spectrum, Unreadable
from .table import Arrays, Shape, arrays_of, as_json, merged

NOTE = "note.json"
"""File with the note of a pack, next to its data."""
NOT_OF_PACKS = {"title", "description", "flux_unit", "templates_of", "audience", "public_from"}
"""Settings of a set that do not affect its packs."""
CHUNK_BYTES = 300_000
"""A script twin contains whole spectra, up to about this many bytes."""


@dataclass(frozen=True)
class Pack:
    """A pack to write, and everything that determines its bytes."""

    number: int
    of: str
    """Name of the set's piece."""
    set_name: str
    spec: SpectraSet
    folder: Path
    """The release's folder, to which the items' paths are relative."""
    items: list[Item]
    homes: dict[str, str]
    """Published paths of the originals, by source path; empty if they are not published."""
    shape: Shape
    grids: list[Grid]
    format: str

    @property
    def piece(self) -> Piece:
        """Return the pack as a piece of a build."""
        grids = hashlib.sha256()
        for grid in self.grids:
            grids.update(
                str((grid.log, grid.values.dtype, len(grid.values))).encode() + grid.values.tobytes()
            )
        inputs = {
            "format": self.format,
            "settings": digest_of([self.set_name, *self._settings]),
            "columns": digest_of(repr(self.shape)),
            "grids": grids.hexdigest(),
            "files": digest_of([repr(self.items), self.homes]),
        }
        return Piece(f"{self.of}, pack {self.number}", inputs, partial(write_pack, self))

    @property
    def _settings(self) -> tuple[str, str]:
        settings = self.spec.model_dump(exclude=NOT_OF_PACKS)
        return repr(settings), repr(self.spec.without)


def pack_path(number: int) -> str:
    return f"packs/{number // 1000:03d}/{number:06d}.parquet"


def chunk_folder(number: int) -> str:
    return f"{TWINS}/{number // 1000:03d}/{number:06d}"


def original_folder(number: int) -> str:
    return f"fits/{number // 1000:03d}/{number:06d}"


def safe_name(name: str) -> str:
    """Return a file name that every file system allows."""
    return re.sub(r"[^A-Za-z0-9._+-]", "_", name).rstrip(".") or "_"


class MoreColumns(Exception):
    """A spectrum of a pack needs columns that its shape lacks."""

    def __init__(self, arrays: Arrays) -> None:
        super().__init__(arrays)
        self.arrays = arrays


def read_note(folder: Path) -> dict[str, Any]:
    """Return the note of a pack stored in a folder: position of each spectrum, and what was left out."""
    note: dict[str, Any] = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    return note


def write_pack(pack: Pack, folder: Path, _progress: Progress = silent) -> Lines:
    """Write a pack, its scripts, the originals and a note of its content into an empty folder.

    Runs in a worker. Raises MoreColumns.
    """
    out = folder / DATA
    note: dict[str, Any] = {
        "key": pack.piece.key,  # different packs never have the same content
        "ids": [],
        "groups": [],
        "parts": 0,
        "pixels": 0,
        "arrays": {},
        "left_out": [],
        "kept_back": [],
        "odd": {},
        "layouts": {},
    }
    file = out / pack_path(pack.number)
    file.parent.mkdir(parents=True)
    _write_parquet(pack, file, note)
    note_positions(note, file)
    scripts = write_chunks(out, pack.number, pack.set_name, note, file)
    files = [pack_path(pack.number), *scripts, *_link_originals(pack, out, note)]
    note["files"] = [noted(out, f) for f in files]
    (folder / NOTE).write_text(json.dumps(note, separators=(",", ":")), encoding="utf-8")
    entries = [Entry(f"{DATA}/{path}", size, sha) for path, size, sha in note["files"]]
    entries.append(Entry(NOTE, 0, digest(folder / NOTE)))
    write_sums(folder, sorted(entries, key=lambda e: e.path))
    return Lines()


def _write_parquet(pack: Pack, file: Path, note: dict[str, Any]) -> None:
    """Write the spectra of a pack and describe them in the note. Raises MoreColumns."""
    more = False
    with pq.ParquetWriter(file, pack.shape.schema, **pack.shape.writing()) as writer:
        for item in pack.items:
            file_of = pack.folder / item.path
            try:
                spectrum, layout = read_spectrum(pack.spec, file_of, item.row, item.size, item.mtime)
            except Unreadable as error:
                note["left_out"].append([item.path, str(error)])
                continue
            note["arrays"] = merged(note["arrays"], arrays_of(spectrum))
            more = more or merged(pack.shape.arrays, note["arrays"]) != pack.shape.arrays
            if not more:
                _write_spectrum(pack, writer, item, spectrum, layout, note)
    if more:
        raise MoreColumns(note["arrays"])


def _write_spectrum(
    pack: Pack, writer: pq.ParquetWriter, item: Item, spectrum: Spectrum, layout: Any, note: dict[str, Any]
) -> None:
    """Write the row groups of one spectrum, first coadds, then exposures, and describe it in the note."""
    for name, why in {n: w for p in spectrum.parts for n, w in p.lost.items()}.items():
        known = note["odd"].setdefault(name, [item.path, why, 0])
        known[2] += 1
    withhold_facts(spectrum, pack.spec.without, getattr(layout, "KEYWORDS", {}))
    numbered = list(enumerate(spectrum.parts))
    groups = [[p for p in numbered if (p[1].kind == "single") == single] for single in (False, True)]
    text: str | None = as_json(_header(pack, item, spectrum, layout, note))
    for group in (g for g in groups if g):
        table = pack.shape.table(item.id, group, text, pack.grids)
        writer.write_table(table, row_group_size=len(group))
        text = None
    note["ids"].append(item.id)
    note["groups"].append([bool(g) for g in groups])
    note["parts"] += len(numbered)
    note["pixels"] += sum(len(p.flux) for p in spectrum.parts)
    note["layouts"][layout.NAME] = sorted(
        {*note["layouts"].get(layout.NAME, []), *(m for p in spectrum.parts for m in p.masks)}
    )


def _header(pack: Pack, item: Item, spectrum: Spectrum, layout: Any, note: dict[str, Any]) -> dict[str, Any]:
    """Return the header facts stored with a spectrum, and where its original is published."""
    header = {"layout": layout.NAME}
    if not pack.spec.without.columns:  # a file name may reveal the night, the plan and the fibre
        header["file"] = item.path.rpartition("/")[2]
    header |= spectrum.facts
    if spectrum.several and pack.spec.without.rows:
        note["kept_back"].append(item.path)
    elif item.path in pack.homes:
        sha = _sum(pack.folder / item.path, item.size, item.mtime)
        header |= {"original": pack.homes[item.path], "bytes": item.size, "sha256": sha}
    return header


def note_positions(note: dict[str, Any], file: Path) -> None:
    """Note the position of each spectrum: first byte, bytes of its coadds, and of the exposures behind."""
    meta = pq.read_metadata(file)
    ends = []
    for index in range(meta.num_row_groups):
        group = meta.row_group(index)
        last = group.column(group.num_columns - 1)
        ends.append(last.data_page_offset + last.total_compressed_size)
    start, at = 4, 0
    offsets, sizes, more = [], [], []
    for sums, singles in note.pop("groups"):
        first = ends[at] - start
        at += 1
        rest = 0
        if sums and singles:
            rest = ends[at] - start - first
            at += 1
        offsets.append(start)
        sizes.append(first)
        more.append(rest)
        start += first + rest
    note |= {"offset": offsets, "bytes": sizes, "more": more, "footer": start}


def write_chunks(out: Path, number: int, set_name: str, note: dict[str, Any], file: Path) -> list[str]:
    """Write script twins of a pack, each of whole spectra; note the script and position of each spectrum."""
    folder = chunk_folder(number)
    (out / folder).mkdir(parents=True)
    note |= {"chunk": [], "at": []}
    runs: list[list[int]] = []
    full = True
    for offset, size, more in zip(note["offset"], note["bytes"], note["more"], strict=True):
        if full or offset + size + more - runs[-1][0] > CHUNK_BYTES:
            runs.append([offset, offset])
        note["chunk"].append(len(runs) - 1)
        note["at"].append(offset - runs[-1][0])
        # The coadds of a large spectrum are separate, so that they are shown before its exposures are loaded.
        full = more > 0 and size + more > CHUNK_BYTES
        if full:
            runs[-1][1] = offset + size
            runs.append([offset + size, offset + size])
        runs[-1][1] = offset + size + more
    written = []
    with file.open("rb") as stream:
        for chunk, (start, end) in enumerate(runs):
            stream.seek(start)
            name = f"{number:06d}/{chunk:04d}"
            write_script(out / f"{folder}/{chunk:04d}.js", set_name, name, stream.read(end - start))
            written.append(f"{folder}/{chunk:04d}.js")
    return written


def write_script(file: Path, set_name: str, name: str, data: bytes) -> None:
    """Write bytes as a script that a page opened from disk can load."""
    write_whole(file, as_script(f'drportal.chunk("{set_name}","{name}",', data))


def _link_originals(pack: Pack, out: Path, note: dict[str, Any]) -> list[str]:
    """Add the source files of this pack, by hard links where the file system supports them."""
    linked = []
    lost = {path for path, _ in note["left_out"]} | set(note["kept_back"])
    own = {i.path for i in pack.items if i.position == i.home}
    for path in sorted(own & pack.homes.keys() - lost):
        target = out / pack.homes[path]
        target.parent.mkdir(parents=True, exist_ok=True)
        source = (pack.folder / path).resolve()
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
        linked.append(pack.homes[path])
    return linked


@lru_cache(maxsize=4)
def _sum(file: Path, _size: int, _mtime: int) -> str:
    """Return the checksum of a file, computed once for a file of many spectra."""
    return digest(file)


def noted(out: Path, path: str) -> tuple[str, int, str]:
    """Return the entry of a file in a note: path, size, checksum."""
    return path, (out / path).stat().st_size, digest(out / path)
