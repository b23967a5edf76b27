"""Make a smaller set of spectra from a packed one: the same values, grids and format, fewer spectra.

Only the packs are read, not the survey's files. The result is a set with an index of its own, which pages
and programs read like any other.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..formats.spectra import PartOf, Shipped, Spectra, SpectrumLayout
from .describe import write_twins
from .index import write_index
from .pack import note_positions, noted, pack_path, write_chunks
from .table import Shape
from .totals import Totals

PACK_SPECTRA = 256
PACK_BYTES = 64 << 20
_ARRAYS = {"FLOAT": "float", "DOUBLE": "double", "INT32": "int32", "INT64": "int64"}


@dataclass(frozen=True)
class Place:
    """A spectrum of the larger set: its id, its pack, and its first byte in the pack."""

    id: int | str
    pack: int
    offset: int
    bytes: int
    more: int


def write_subset(
    source: Path,
    out: Path,
    places: Iterable[Place],
    part_of: PartOf | None,
    scratch: Path,
    progress: Callable[[int], None] = lambda _spectra: None,
) -> Spectra:
    """Write the spectra at `places`, which are sorted by id, of the set in `source` to `out`.

    Returns the description, which names the larger set. Original files are not included.
    """
    about = Spectra.read(source)
    name, shape = about.name, shape_of(about)
    totals = Totals()
    listed = scratch / "notes.jsonl"
    with listed.open("w", encoding="utf-8") as stream:
        for number, some in enumerate(_packs(places)):
            note = _write_pack(source, out, number, f"spectra/{name}", shape, some)
            totals.add(note)
            stream.write(json.dumps(note, separators=(",", ":")) + "\n")
            progress(totals.spectra)

    def notes() -> Iterator[tuple[int, dict[str, Any]]]:
        with listed.open(encoding="utf-8") as stream:
            yield from enumerate(map(json.loads, stream))

    index = write_index(out, notes(), shape.id_type == "int64", totals.spectra)
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
    totals.write_sums(out, name, about.grids, index, notes)
    listed.unlink()
    return part


def shape_of(about: Spectra) -> Shape:
    """Return the columns of a set's packs, from its description."""
    arrays = {c.name: _ARRAYS[c.type] for c in about.columns if c.array}
    return Shape(about.id.name, "int64" if about.id.datatype == "long" else "string", arrays)


def _packs(places: Iterable[Place]) -> Iterator[list[Place]]:
    pending: list[Place] = []
    size = 0
    for place in places:
        more = place.bytes + place.more
        if pending and (len(pending) >= PACK_SPECTRA or size + more > PACK_BYTES):
            yield pending
            pending, size = [], 0
        pending.append(place)
        size += more
    if pending:
        yield pending


def _write_pack(
    source: Path, out: Path, number: int, set_name: str, shape: Shape, places: list[Place]
) -> dict[str, Any]:
    """Write one pack; return its note, as for packs made from files."""
    note: dict[str, Any] = {"ids": [], "groups": [], "parts": 0, "pixels": 0, "layouts": {}}
    note |= {"left_out": [], "odd": {}}
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
                    _count(note, groups, masks)
    note_positions(note, file)
    scripts = write_chunks(out, number, set_name, note, file)
    note["files"] = [noted(out, path) for path in (pack_path(number), *scripts)]
    return note


def _count(note: dict[str, Any], groups: list[pa.Table], masks: list[str]) -> None:
    header = json.loads(groups[0].column("header")[0].as_py())
    found = set(note["layouts"].get(header["layout"], []))
    for table in groups:
        note["parts"] += table.num_rows
        note["pixels"] += sum(len(chunk.values) for chunk in table.column("flux").chunks)
        found.update(m for m in masks if table.column(m).null_count < table.num_rows)
    note["layouts"][header["layout"]] = sorted(found)
