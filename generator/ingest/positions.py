"""Compute the sky pixel of each row and count rows by pixel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import cdshealpix
import numpy as np
import pyarrow as pa
from astropy.coordinates import Latitude, Longitude
from numpy.typing import NDArray

from ..problems import InputError, Problem
from .values.fields import floats
from .values.missing import Sentinel

ORDER = 29
COUNT_ORDER = 10
"""HEALPix order at which rows are counted as they are read: 12.6 million pixels."""
MAP_ORDER = 6
"""HEALPix order of the density map."""


class Positions:
    """Compute the pixels of rows from ra and dec in degrees (ICRS).

    `pixels` returns the order-29 pixels of a batch and leaves out rows that `policy` allows to leave out
    (counted in `left_out`).
    """

    def __init__(
        self,
        ra: str,
        dec: str,
        policy: Literal["require", "drop_missing"],
        wrap: bool,
        missing: dict[str, list[Sentinel]],
    ) -> None:
        self.ra, self.dec, self.policy, self.wrap = ra, dec, policy, wrap
        self.missing = missing
        self.left_out = 0
        self.counts: NDArray[np.int32] = np.zeros(12 * 4**COUNT_ORDER, np.int32)

    def pixels(
        self, batch: pa.RecordBatch, file: Path, numbers: NDArray[np.int64]
    ) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
        """Return the rows that have a position, and their pixels.

        `numbers` are the row numbers of the batch in `file`, from 1. Raises InputError for positions that are
        not on the sky.
        """
        ra, dec = self._degrees(batch, self.ra), self._degrees(batch, self.dec)
        if self.wrap:
            below = (ra < 0) & (ra >= -180)
            if below.any():
                ra = np.where(below, ra + 360, ra)
                index = batch.schema.get_field_index(self.ra)
                kind = batch.schema.field(index).type
                values = pa.array(ra, mask=np.isnan(ra)).cast(kind, safe=False)
                # Rounded to the column's precision, a tiny negative angle may become 360: the same place.
                batch = batch.set_column(index, batch.schema.field(index), values)
        nowhere = np.isnan(ra) | np.isnan(dec)
        wrong_ra = ~nowhere & ~((ra >= 0) & (ra <= 360))
        wrong_dec = ~nowhere & ~(np.abs(dec) <= 90)
        self._refuse(
            file, numbers, self.ra, ra, wrong_ra, "is outside 0 to 360 degrees", self._ra_fix(ra[wrong_ra])
        )
        fix = "give declinations in degrees from -90 to 90, or name the right column as roles.dec"
        self._refuse(file, numbers, self.dec, dec, wrong_dec, "is outside -90 to 90 degrees", fix)
        if nowhere.any():
            if self.policy == "require":
                fix = 'correct the rows, or set positions = "drop_missing" to leave them out'
                self._refuse(file, numbers, f"{self.ra}, {self.dec}", None, nowhere, "has no position", fix)
            self.left_out += int(nowhere.sum())
            batch = batch.filter(pa.array(~nowhere))
            ra, dec = ra[~nowhere], dec[~nowhere]
        pixels = sky_pixels(ra, dec)
        self.count(pixels)
        return batch, pixels

    def count(self, pixels: NDArray[np.int64]) -> None:
        """Add rows to `counts` by their order-29 pixels."""
        # A one of another type would be converted for each pixel, which takes 15 times as long.
        np.add.at(self.counts, pixels >> (2 * (ORDER - COUNT_ORDER)), self.counts.dtype.type(1))

    def _degrees(self, batch: pa.RecordBatch, name: str) -> NDArray[np.float64]:
        values = floats(batch.column(name))
        sentinels = self.missing.get(name)
        if sentinels:
            values = np.where(np.isin(values, np.array(sentinels, float)), np.nan, values)
        return values

    @staticmethod
    def _ra_fix(values: NDArray[np.float64]) -> str:
        if len(values) and (values >= -180).all() and (values < 0).all():
            return "set wrap_ra = true to store right ascensions of -180 to 0 as 180 to 360"
        return "give right ascensions in degrees from 0 to 360, or name the right column as roles.ra"

    @staticmethod
    def _refuse(
        file: Path,
        numbers: NDArray[np.int64],
        name: str,
        values: NDArray[np.float64] | None,
        wrong: NDArray[np.bool_],
        what: str,
        fix: str,
    ) -> None:
        if not wrong.any():
            return
        index = int(wrong.argmax())
        others = int(wrong.sum()) - 1
        value = f"= {float(values[index])!r} " if values is not None else ""
        text = f"{value}{what}" + (
            f" (and {others:,} more of the first {numbers[-1]:,} rows)" if others else ""
        )
        raise InputError(Problem(str(file), f"row {numbers[index]}, {name}", text, fix))


def sky_pixels(ra: NDArray[np.float64], dec: NDArray[np.float64]) -> NDArray[np.int64]:
    """HEALPix pixels (nested, order 29) of ICRS positions in degrees; shape of ra."""
    if not len(ra):
        return np.empty(0, np.int64)
    lon, lat = Longitude(ra, "deg"), Latitude(dec, "deg")
    pixels: NDArray[np.int64] = cdshealpix.lonlat_to_healpix(lon, lat, ORDER, num_threads=1).astype(np.int64)
    return pixels


def rows_of_pixels(counts: NDArray[np.int32], order: int) -> NDArray[np.int64]:
    """Return the rows per nested pixel of a lower order. counts: rows per pixel of COUNT_ORDER."""
    rows: NDArray[np.int64] = counts.reshape(12 * 4**order, -1).sum(axis=1, dtype=np.int64)
    return rows


def split(
    counts: NDArray[np.int32], limit: int, deeper: Iterator[NDArray[np.int64]] | None = None
) -> list[tuple[int, int, int]]:
    """Return partitions as (order, pixel, rows) in sky order: the largest pixels of at most `limit` rows.

    counts: rows per pixel of COUNT_ORDER. A pixel of that order that is still too full is split by its rows'
    pixels (`deeper`: batches of the order-29 pixels of all rows), down to order 29.
    """
    full = np.flatnonzero(counts > limit)
    inside = np.empty(0, np.int64)
    if len(full) and deeper is not None:
        shift = 2 * (ORDER - COUNT_ORDER)
        inside = np.sort(np.concatenate([p[np.isin(p >> shift, full)] for p in deeper]))
    # Below MAP_ORDER only the pixels that are visited are summed: few of the 12.6 million if rows are few.
    pyramid = [rows_of_pixels(counts, MAP_ORDER)]
    while len(pyramid[0]) > 12:
        pyramid.insert(0, pyramid[0].reshape(-1, 4).sum(axis=1))
    partitions: list[tuple[int, int, int]] = []

    def rows(order: int, pixel: int) -> int:
        if order <= MAP_ORDER:
            return int(pyramid[order][pixel])
        if order <= COUNT_ORDER:
            width = 4 ** (COUNT_ORDER - order)
            return int(counts[pixel * width : (pixel + 1) * width].sum(dtype=np.int64))
        shift = 2 * (ORDER - order)
        first, last = np.searchsorted(inside, [pixel << shift, (pixel + 1) << shift])
        return int(last - first)

    def visit(order: int, pixel: int) -> None:
        count = rows(order, pixel)
        if not count:
            return
        if count <= limit or order == ORDER or (order >= COUNT_ORDER and not len(inside)):
            partitions.append((order, pixel, count))
            return
        for child in range(4 * pixel, 4 * pixel + 4):
            visit(order + 1, child)

    for pixel in range(12):
        visit(0, pixel)
    return partitions
