"""Write the description of a set of spectra (spectra.json) and SHA256SUMS."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..checksums import SUMS, TWINS, digest
from ..files import Entry
from ..formats.spectra import (
    LeftOutFile,
    MaskBit,
    PackColumn,
    PhysicalType,
    Spectra,
    SpectraGrids,
    SpectraId,
    SpectraIndexFile,
    SpectraLeftOut,
    SpectraTwin,
    SpectrumLayout,
)
from ..pieces.sums import listed
from .job import Job
from .layouts import layouts as known_layouts
from .left_out import LeftOut
from .pack import write_script
from .scan import Scan
from .spectrum import first_line
from .table import Shape
from .totals import Notes, Totals

TYPES: dict[str, PhysicalType] = {
    "int64": "INT64",
    "int32": "INT32",
    "string": "BYTE_ARRAY",
    "float": "FLOAT",
    "double": "DOUBLE",
}
LISTED = 1000
"""Number of left-out files that are listed; all are counted."""


def write_set(
    job: Job,
    found: Scan,
    shape: Shape,
    grid_file: SpectraGrids | None,
    index: list[SpectraIndexFile],
    notes: Notes,
) -> LeftOut:
    """Write spectra.json, its script, the twins of index and grids, and SHA256SUMS.

    The list of originals, one per spectrum, is never in memory as a whole. Returns what was left out.
    """
    totals = Totals(lost=[list(entry) for entry in found.left_out])
    for _, note in notes():
        totals.add(note)
    twins = write_twins(job.data, job.spec.name, grid_file, index)
    _description(job, found, shape, totals, grid_file, index, twins).write(job.data)
    totals.write_sums(job.data, job.spec.name, grid_file, index, notes)
    return LeftOut(totals.lost[:LISTED], totals.odd)


def _description(
    job: Job,
    found: Scan,
    shape: Shape,
    totals: Totals,
    grid_file: SpectraGrids | None,
    index: list[SpectraIndexFile],
    twins: list[SpectraTwin],
) -> Spectra:
    """Return the content of spectra.json."""
    spec = job.spec
    entries = [LeftOutFile(path, first_line(why)) for path, why in totals.lost[:LISTED]]
    return Spectra(
        name=spec.name,
        title=spec.title,
        description=spec.description,
        catalogue=spec.catalogue,
        simulated=spec.simulate is not None,
        id=SpectraId(name=found.id_name, datatype="long" if found.whole else "string"),
        spectra=totals.spectra,
        parts=totals.parts,
        pixels=totals.pixels,
        packs=totals.packs,
        bytes=totals.bytes,
        wavelength_unit=spec.wavelength_unit or "Angstrom",
        flux_unit=spec.flux_unit if spec.flux_unit is not None else _flux_unit(totals.layouts),
        layouts={name: _masks(name, masks) for name, masks in sorted(totals.layouts.items())},
        columns=_columns(shape),
        grids=grid_file,
        index=index,
        twins=twins,
        originals=spec.ship_originals and totals.shipped.files > 0,
        shipped=totals.shipped,
        scripts=totals.scripts,
        # File names and messages about files may reveal withheld data.
        left_out=SpectraLeftOut(count=len(totals.lost), files=[] if spec.without else entries),
    )


def all_sums(out: Path, notes: Notes) -> Iterator[Entry]:
    """Yield every file of a set with its checksum, sorted by path."""
    yield Entry(SUMS, 0, digest(out / SUMS))
    for _, note in notes():
        found = (Entry(path, size, sha) for path, size, sha in note["files"] if path.startswith(f"{TWINS}/"))
        yield from sorted(found, key=lambda e: e.path)
    for folder in (f"{TWINS}/index", f"{TWINS}/sums"):
        for file in sorted((out / folder).iterdir()):
            yield Entry(f"{folder}/{file.name}", 0, digest(file))
    yield from listed(out / SUMS)


def _flux_unit(layouts: dict[str, list[str]]) -> str:
    known = known_layouts()
    units = {str(known[name].FLUX_UNIT) for name in layouts}
    return units.pop() if len(units) == 1 else ""


def mask_tables() -> dict[str, Any]:
    """Return the meaning of every mask's bits, by table."""
    return tomllib.loads((Path(__file__).parent / "masks.toml").read_text(encoding="utf-8"))


def _masks(layout: str, masks: list[str]) -> SpectrumLayout:
    """Return the masks of a layout, each with its bits in order."""
    table = mask_tables().get(str(getattr(known_layouts()[layout], "MASKS", "")), {})
    ordered = sorted(table.items(), key=lambda item: int(item[0]))
    bits = [MaskBit(bit=int(bit), **about) for bit, about in ordered]
    return SpectrumLayout(masks=dict.fromkeys(masks, bits))


def _columns(shape: Shape) -> list[PackColumn]:
    """Return the columns in the order of their pages in a row group, with what is needed to read them."""
    options = shape.writing()
    columns = []
    for column in shape.schema:
        array = column.name in shape.arrays
        path = f"{column.name}.list.element" if array else column.name
        kind = shape.arrays[column.name] if array else str(column.type)
        columns.append(
            PackColumn(
                name=column.name,
                type=TYPES[kind],
                array=array,
                optional=column.nullable,
                encoding=options["column_encoding"].get(path, "PLAIN"),
                codec=options["compression"][path].upper().replace("NONE", "UNCOMPRESSED"),
            )
        )
    return columns


def write_twins(
    out: Path, set_name: str, grid_file: SpectraGrids | None, index: list[SpectraIndexFile]
) -> list[SpectraTwin]:
    """Write scripts with the pages of index and grids and their footers; return the bytes of each script."""
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
        # All pages in one script: a further script costs more than the bytes it saves.
        write(file.path, 0, file.size)
    return twins
