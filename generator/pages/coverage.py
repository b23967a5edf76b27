"""The part of the sky each catalogue covers, small enough to be part of a page."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from ..formats.blocks import SkyCover
from .views import CatalogueView


def sky_coverage(catalogues: Iterable[CatalogueView]) -> dict[str, SkyCover]:
    """By catalogue: its position columns, and the pixels that contain rows.

    `cover` has a bit for each HEALPix pixel (NESTED, of `order`), the first pixel in the lowest bit of the
    first byte, as base64: 2 KB for `order` 5.
    """
    found = {}
    for view in catalogues:
        sky, position = view.statistics.sky, view.meta.position
        if not sky or not position:
            continue
        import numpy as np

        bits = np.zeros(12 * 4**sky.order, dtype=bool)
        bits[[int(pixel) for pixel, rows in sky.counts.items() if rows]] = True
        cover = base64.b64encode(np.packbits(bits, bitorder="little").tobytes()).decode()
        found[view.name] = SkyCover(order=sky.order, cover=cover, position=position)
    return found
