"""Astropy: rows of a cone with their units, a column without its missing values, and a spectrum."""

from __future__ import annotations

from . import python_code as code
from .subject import Cone, Spectrum, Subject
from .text import Cell, Lesson

READ = '''\
import numpy as np
from astropy.table import Table, vstack
from astropy.utils.data import download_file


def local(path):
    """The path of a file of the release; one on the web is fetched once and kept."""
    return download_file(f"{RELEASE}/{path}", cache=True) if "://" in RELEASE else f"{RELEASE}/{path}"


FILES = {files}
rows = vstack(
    [Table.read(local(file), format="parquet.votable") for file in FILES], metadata_conflicts="silent"
)
rows[{shown}].info()'''
CONE = """\
from astropy import units as u
from astropy.coordinates import SkyCoord

centre = SkyCoord({ra}, {dec}, unit="deg")
places = SkyCoord(np.asarray(rows[{ra_name}], float), np.asarray(rows[{dec_name}], float), unit="deg")
cone = rows[places.separation(centre) <= {radius} * u.arcsec]
print(len(cone), "rows")
print(cone[{shown}])"""
NUMBER = """\
NAME, MISSING = {name}, {missing}
values = np.ma.filled(np.ma.asarray({rows}[NAME]).astype(float), np.nan)
known = values[np.isfinite(values) & ~np.isin(np.float32(values), np.float32(MISSING))]
print(len(known), "values of", NAME)
if len(known):
    print("median", np.median(known), {rows}[NAME].unit or "")"""
SPECTRUM = """\
import pyarrow.parquet as pq

SET, IDENT = {folder}, {ident}
found = pq.read_table(local({index}), filters=[("id", "=", IDENT)])
pack = found["pack"][0].as_py()
file = local(f"{{SET}}/packs/{{pack // 1000:03d}}/{{pack:06d}}.parquet")
part = pq.read_table(file, filters=[({id_name}, "=", IDENT)]).to_pylist()[0]
{grids}arrays = {{name: part[name] for name, values in part.items() if isinstance(values, list)}}
spectrum = Table(arrays, meta={{"scale": part["scale"]}})
print(spectrum)"""
GRIDS = """\
if part["wavelength"] is None:
    grids = pq.read_table(local(f"{SET}/grids.parquet"), filters=[("grid", "=", part["grid"])])
    grid = grids["wavelength"][0].as_py()
    part["wavelength"] = grid[part["grid_first"] :][: len(part["flux"])]
"""


def lesson(subject: Subject) -> Lesson | None:
    """The tutorial; None without rows and spectra."""
    cells: list[Cell] = [("text", "Where the release is."), ("code", code.release(subject))]
    if subject.cone:
        cells += _rows(subject.cone)
    elif subject.sources:
        catalogue, source = subject.sources[0]
        first = f"data/{catalogue.name}/{catalogue.meta.partitions[0].path}"
        cells += [
            ("text", f"The first file of the catalogue {catalogue.name}, with its units and descriptions."),
            (
                "code",
                READ.replace("{files}", code.names([first])).replace("{shown}", code.names(source.shown())),
            ),
        ]
    if subject.spectrum:
        if not subject.sources:
            cells.append(("code", READ[: READ.index("\n\n\nFILES")].replace(", vstack", "")))
        cells += [
            ("text", "One spectrum: the index gives its pack, so little is read however many there are."),
            ("code", _spectrum(subject.spectrum)),
        ]
    if len(cells) == 2:
        return None
    return Lesson("with-astropy", "Astropy", "pip install astropy pyarrow", "astropy", cells)


def _rows(cone: Cone) -> list[Cell]:
    shown = code.names(cone.shown)
    ra_name, dec_name = map(code.literal, cone.source.position())
    cells: list[Cell] = [
        (
            "text",
            f"Astropy reads {cone.said}, from the files that reach into this cone. Columns have their units "
            "and descriptions.",
        ),
        ("code", READ.replace("{files}", code.names(cone.files)).replace("{shown}", shown)),
        (
            "code",
            CONE.format(
                ra=cone.ra, dec=cone.dec, ra_name=ra_name, dec_name=dec_name, radius=cone.radius, shown=shown
            ),
        ),
    ]
    if number := next(cone.source.real(), None):
        missing = code.missing(cone.source, number)
        said = f" No value is written as {', '.join(map(str, missing))}." if missing else ""
        cells += [
            ("text", f"The values of {number}.{said}"),
            ("code", NUMBER.format(name=code.literal(number), missing=missing, rows="cone")),
        ]
    return cells


def _spectrum(spectrum: Spectrum) -> str:
    return SPECTRUM.format(
        folder=code.literal(spectrum.folder),
        ident=code.literal(spectrum.ident),
        index=code.literal(spectrum.index),
        id_name=code.literal(spectrum.meta.id.name),
        grids=GRIDS if spectrum.meta.grids else "",
    )
