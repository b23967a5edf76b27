"""What tutorials of a release are about: a cone with rows, a spectrum, and columns by their roles."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from ..formats import Spectra
from ..formats.catalogue import Partition
from ..ingest.fits_twin import fits_name
from ..metadata.release_facts import CatalogueFacts, ReleaseFacts
from ..notebook.example_facts import Source

ROWS = 50
"""Rows that a cone is to have, about."""
NARROWEST, WIDEST = 10, 3600
"""Radii of cones in arcsec."""
PIXEL = re.compile(r"Norder=(\d+)/.*Npix=(\d+)")


@dataclass(frozen=True)
class Cone:
    """A part of the sky in which a catalogue has rows."""

    catalogue: CatalogueFacts
    source: Source
    ra: float
    """Degrees, like `dec`."""
    dec: float
    radius: int
    """Arcsec."""
    files: list[str]
    """The files of the catalogue that reach into it, in the folder of the release."""

    @property
    def said(self) -> str:
        """What it is, as a part of a sentence."""
        return f"the rows of {self.catalogue.name} within {self.radius} arcsec of {self.ra}, {self.dec}"

    @property
    def shown(self) -> list[str]:
        """Columns to show, the position included."""
        return list(dict.fromkeys([*self.source.shown(), *self.source.position()]))


@dataclass(frozen=True)
class Spectrum:
    """A spectrum of a set."""

    meta: Spectra
    ident: int | str
    index: str
    """The file of the index that has it, in the folder of the release."""

    @property
    def folder(self) -> str:
        return f"data/spectra/{self.meta.name}"


@dataclass(frozen=True)
class Subject:
    """A release as tutorials show it."""

    facts: ReleaseFacts
    out: Path
    """Its folder, with the metadata that are written before tutorials."""
    sources: list[tuple[CatalogueFacts, Source]]
    """Catalogues with rows and columns."""
    cone: Cone | None
    spectrum: Spectrum | None

    @classmethod
    def of(cls, facts: ReleaseFacts, out: Path) -> Subject:
        sources = [
            (one, Source(one.meta, one.statistics))
            for one in facts.catalogues
            if one.rows and Source(one.meta, one.statistics).columns()
        ]
        cones = (_cone(*one) for one in sources if one[1].position())
        return cls(facts, out, sources, next(filter(None, cones), None), _spectrum(facts))

    def twin(self, name: str) -> str | None:
        """The catalogue as one FITS file, if the release has it."""
        found = next((one for one, _ in self.sources if one.name == name), None)
        there = found and (found.folder.parent / fits_name(name)).is_file()
        return f"data/{fits_name(name)}" if there else None

    def has(self, path: str) -> bool:
        """Whether the release has a metadata file."""
        return (self.out / path).is_file()


def _cone(catalogue: CatalogueFacts, source: Source) -> Cone | None:
    """A cone around a row of the largest file with positions; None if no row has one."""
    place = _place(catalogue, source)
    if place is None:
        return None
    largest, ra, dec = place
    radius = _radius(source, ra, dec)
    near = _pixels(ra, dec, radius, {found[0] for part in source.meta.partitions if (found := _pixel(part))})
    touched = [
        f"data/{catalogue.name}/{part.path}"
        for part in source.meta.partitions
        if part is largest or _pixel(part) in near
    ]
    return Cone(catalogue, source, ra, dec, radius, touched)


def _place(catalogue: CatalogueFacts, source: Source) -> tuple[Partition, float, float] | None:
    """A partition, the largest if it has positions, and the position in degrees of one of its rows."""
    for part in sorted(source.meta.partitions, key=lambda part: -part.rows):
        with pq.ParquetFile(catalogue.folder / part.path) as file:
            groups = range(file.num_row_groups)
            # Rows without positions are together, so a group in the middle usually has some.
            for group in sorted(groups, key=lambda number: abs(number - len(groups) // 2)):
                rows = file.read_row_group(group, columns=source.position())
                places = [rows.column(name).to_numpy().astype(float) for name in source.position()]
                placed = np.flatnonzero(np.isfinite(places[0]) & np.isfinite(places[1]))
                if len(placed):
                    row = placed[len(placed) // 2]
                    ra, dec = (round(float(values[row]), 4) for values in places)
                    return part, ra, dec
    return None


def _radius(source: Source, ra: float, dec: float) -> int:
    """The radius in arcsec that has some dozens of rows, by the map of the catalogue."""
    sky = source.statistics.sky
    if sky is None:
        return WIDEST
    from astropy import units as u
    from cdshealpix.nested import lonlat_to_healpix

    pixel = int(lonlat_to_healpix(np.array([ra]) * u.deg, np.array([dec]) * u.deg, sky.order)[0])
    area = 4 * math.pi * math.degrees(1) ** 2 / (12 * 4**sky.order)
    density = max(1, sky.counts.get(str(pixel), 1)) / area
    return int(min(WIDEST, max(NARROWEST, 3600 * math.sqrt(ROWS / (math.pi * density)))))


def _pixel(part: Partition) -> tuple[int, int] | None:
    """Order and number of the pixel of a file, which are in its name."""
    match = PIXEL.search(part.path)
    return (int(match[1]), int(match[2])) if match else None


def _pixels(ra: float, dec: float, radius: int, orders: set[int]) -> set[tuple[int, int]]:
    """The pixels of some orders that reach into a cone."""
    from astropy import units as u
    from cdshealpix.nested import cone_search

    found = {
        order: cone_search(ra * u.deg, dec * u.deg, radius * u.arcsec, order, flat=True)[0]
        for order in orders
    }
    return {(order, int(pixel)) for order, pixels in found.items() for pixel in pixels}


def _spectrum(facts: ReleaseFacts) -> Spectrum | None:
    """The first spectrum of a set, if possible of one whose spectra belong to a catalogue."""
    sets = [one for one in facts.spectra if one.meta.spectra and one.meta.index]
    chosen = next((one for one in sets if one.meta.catalogue), next(iter(sets), None))
    if chosen is None:
        return None
    index = chosen.meta.index[0].path
    with pq.ParquetFile(chosen.folder / index) as file:
        ident = file.read_row_group(0, columns=["id"]).column("id")[0].as_py()
    return Spectrum(chosen.meta, ident, f"data/spectra/{chosen.name}/{index}")
