"""sky.html: where each catalogue has rows, how many, and of which quality and years."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...escape import permalink
from ..calendar import year_search
from ..forms import densest
from ..skymap import SkyMap, sky_map

if TYPE_CHECKING:
    from ..site import CatalogueView, Site

CHECK_ORDER = 7
"""Pixels of 27 arcminutes tell whether a place is covered: 24 KB of bits."""


@dataclass(frozen=True)
class SmallMap:
    """The map of some of the rows."""

    label: str
    """A threshold or a year."""
    map: SkyMap
    rows: int
    search: str | None


@dataclass(frozen=True)
class SkyOf:
    """What the page shows of one catalogue."""

    view: CatalogueView
    map: SkyMap
    area: float
    """Square degrees of the pixels of `check_order` that hold rows."""
    place: tuple[float, float]
    snr_column: str
    snr: list[SmallMap]
    years: list[SmallMap]
    check: dict[str, Any]
    """For the script: `order`, and `cover` with a bit for each pixel, as pages/coverage.py has it."""
    check_arcmin: float


def is_mapped(view: CatalogueView) -> bool:
    """Whether sky.html tells of a catalogue: one with places, and not of changed rows alone."""
    return not view.changes_since and bool((view.statistics.get("sky") or {}).get("counts"))


def sky_context(site: Site) -> dict[str, object]:
    """What sky.html adds. The MOC files are there already."""
    return {"skies": [_sky_of(site, view) for view in site.catalogues if is_mapped(view)]}


def _sky_of(site: Site, view: CatalogueView) -> SkyOf:
    sky = view.statistics["sky"]
    order, bits = _cover(site, view)
    cells = 12 * 4**order
    place = densest(view.statistics)
    assert place is not None
    by_snr = view.statistics.get("sky_by_snr") or {"maps": [], "column": "", "order": 0}
    by_year = view.statistics.get("sky_by_year") or {"maps": [], "column": "", "order": 0}
    return SkyOf(
        view=view,
        map=sky_map(sky["order"], sky["counts"]),
        area=int(bits.sum()) * _whole_sky() / cells,
        place=place,
        snr_column=by_snr["column"],
        snr=[
            _small(
                f"≥ {one['from']}",
                by_snr["order"],
                one["counts"],
                permalink("search.html", catalogue=view.name, **{by_snr["column"]: f"{one['from']}.."}),
            )
            for one in by_snr["maps"]
            if one["counts"]
        ],
        years=[
            _small(
                str(one["year"]),
                by_year["order"],
                one["counts"],
                year_search(
                    view.name,
                    by_year["column"],
                    one["year"],
                    [night for night, _ in view.statistics.get("per_night") or []],
                ),
            )
            for one in by_year["maps"]
        ],
        check={
            "order": order,
            "cover": base64.b64encode(np.packbits(bits, bitorder="little").tobytes()).decode(),
        },
        check_arcmin=math.degrees(math.sqrt(4 * math.pi / cells)) * 60,
    )


def _small(label: str, order: int, counts: dict[str, int], search: str | None) -> SmallMap:
    return SmallMap(label, sky_map(order, counts), sum(counts.values()), search)


def _cover(site: Site, view: CatalogueView) -> tuple[int, Any]:
    """The order of the check and a truth for each of its pixels, out of the catalogue's MOC."""
    from mocpy import MOC

    moc = MOC.load(str(site.out / "meta" / f"{view.name}.moc.fits"), "fits")
    if moc.max_order > CHECK_ORDER:
        moc = moc.degrade_to_order(CHECK_ORDER)
    bits = np.zeros(12 * 4**moc.max_order, dtype=bool)
    bits[moc.flatten().astype(np.int64)] = True
    return int(moc.max_order), bits


def _whole_sky() -> float:
    return 4 * math.pi * math.degrees(1) ** 2
