"""Add the columns of another catalogue to rows in order of the sky."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..ingest.values.fields import PIXEL, Field, floats
from ..model.crossmatch import Crossmatch
from .other import Other
from .pairs import Pairs, Positions, pairs_within

MOST_PAIRS = 2_000_000_000
"""More candidate pairs take hours and are not what a match is for."""
MANY_PAIRS = 10
"""A radius that makes more of them for each row is reported: most are chance."""
_COUNT_ORDER = 6


@dataclass(frozen=True)
class Matched:
    """What is found for each row of a batch."""

    nearest: NDArray[np.int64]
    """Row of the other catalogue; -1 where there is none."""
    separation: NDArray[np.float64]
    """In arcsec; NaN where there is none."""
    within: NDArray[np.int64]
    """Number of objects within the radius."""
    pairs: Pairs
    """All pairs, by row of the batch (`other`) and separation."""


def own_fields(match: Crossmatch, other: Other, title: str, radius: float) -> list[Field]:
    """The columns that a match adds: separation, the number of objects for "all", then carried columns."""
    name = match.name
    count = Field(
        match.matches,
        pa.int32(),
        ucd="meta.number",
        description=f"Number of objects of {title} within {radius:g} arcsec",
        match=name,
    )
    return [separation_field(match, title), *([count] if match.match == "all" else []), *other.fields]


def separation_field(match: Crossmatch, title: str) -> Field:
    """The column of separations."""
    return Field(
        match.separation,
        pa.float64(),
        unit="arcsec",
        ucd="pos.angDistance",
        description=f"Separation from the nearest object of {title}",
        match=match.name,
    )


def matched(batch: pa.RecordBatch, position: tuple[str, str], other: Other, radius: float) -> Matched:
    """Match rows in order of the sky.

    Args:
        batch: rows with `_healpix_29` ascending, and their position in degrees.
        position: names of the columns of right ascension and declination.
        other: the other catalogue.
        radius: in arcsec.
    """
    ra, dec = (floats(batch.column(name)) for name in position)
    block = Positions(ra, dec, batch.column(PIXEL).to_numpy(zero_copy_only=False))
    found = list(pairs_within(other.positions, block, radius))
    one = np.concatenate([np.empty(0, np.int64), *(pairs.one for pairs in found)])
    own = np.concatenate([np.empty(0, np.int64), *(pairs.other for pairs in found)])
    apart = np.concatenate([np.empty(0), *(pairs.separation for pairs in found)])
    order = np.lexsort((one, apart, own))
    one, own, apart = one[order], own[order], apart[order]
    first = np.ones(len(own), bool)
    first[1:] = own[1:] != own[:-1]
    nearest = np.full(len(block), -1, np.int64)
    separation = np.full(len(block), np.nan)
    nearest[own[first]], separation[own[first]] = one[first], apart[first]
    return Matched(nearest, separation, np.bincount(own, minlength=len(block)), Pairs(one, own, apart))


def joined(
    batches: Iterable[pa.RecordBatch],
    position: tuple[str, str],
    other: Other,
    match: Crossmatch,
    radius: float,
    schema: pa.Schema,
    keep: Callable[[pa.RecordBatch, Matched], None] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield rows with the columns of a match; `schema` is that of the result.

    `keep` is given each batch with the pairs found for it.
    """
    for batch in batches:
        found = matched(batch, position, other, radius)
        if keep:
            keep(batch, found)
        own: list[pa.Array] = [pa.array(found.separation, mask=found.nearest < 0)]
        if match.match == "all":
            own.append(pa.array(found.within.astype(np.int32)))
        yield pa.RecordBatch.from_arrays([*batch.columns, *own, *other.taken(found.nearest)], schema=schema)


def expected_pairs(own: NDArray[np.int64], other: Positions, radius: float) -> float:
    """About how many pairs a radius makes, if positions are spread evenly over pixels of order 6.

    Args:
        own: rows of the release's catalogue per nested pixel of order 6.
        other: the other catalogue.
        radius: in arcsec.
    """
    shift = 2 * (29 - _COUNT_ORDER)
    edges = np.searchsorted(other.pixel, np.arange(12 * 4**_COUNT_ORDER + 1, dtype=np.int64) << shift)
    sphere = 4 * np.pi * (180 / np.pi * 3600) ** 2
    share = min(np.pi * radius**2 / (sphere / (12 * 4**_COUNT_ORDER)), 12 * 4**_COUNT_ORDER)
    return float(own.astype(float) @ np.diff(edges) * share)
