"""What a page must know of a set of spectra beforehand (spectra.json), its grids, and SHA256SUMS."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from ..checksums import SUMS, TWINS, digest
from ..files import Entry
from ..formats.spectra import (
    LeftOut,
    LeftOutFile,
    MaskBit,
    PackColumn,
    Shipped,
    Spectra,
    SpectraGrid,
    SpectraGrids,
    SpectraId,
    SpectraIndexFile,
    SpectraTwin,
    SpectrumLayout,
)
from ..kept import listed
from ..model import Release, SpectraSet
from .grids import Grid
from .layouts import LAYOUTS
from .model import first_line
from .pack import write_script
from .scan import Scan
from .table import Shape, list_of

Notes = Callable[[], Iterator[tuple[int, dict[str, Any]]]]
PhysicalType = Literal["INT32", "INT64", "FLOAT", "DOUBLE", "BYTE_ARRAY"]
TYPES: dict[str, PhysicalType] = {
    "int64": "INT64",
    "int32": "INT32",
    "string": "BYTE_ARRAY",
    "float": "FLOAT",
    "double": "DOUBLE",
}
LISTED = 1000
"""Files left out that are named; all are counted."""


def write_grids(out: Path, grids: list[Grid]) -> SpectraGrids | None:
    """Write grids.parquet, a row group for each grid; what the description says of it."""
    file = out / "grids.parquet"
    file.unlink(missing_ok=True)
    if not grids:
        return None
    wide = any(g.values.dtype.itemsize == 8 for g in grids)
    kind = list_of(pa.float64() if wide else pa.float32())
    schema = pa.schema(
        [
            pa.field("grid", pa.int32(), nullable=False),
            pa.field("scale", pa.string(), nullable=False),
            pa.field("wavelength", kind),
        ]
    )
    small, leaf = ("grid", "scale"), "wavelength.list.element"
    with pq.ParquetWriter(
        file,
        schema,
        compression=dict.fromkeys(small, "none") | {leaf: "zstd"},
        compression_level={leaf: 9},
        use_dictionary=False,
        column_encoding={leaf: "BYTE_STREAM_SPLIT"},
        write_statistics=False,
        store_schema=False,
        version="2.6",
        data_page_size=1 << 30,
    ) as writer:
        for number, grid in enumerate(grids):
            values = pa.array(grid.values.astype("f8" if wide else "f4"))
            offsets = pa.array([0, len(values)], pa.int32())
            scale = "log10" if grid.log else "linear"
            columns = [
                pa.array([number], pa.int32()),
                pa.array([scale]),
                pa.ListArray.from_arrays(offsets, values, type=kind),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    meta = pq.read_metadata(file)
    groups, start = [], 4
    for index, grid in enumerate(grids):
        last = meta.row_group(index).column(2)
        end = last.data_page_offset + last.total_compressed_size
        groups.append(SpectraGrid(offset=start, bytes=end - start, pixels=len(grid.values)))
        start = end
    return SpectraGrids(
        path="grids.parquet",
        size=file.stat().st_size,
        footer=start,
        type="DOUBLE" if wide else "FLOAT",
        grids=groups,
    )


def write_set(
    spec: SpectraSet,
    release: Release,
    out: Path,
    found: Scan,
    shape: Shape,
    grids: list[Grid],
    grid_file: SpectraGrids | None,
    index: list[SpectraIndexFile],
    notes: Notes,
) -> dict[str, Any]:
    """Write spectra.json, its script, the twins of index and grids, and SHA256SUMS.

    Originals are as many as spectra: their list is never held whole. Returns path and reason of
    files left out, and of each array that some are without the first path, the reason and how many they are.
    """
    totals = {"spectra": 0, "parts": 0, "pixels": 0, "packs": 0, "bytes": 0}
    layouts: dict[str, list[str]] = {}
    lost: list[Any] = [list(entry) for entry in found.left_out]
    odd: dict[str, list[Any]] = {}
    sums: dict[str, str] = {}
    shipped = {"files": 0, "bytes": 0}
    scripts = 0
    packs: dict[int, list[str]] = {}
    for _, note in notes():
        totals["spectra"] += len(note["ids"])
        totals["parts"] += note["parts"]
        totals["pixels"] += note["pixels"]
        totals["packs"] += 1
        lost += note["left_out"]
        for name, (path, why, count) in note["odd"].items():
            odd.setdefault(name, [path, why, 0])[2] += count
        for name, masks in note["layouts"].items():
            layouts[name] = sorted({*layouts.get(name, []), *masks})
        for path, size, sha in note["files"]:
            if path.startswith("packs/"):
                totals["bytes"] += size
                packs.setdefault(int(path.split("/")[1]), []).append(f"{sha}  {size}  {path}\n")
                sums[path] = sha
            elif path.startswith(f"{TWINS}/"):
                scripts += size
            else:
                shipped = {"files": shipped["files"] + 1, "bytes": shipped["bytes"] + size}
    entries = [LeftOutFile(path, first_line(why)) for path, why in lost[:LISTED]]
    Spectra(
        name=spec.name,
        title=spec.title,
        description=spec.description,
        catalogue=spec.catalogue,
        simulated=spec.simulate is not None,
        id=SpectraId(name=found.id_name, datatype="long" if found.whole else "string"),
        spectra=totals["spectra"],
        parts=totals["parts"],
        pixels=totals["pixels"],
        packs=totals["packs"],
        bytes=totals["bytes"],
        wavelength_unit=spec.wavelength_unit or "Angstrom",
        flux_unit=spec.flux_unit if spec.flux_unit is not None else _flux_unit(layouts),
        layouts={name: _masks(name, masks) for name, masks in sorted(layouts.items())},
        columns=_columns(shape),
        grids=grid_file,
        index=index,
        twins=write_twins(out, spec.name, grid_file, index),
        originals=spec.ship_originals and shipped["files"] > 0,
        shipped=Shipped(**shipped),
        scripts=scripts,
        # Names, and what is wrong with a file, may tell what is withheld.
        left_out=LeftOut(count=len(lost), files=[] if spec.without else entries),
    ).write(out)
    for path in [
        "spectra.json",
        "spectra.js",
        *(i.path for i in index),
        *(["grids.parquet"] if grids else []),
    ]:
        sums[path] = digest(out / path)
    small = [p for p in ("spectra.json", "grids.parquet") if p in sums]
    packs.setdefault(0, []).extend(f"{sums[p]}  {(out / p).stat().st_size}  {p}\n" for p in small)
    write_sums(out, spec.name, packs)
    unfinished = out / f"{SUMS}.part"
    unfinished.unlink(missing_ok=True)
    with unfinished.open("w", encoding="utf-8", newline="\n") as stream:
        for _, note in notes():  # in the order of their paths, which are before all others
            originals = {path: sha for path, _, sha in note["files"] if path.startswith("fits/")}
            stream.writelines(f"{originals[path]}  {path}\n" for path in sorted(originals))
        stream.writelines(f"{sums[path]}  {path}\n" for path in sorted(sums))
    unfinished.replace(out / SUMS)
    return {"lost": lost[:LISTED], "odd": odd}


def all_sums(out: Path, notes: Notes) -> Iterator[Entry]:
    """Every file of a set that was written, with its checksum, in the order of the paths."""
    yield Entry(SUMS, 0, digest(out / SUMS))
    for _, note in notes():
        found = (Entry(path, size, sha) for path, size, sha in note["files"] if path.startswith(f"{TWINS}/"))
        yield from sorted(found, key=lambda e: e.path)
    for folder in (f"{TWINS}/index", f"{TWINS}/sums"):
        for file in sorted((out / folder).iterdir()):
            yield Entry(f"{folder}/{file.name}", 0, digest(file))
    yield from listed(out / SUMS)


def _flux_unit(layouts: dict[str, list[str]]) -> str:
    units = {str(LAYOUTS[name].FLUX_UNIT) for name in layouts}
    return units.pop() if len(units) == 1 else ""


def mask_tables() -> dict[str, Any]:
    """The meaning of every mask's bits, by table."""
    return tomllib.loads((Path(__file__).parent / "masks.toml").read_text(encoding="utf-8"))


def _masks(layout: str, masks: list[str]) -> SpectrumLayout:
    """The masks of a layout's spectra, each with its bits in order."""
    table = mask_tables().get(str(LAYOUTS[layout].MASKS), {})
    bits = [
        MaskBit(bit=int(bit), **about) for bit, about in sorted(table.items(), key=lambda item: int(item[0]))
    ]
    return SpectrumLayout(masks=dict.fromkeys(masks, bits))


def _columns(shape: Shape) -> list[PackColumn]:
    """Columns in the order of their pages in a row group, with what a page must know to read them."""
    options = shape.writing()
    columns = []
    for field in shape.schema:
        array = field.name in shape.arrays
        path = f"{field.name}.list.element" if array else field.name
        kind = shape.arrays[field.name] if array else str(field.type)
        columns.append(
            PackColumn(
                name=field.name,
                type=TYPES[kind],
                array=array,
                optional=field.nullable,
                encoding=options["column_encoding"].get(path, "PLAIN"),
                codec=options["compression"][path].upper().replace("NONE", "UNCOMPRESSED"),
            )
        )
    return columns


def write_twins(
    out: Path, set_name: str, grid_file: SpectraGrids | None, index: list[SpectraIndexFile]
) -> list[SpectraTwin]:
    """Scripts of the pages of index and grids, and of their footers; which bytes each holds."""
    folder = out / TWINS / "index"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    twins: list[SpectraTwin] = []

    def write(path: str, offset: int, size: int) -> None:
        name = f"index/{len(twins):06d}"
        with (out / path).open("rb") as stream:
            stream.seek(offset)
            write_script(out / TWINS / f"{name}.js", f"spectra/{set_name}", name, stream.read(size))
        twins.append(SpectraTwin(path=path, offset=offset, bytes=size))

    if grid_file:
        for grid in grid_file.grids:
            write(grid_file.path, grid.offset, grid.bytes)
    for file in index:
        # All pages in one: a script more costs more than the bytes it saves.
        write(file.path, 0, file.size)
    return twins


def write_sums(out: Path, set_name: str, packs: dict[int, list[str]]) -> None:
    """Scripts that tell checksum, size and path of each pack, one for each folder of packs.

    The first tells those of the description and the grids too.
    """
    folder = out / TWINS / "sums"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, lines in packs.items():
        name = f"sums/{number:03d}"
        write_script(out / TWINS / f"{name}.js", f"spectra/{set_name}", name, "".join(lines).encode())
