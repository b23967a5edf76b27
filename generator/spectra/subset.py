"""Make a smaller set of spectra from a packed one: the same values, grids and format, and fewer spectra.

No file of the survey is read: the packs hold all that is needed. The result is a set like any other, with an
index of its own, so pages and programs read it as they read the whole.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..checksums import SUMS, digest
from ..formats.spectra import PartOf, Shipped, Spectra, SpectrumLayout
from .describe import write_sums, write_twins
from .index import write_index
from .pack import measure, pack_path, write_chunks
from .table import Shape

PACK_SPECTRA = 256
PACK_BYTES = 64 << 20
_ARRAYS = {"FLOAT": "float", "DOUBLE": "double", "INT32": "int32", "INT64": "int64"}


@dataclass(frozen=True)
class Place:
    """A spectrum of the larger set: its id, its pack, and where in that it begins."""

    id: int | str
    pack: int
    offset: int
    bytes: int
    more: int


@dataclass
class _Totals:
    spectra: int = 0
    parts: int = 0
    pixels: int = 0
    packs: int = 0
    bytes: int = 0
    scripts: int = 0
    layouts: dict[str, set[str]] = field(default_factory=dict)
    sums: dict[int, list[str]] = field(default_factory=dict)
    """Lines of checksum, size and path of the packs, by the folder of packs."""


def write_subset(
    source: Path,
    out: Path,
    places: Iterable[Place],
    part_of: PartOf | None,
    scratch: Path,
    progress: Callable[[int], None] = lambda _spectra: None,
) -> Spectra:
    """Write the spectra at `places`, which are in the order of ids, of the set in `source` to `out`.

    Returns the description, which says of what it is a part. Original files are not in the result.
    """
    about = Spectra.read(source)
    name, shape = about.name, shape_of(about)
    totals = _Totals()
    notes = scratch / "notes.jsonl"
    with notes.open("w", encoding="utf-8") as stream:
        for number, some in enumerate(_packs(places)):
            note = _write_pack(source, out, number, f"spectra/{name}", shape, some, totals)
            stream.write(json.dumps(note, separators=(",", ":")) + "\n")
            progress(totals.spectra)

    def noted() -> Iterator[tuple[int, dict[str, Any]]]:
        with notes.open(encoding="utf-8") as stream:
            yield from enumerate(map(json.loads, stream))

    index = write_index(out, noted(), shape.id_type == "int64", totals.spectra)
    if about.grids:
        (out / about.grids.path).write_bytes((source / about.grids.path).read_bytes())
    layouts = {
        layout: SpectrumLayout(masks={m: b for m, b in found.masks.items() if m in totals.layouts[layout]})
        for layout, found in about.layouts.items()
        if layout in totals.layouts
    }
    part = about.model_copy(
        update={
            "spectra": totals.spectra,
            "parts": totals.parts,
            "pixels": totals.pixels,
            "packs": totals.packs,
            "bytes": totals.bytes,
            "layouts": layouts,
            "index": index,
            "twins": write_twins(out, name, about.grids, index),
            "originals": False,
            "shipped": Shipped(files=0, bytes=0),
            "scripts": totals.scripts,
            **({"part_of": part_of} if part_of else {}),
        }
    )
    part.write(out)
    _write_sums(out, part, totals)
    notes.unlink()
    return part


def shape_of(about: Spectra) -> Shape:
    """The columns of a set's packs, as its description tells them."""
    arrays = {c.name: _ARRAYS[c.type] for c in about.columns if c.array}
    return Shape(about.id.name, "int64" if about.id.datatype == "long" else "string", arrays)


def _packs(places: Iterable[Place]) -> Iterator[list[Place]]:
    held: list[Place] = []
    size = 0
    for place in places:
        more = place.bytes + place.more
        if held and (len(held) >= PACK_SPECTRA or size + more > PACK_BYTES):
            yield held
            held, size = [], 0
        held.append(place)
        size += more
    if held:
        yield held


def _write_pack(
    source: Path, out: Path, number: int, set_name: str, shape: Shape, places: list[Place], totals: _Totals
) -> dict[str, Any]:
    """Write one pack; what an index must know of it."""
    note: dict[str, Any] = {"ids": [], "groups": []}
    file = out / pack_path(number)
    file.parent.mkdir(parents=True, exist_ok=True)
    schema = shape.schema
    masks = [n for n, kind in shape.arrays.items() if kind.startswith("int")]
    with pq.ParquetWriter(file, schema, **shape.writing()) as writer:
        for pack, some in itertools.groupby(places, key=lambda p: p.pack):
            with pq.ParquetFile(source / pack_path(pack)) as packed:
                starts = {
                    packed.metadata.row_group(i).column(0).data_page_offset: i
                    for i in range(packed.metadata.num_row_groups)
                }
                for place in some:
                    first = starts[place.offset]
                    groups = [packed.read_row_group(first + k) for k in range(2 if place.more else 1)]
                    for table in groups:
                        writer.write_table(table.cast(schema), row_group_size=table.num_rows)
                    note["ids"].append(place.id)
                    single = groups[0].column("kind")[0].as_py() == "single"
                    note["groups"].append([not single, single or len(groups) > 1])
                    _count(totals, groups, masks)
    measure(note, file)
    folder = number // 1000
    size = file.stat().st_size
    totals.sums.setdefault(folder, []).append(f"{digest(file)}  {size}  {pack_path(number)}\n")
    totals.packs += 1
    totals.bytes += size
    for script in write_chunks(out, number, set_name, note, file):
        totals.scripts += (out / script).stat().st_size
    return note


def _count(totals: _Totals, groups: list[pa.Table], masks: list[str]) -> None:
    totals.spectra += 1
    header = json.loads(groups[0].column("header")[0].as_py())
    found = totals.layouts.setdefault(header["layout"], set())
    for table in groups:
        totals.parts += table.num_rows
        totals.pixels += sum(len(chunk.values) for chunk in table.column("flux").chunks)
        found.update(m for m in masks if table.column(m).null_count < table.num_rows)


def _write_sums(out: Path, about: Spectra, totals: _Totals) -> None:
    grids = [about.grids.path] if about.grids else []
    small = ["spectra.json", *grids]
    sums = {path: digest(out / path) for path in [*small, "spectra.js", *(i.path for i in about.index)]}
    packs = totals.sums
    packs.setdefault(0, []).extend(f"{sums[p]}  {(out / p).stat().st_size}  {p}\n" for p in small)
    write_sums(out, about.name, packs)
    for lines in packs.values():
        for line in lines:
            sha256, _, path = line.rstrip("\n").split("  ")
            sums[path] = sha256
    text = "".join(f"{sums[path]}  {path}\n" for path in sorted(sums))
    (out / SUMS).write_text(text, encoding="utf-8", newline="\n")
