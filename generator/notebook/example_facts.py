"""What a release has that examples can be made of: columns by their roles, UCDs, units and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..formats import Catalogue, CatalogueColumn, Spectra, Statistics
from ..ingest.values.sql_text import literal, quoted

TEFF = (r"phys\.temperature\.effective", r"teff|t_eff|teff_\w+")
GRAVITY = (r"phys\.gravity", r"log_?g|logg_\w+")
ERROR = re.compile(r"err|sig|unc|(?:^|_)e_|_lo$|_hi$|flag", re.IGNORECASE)
IDS = 40
"""Ids of spectra that an example names."""
BANDS = "ugrizyBVRIJHK"


@dataclass(frozen=True)
class Source:
    """A catalogue and its statistics."""

    meta: Catalogue
    statistics: Statistics

    @property
    def table(self) -> str:
        """Its name in SQL."""
        return quoted(self.meta.name)

    def columns(self) -> dict[str, CatalogueColumn]:
        """Columns of single values."""
        return {
            column.name: column
            for column in self.meta.columns
            if column.arraysize in (None, "1") and column.datatype != "binary"
        }

    def role(self, name: str) -> str | None:
        """The column of a role, if it has single values."""
        found = self.statistics.roles.of(name)
        return found if found in self.columns() else None

    def position(self) -> list[str]:
        """The columns of the position, if it has one."""
        return [self.meta.position.ra, self.meta.position.dec] if self.meta.position else []

    def present(self, name: str) -> int:
        """Rows with a value of a column."""
        for column in self.statistics.columns:
            if column.name == name:
                return column.rows - column.nulls - sum(rows for _, rows in column.marked)
        return 0

    def real(self) -> Iterator[str]:
        """Columns of measured numbers with values: signal to noise, redshift, then others of more than one
        value.
        """
        varied = {one.name for one in self.statistics.columns if one.min != one.max}
        wanted = [self.role("snr"), self.role("redshift")]
        usual = [name for name in wanted if name and name in varied]
        yield from usual
        avoid = {*usual, *self.position(), self.meta.id}
        for name, column in self.columns().items():
            if column.datatype in ("float", "double") and name in varied and name not in avoid:
                yield name
        for name, column in self.columns().items():
            if column.datatype in ("byte", "short", "int", "long") and name in varied and name not in avoid:
                yield name

    def label(self) -> str | None:
        """A column with few values, to count: the class, else one of at most 20."""
        if found := self.role("class"):
            return found
        for column in self.statistics.columns:
            if column.name in self.columns() and 1 < len(column.values) <= 20:
                return column.name
        return None

    def shown(self) -> list[str]:
        """Columns that identify a row."""
        wanted = [self.meta.id, self.role("designation"), *self.position(), self.role("class"), *self.real()]
        names = [name for name in dict.fromkeys(wanted) if name and name in self.columns()]
        return names[:7] or list(self.columns())[:7]

    def like(self, pattern: tuple[str, str]) -> str | None:
        """The column of real numbers with most values whose UCD or name is like this, and which is no error
        of it.
        """
        ucd, name = (re.compile(one, re.IGNORECASE) for one in pattern)
        found = [
            column.name
            for column in self.columns().values()
            if column.datatype in ("float", "double", "short", "int")
            and not ERROR.search(column.name)
            and not (column.ucd or "").startswith("stat.")
            and (ucd.match(column.ucd or "") or name.fullmatch(column.name))
        ]
        return max(found, key=self.present, default=None)

    def magnitudes(self) -> list[str]:
        """Magnitudes of one system in three bands or two, from blue to red: those with most values."""
        groups: dict[str, dict[str, str]] = {}
        for column in self.columns().values():
            is_magnitude = (column.ucd or "").startswith("phot.mag") or column.unit == "mag"
            band = re.fullmatch(r"(.*?)_?([ugrizyBVRIJHK])(?:_?mag)?", column.name)
            if (
                is_magnitude
                and band
                and column.datatype in ("float", "double")
                and not ERROR.search(column.name)
            ):
                groups.setdefault(band[1], {})[band[2]] = column.name
        best: list[str] = []
        for group in groups.values():
            names = [group[band] for band in BANDS if band in group and self.present(group[band])]
            preferred = [group[band] for band in "gri" if band in group and self.present(group[band])]
            names = preferred if len(preferred) > 1 else names[:3]
            best = max(best, names, key=len)
        return best if len(best) > 1 else []


@dataclass(frozen=True)
class Held:
    """What examples of a release are made of."""

    sources: list[Source]
    spectra: list[tuple[Spectra, Path]]
    """Sets, and their folders."""

    def first(self) -> Source:
        """The catalogue with which examples begin."""
        return self.sources[0]

    def best(self, role: str) -> tuple[Source, str] | None:
        """The first catalogue that has values of a role, and the column."""
        for source in self.sources:
            name = source.role(role)
            if name and source.present(name):
                return source, name
        return None

    def observed(self) -> tuple[Source, Spectra, list[int | str]] | None:
        """A set of spectra, the catalogue with their ids under the same name, and some ids, spread over all.

        The ids are left out where every row of the catalogue has a spectrum.
        """
        by_name = {source.meta.name: source for source in self.sources}
        for spectra, folder in self.spectra:
            source = by_name.get(spectra.catalogue or "")
            if source and spectra.spectra and spectra.id.name in source.columns():
                whole = spectra.spectra >= source.meta.rows
                return source, spectra, [] if whole else some_ids(spectra, folder)
        return None

    def placed(self) -> list[Source]:
        """Catalogues with positions."""
        return [source for source in self.sources if source.meta.position]


def some_ids(spectra: Spectra, folder: Path) -> list[int | str]:
    """Ids of a set, evenly taken from the first page of each file of its index."""
    import pyarrow.parquet as pq

    found: list[int | str] = []
    for part in spectra.index[:4]:
        found += pq.ParquetFile(folder / part.path).read_row_group(0, columns=["id"]).column("id").to_pylist()
    step = max(1, len(found) // IDS)
    return found[::step][:IDS]


def sql_value(value: int | str) -> str:
    """An id as SQL."""
    return str(value) if isinstance(value, int) else literal(value)


def crowded(source: Source, other: Source) -> tuple[float, float]:
    """The place, in degrees, where two catalogues have most rows in common: the centre of a pixel of their
    maps.
    """
    first, second = source.statistics.sky, other.statistics.sky
    if first is None or not first.counts:
        return 0.0, 0.0
    shared = second.counts if second is not None and second.order == first.order else {}
    best = max(
        first.counts, key=lambda pixel: (min(first.counts[pixel], shared.get(pixel, 0)), first.counts[pixel])
    )
    import numpy as np
    from cdshealpix.nested import healpix_to_lonlat

    ra, dec = healpix_to_lonlat(np.array([int(best)]), first.order)
    return round(float(ra.deg[0]), 3), round(float(dec.deg[0]), 3)
