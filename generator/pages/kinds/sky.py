"""sky.html: the rows of each catalogue on the sky, also by quality and year."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...escape import permalink
from ...formats.blocks import Cover
from ...formats.statistics import SkyBySnr, SnrSky
from ..calendar import year_search
from ..forms import densest
from ..page import Nav, Page, Planned
from ..site import LocalSite, Site
from ..views import CatalogueView

if TYPE_CHECKING:
    from ..skymap import SkyMap

CHECK_ORDER = 7
"""HEALPix order of the check whether a position is covered: pixels of 27 arcminutes, 24 KB of bits."""


@dataclass(frozen=True)
class SmallMap:
    """A map of some of the rows."""

    label: str
    """Threshold of signal to noise, or year."""
    map: SkyMap
    rows: int
    search: str | None


@dataclass(frozen=True)
class SkyOf:
    """The maps of one catalogue."""

    view: CatalogueView
    map: SkyMap
    area: float
    """Square degrees of the pixels of `check_order` that contain rows."""
    place: tuple[float, float]
    snr_column: str
    snr: list[SmallMap]
    years: list[SmallMap]
    check: Cover
    """JSON for the script."""
    check_arcmin: float


@dataclass(frozen=True)
class Sky:
    """Variables of sky.html."""

    skies: list[SkyOf]


def sky(here: LocalSite, _planned: Planned) -> Sky:
    return here.site.once(_skies)  # maps are the same in all languages


def _skies(site: Site) -> Sky:
    assert site.pack
    return Sky([_sky_of(site.pack.folder, view) for view in site.catalogues if view.is_mapped])


def _sky_of(folder: Path, view: CatalogueView) -> SkyOf:
    """The maps of a catalogue; its MOC is below `folder`."""
    import numpy as np

    from ..skymap import sky_map

    statistics = view.statistics
    order, bits = _cover(folder, view)
    cells = 12 * 4**order
    place = densest(statistics)
    assert place is not None
    by_snr, found = statistics.sky_by_snr, statistics.sky
    assert found is not None
    return SkyOf(
        view=view,
        map=sky_map(found.order, found.counts),
        area=int(bits.sum()) * _whole_sky() / cells,
        place=place,
        snr_column=by_snr.column if by_snr else "",
        snr=[_above(view, by_snr, one) for one in by_snr.maps if one.counts] if by_snr else [],
        years=list(_years(view)),
        check=Cover(
            order=order,
            cover=base64.b64encode(np.packbits(bits, bitorder="little").tobytes()).decode(),
        ),
        check_arcmin=math.degrees(math.sqrt(4 * math.pi / cells)) * 60,
    )


def _above(view: CatalogueView, by_snr: SkyBySnr, one: SnrSky) -> SmallMap:
    """The map of rows with at least some signal to noise."""
    search = permalink("search.html", catalogue=view.name, **{by_snr.column: f"{one.from_}.."})
    return _small(f"≥ {one.from_}", by_snr.order, one.counts, search)


def _years(view: CatalogueView) -> Iterator[SmallMap]:
    by_year = view.statistics.sky_by_year
    nights = [night for night, _ in view.statistics.per_night]
    if by_year is None:
        return
    for one in by_year.maps:
        search = year_search(view.name, by_year.column, one.year, nights)
        yield _small(str(one.year), by_year.order, one.counts, search)


def _small(label: str, order: int, counts: dict[str, int], search: str | None) -> SmallMap:
    from ..skymap import sky_map

    return SmallMap(label, sky_map(order, counts), sum(counts.values()), search)


def _cover(folder: Path, view: CatalogueView) -> tuple[int, Any]:
    """The order of the check and a boolean for each of its pixels, from the catalogue's MOC."""
    import numpy as np
    from mocpy import MOC

    moc = MOC.load(str(folder / "meta" / f"{view.name}.moc.fits"), "fits")
    if moc.max_order > CHECK_ORDER:
        moc = moc.degrade_to_order(CHECK_ORDER)
    bits = np.zeros(12 * 4**moc.max_order, dtype=bool)
    bits[moc.flatten().astype(np.int64)] = True
    return int(moc.max_order), bits


def _whole_sky() -> float:
    return 4 * math.pi * math.degrees(1) ** 2


SKY = Page(
    "sky",
    "sky.html",
    "sky.html",
    order=55,
    title=lambda _: _("Sky coverage"),
    when=lambda outline: outline.sky,
    nav=Nav(lambda _: _("Sky")),
    context=sky,
)
