"""Write one pack: up to some hundreds of spectra, their script twins, and what an index must know of them."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ..checksums import TWINS, digest
from ..formats.base import write_whole
from ..kept import Damaged, Tell, damage, read_record, write_record
from ..model import SpectraSet
from .grids import Grid
from .read import read_spectrum
from .scan import Item
from .shown import withhold_facts
from .spectrum import Spectrum, Unreadable
from .table import Arrays, Shape, arrays_of, as_json, merged

CHUNK_BYTES = 300_000
"""A script twin holds whole spectra, up to about so many bytes."""


@dataclass(frozen=True)
class Pack:
    """A pack to write, and all that decides its bytes."""

    number: int
    set_name: str
    spec: SpectraSet
    folder: Path
    """The release's, to which the items' paths are relative."""
    out: Path
    notes: Path
    """Folder of what is remembered of finished packs."""
    items: list[Item]
    homes: dict[str, str]
    """Where the originals ship, by their path; empty where they do not."""
    shape: Shape
    grids: list[Grid]
    format: str

    @property
    def key(self) -> str:
        return hashlib.sha256(
            repr(
                (self.format, self.set_name, self.spec, self.spec.without, self.items, self.homes, self.shape)
            ).encode()
            + b"".join(g.values.tobytes() + str((g.log, g.values.dtype)).encode() for g in self.grids)
        ).hexdigest()


def pack_path(number: int) -> str:
    return f"packs/{number // 1000:03d}/{number:06d}.parquet"


def chunk_folder(number: int) -> str:
    return f"{TWINS}/{number // 1000:03d}/{number:06d}"


def original_folder(number: int) -> str:
    return f"fits/{number // 1000:03d}/{number:06d}"


def safe_name(name: str) -> str:
    """A file's name as every file system takes it."""
    return re.sub(r"[^A-Za-z0-9._+-]", "_", name).rstrip(".") or "_"


def note_file(notes: Path, number: int) -> Path:
    """Where it is remembered that a pack was finished, and what is in it."""
    return notes / f"{number:06d}.json"


def note_of(pack: Pack, tell: Tell) -> dict[str, Any] | None:
    """What was remembered of this pack, if it was finished and its files are as they were.

    `tell` hears of damage.
    """
    file = note_file(pack.notes, pack.number)
    try:
        note: dict[str, Any] = json.loads(read_record(file) or '{"key": null}')
    except Damaged:
        tell(damage(file))
        return None
    if note["key"] != pack.key:
        return None
    for path, _, sha in note["files"]:
        try:
            same = digest(pack.out / path) == sha
        except OSError:
            same = False
        if not same:
            tell(damage(pack.out / path))
            return None
    return note


def write_pack(pack: Pack) -> tuple[dict[str, Any] | None, Arrays]:
    """Write a pack, or None and the columns that its spectra need where the shape has not room for them.

    Runs in a worker. Nothing is written over: a site may share the files.
    """
    note_file(pack.notes, pack.number).unlink(missing_ok=True)
    path = pack_path(pack.number)
    file = pack.out / path
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    note: dict[str, Any] = {
        "key": pack.key,
        "ids": [],
        "groups": [],
        "parts": 0,
        "pixels": 0,
        "left_out": [],
        "kept_back": [],
        "odd": {},
        "layouts": {},
    }
    need: Arrays = {}
    with pq.ParquetWriter(unfinished, pack.shape.schema, **pack.shape.writing()) as writer:
        for item in pack.items:
            file_of = pack.folder / item.path
            try:
                spectrum, layout = read_spectrum(pack.spec, file_of, item.row, item.size, item.mtime)
            except Unreadable as error:
                note["left_out"].append([item.path, str(error)])
                continue
            arrays = arrays_of(spectrum)
            if merged(pack.shape.arrays, arrays) != pack.shape.arrays:
                need = merged(need, arrays)
            if not need:
                _write_spectrum(pack, writer, item, spectrum, layout, note)
    if need:
        unfinished.unlink()
        return None, need
    measure(note, unfinished)
    unfinished.replace(file)
    scripts = write_chunks(pack.out, pack.number, pack.set_name, note, file)
    files = [path, *scripts, *_link_originals(pack, note)]
    note["files"] = [_noted(pack.out, f) for f in files]
    write_record(note_file(pack.notes, pack.number), json.dumps(note, separators=(",", ":")))
    return note, {}


def _write_spectrum(
    pack: Pack, writer: pq.ParquetWriter, item: Item, spectrum: Spectrum, layout: Any, note: dict[str, Any]
) -> None:
    """Write the row groups of one spectrum: its sums, then its exposures; the note says what they are."""
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
    """What is kept beside a spectrum of its file's headers, and where its original ships."""
    header = {"layout": layout.NAME}
    if not pack.spec.without.columns:  # a name may tell the night, the plan and the fibre
        header["file"] = item.path.rpartition("/")[2]
    header |= spectrum.facts
    if spectrum.several and pack.spec.without.rows:
        note["kept_back"].append(item.path)
    elif item.path in pack.homes:
        sha = _sum(pack.folder / item.path, item.size, item.mtime)
        header |= {"original": pack.homes[item.path], "bytes": item.size, "sha256": sha}
    return header


def measure(note: dict[str, Any], file: Path) -> None:
    """Where each spectrum lies: first byte, bytes of its sums, and of its exposures behind them."""
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
    """Script twins of a pack, each of whole spectra; the note is told where in which a spectrum stands."""
    folder = chunk_folder(number)
    shutil.rmtree(out / folder, ignore_errors=True)
    (out / folder).mkdir(parents=True)
    note |= {"chunk": [], "at": []}
    runs: list[list[int]] = []
    full = True
    for offset, size, more in zip(note["offset"], note["bytes"], note["more"], strict=True):
        if full or offset + size + more - runs[-1][0] > CHUNK_BYTES:
            runs.append([offset, offset])
        note["chunk"].append(len(runs) - 1)
        note["at"].append(offset - runs[-1][0])
        # Of a large spectrum the sums stand alone, so that they are shown without waiting for its exposures.
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
    """Bytes as a script that a page opened from disc can load."""
    text = b'drportal.chunk("%s","%s","%s");\n' % (
        set_name.encode(),
        name.encode(),
        base64.b64encode(data),
    )
    write_whole(file, text)


def _link_originals(pack: Pack, note: dict[str, Any]) -> list[str]:
    """Put the source files of this pack beside it, by hard links where the file system has them."""
    shutil.rmtree(pack.out / original_folder(pack.number), ignore_errors=True)
    linked = []
    lost = {path for path, _ in note["left_out"]} | set(note["kept_back"])
    own = {i.path for i in pack.items if i.position == i.home}
    for path in sorted(own & pack.homes.keys() - lost):
        target = pack.out / pack.homes[path]
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
    """A file of many spectra is summed once."""
    return digest(file)


def _noted(out: Path, path: str) -> tuple[str, int, str]:
    return path, (out / path).stat().st_size, digest(out / path)
