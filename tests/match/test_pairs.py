"""Pairs of positions: equal to astropy's everywhere on the sky, at every edge of a tile."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drportal.ingest.positions import sky_pixels
from drportal.match.pairs import ORDER, Positions, cell_order, pairs_within

Floats = NDArray[np.float64]


def positions(ra: Floats, dec: Floats) -> Positions:
    pixel = sky_pixels(ra, dec)
    order = np.argsort(pixel, kind="stable")
    return Positions(ra[order], dec[order], pixel[order])


def found(ones: Positions, others: Positions, radius: float) -> dict[tuple[int, int], float]:
    pairs = list(pairs_within(ones, others, radius))
    listed = [
        (one, other, apart)
        for p in pairs
        for one, other, apart in zip(p.one.tolist(), p.other.tolist(), p.separation.tolist(), strict=True)
    ]
    by_pair = {(one, other): apart for one, other, apart in listed}
    assert len(by_pair) == len(listed), "a pair is found once"
    return by_pair


def astropys(ones: Positions, others: Positions, radius: float) -> dict[tuple[int, int], float]:
    from astropy import units as u
    from astropy.coordinates import SkyCoord, search_around_sky

    one, other, apart, _ = search_around_sky(
        SkyCoord(ones.ra, ones.dec, unit="deg"),
        SkyCoord(others.ra, others.dec, unit="deg"),
        radius * u.arcsec,
    )
    return dict(zip(zip(one.tolist(), other.tolist(), strict=True), apart.arcsec.tolist(), strict=True))


def beside(ra: Floats, dec: Floats, apart: Floats, angle: Floats) -> tuple[Floats, Floats]:
    """Positions at a distance in degrees and a position angle in radians from others."""
    from astropy import units as u
    from astropy.coordinates import SkyCoord

    there = SkyCoord(ra, dec, unit="deg").directional_offset_by(angle * u.rad, apart * u.deg)
    return there.ra.deg, there.dec.deg


@pytest.mark.parametrize("radius", [0.1, 3.0, 60.0, 3600.0, 72_000.0, 216_000.0])
def test_pairs_are_those_of_astropy(radius: float) -> None:
    count = 3000 if radius < 10_000 else 100
    chance = np.random.default_rng(1)
    ra = chance.uniform(0, 360, count)
    dec = np.degrees(np.arcsin(chance.uniform(-1, 1, count)))
    ra[:6], dec[:6] = [0, 0, 359.999999, 1e-7, 45, 45], [90, -90, 0, 0, 41.8103, 41.8103]
    apart = radius / 3600 * chance.uniform(0, 1.5, count)
    near = beside(ra, dec, apart, chance.uniform(0, 2 * np.pi, count))
    ones, others = positions(ra, dec), positions(*near)
    ours, theirs = found(ones, others, radius), astropys(ones, others, radius)
    assert ours.keys() == theirs.keys()
    assert len(ours) > count / 3
    np.testing.assert_allclose([ours[k] for k in theirs], list(theirs.values()), rtol=0, atol=radius * 1e-9)


@pytest.mark.parametrize("radius", [1.0, 30.0])
@pytest.mark.parametrize("order", [0, 2, 8])
def test_no_pair_across_an_edge_is_lost(order: int, radius: float) -> None:
    import cdshealpix
    from astropy import units as u

    chance = np.random.default_rng(2)
    cells = np.unique(chance.integers(0, 12 * 4**order, 300))
    edge = np.concatenate(
        [
            cdshealpix.healpix_to_lonlat(cells, order, dx, dy)
            for along in (0.0, 0.3, 0.999999)
            for dx, dy in ((0.0, along), (along, 0.0), (0.999999999, along), (along, 0.999999999))
        ],
        axis=1,
    )
    ra, dec = (edge * u.rad).to_value(u.deg)
    ra %= 360
    angle = chance.uniform(0, 2 * np.pi, len(ra))
    one = beside(ra, dec, np.full(len(ra), radius / 3600 * 0.49), angle)
    other = beside(ra, dec, np.full(len(ra), radius / 3600 * 0.49), angle + np.pi)
    ones, others = positions(*one), positions(*other)
    ours = found(ones, others, radius)
    assert ours.keys() == astropys(ones, others, radius).keys()
    assert len({other for _, other in ours}) == len(others), "each has its partner"


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 360), st.floats(-90, 90)), max_size=8),
    st.lists(st.tuples(st.floats(0, 360), st.floats(-90, 90)), max_size=8),
    st.floats(0.001, 400_000),
)
def test_any_positions(
    ones: list[tuple[float, float]], others: list[tuple[float, float]], radius: float
) -> None:
    some = positions(*np.array([*ones, *others], float).reshape(-1, 2).T.copy())
    more = positions(*np.array([*others, *ones[:1]], float).reshape(-1, 2).T.copy())
    if not len(more):
        assert not found(some, more, radius)
        return
    ours, theirs = found(some, more, radius), astropys(some, more, radius)
    # Rounding decides on pairs at the very radius.
    edge = {k for k in ours.keys() ^ theirs.keys() if abs((ours | theirs)[k] - radius) > 1e-6 + 1e-9 * radius}
    assert not edge


def test_repeated_positions_all_pair() -> None:
    ones = positions(np.full(5, 10.0), np.full(5, -5.0))
    others = positions(np.full(3, 10.0), np.full(3, -5.0))
    assert found(ones, others, 0.5) == {(i, j): 0.0 for i in range(5) for j in range(3)}


def test_cells_are_larger_than_the_radius() -> None:
    assert cell_order(1e-9) == ORDER
    assert cell_order(648_000) == 0
    sides = [58.6 * 3600 / 2 ** cell_order(radius) for radius in (0.1, 1, 3, 100, 3600)]
    assert all(side >= 7.9 * radius for side, radius in zip(sides, (0.1, 1, 3, 100, 3600), strict=True))
