"""Geometry on the sphere as SQL: coordinates in degrees, edges of polygons are arcs of great circles.

A polygon is the smaller of the two parts into which its edges divide the sphere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from ...notebook.views import degrees_apart
from .values import Value, number

Pair = tuple[Value, Value]
Outline = Sequence[Value] | str
"""The coordinates of a polygon's corners; of a column, its SQL, which is an array of them."""
SQUARE = (180 / math.pi) ** 2
"""Square degrees of a steradian."""


def corners(parts: Sequence[Value]) -> list[Pair]:
    """The vertices of a polygon."""
    return list(zip(parts[::2], parts[1::2], strict=True))


def edges(parts: Sequence[Value]) -> Iterator[tuple[Pair, Pair]]:
    """The edges of a polygon."""
    points = corners(parts)
    yield from zip(points, points[1:] + points[:1], strict=True)


def _over(outline: Outline, of: Callable[[Pair, Pair], str], how: str) -> str:
    """The sum, the least or the greatest of what the edges of a polygon have."""
    if not isinstance(outline, str):
        found = [of(one, other) for one, other in edges(outline)]
        return f"({' + '.join(found)})" if how == "sum" else f"{WORDS[how]}({', '.join(found)})"
    one, other = "corner", f"((corner + 1) % len({outline}) + 1)"
    pairs = [(_element(outline, n), _element(outline, f"{n} + 1")) for n in (one, other)]
    return f"list_{how}([{of(*pairs)} FOR corner IN generate_series(1, len({outline}), 2)])"


WORDS = {"min": "least", "max": "greatest"}


def _element(array: str, at: str) -> Value:
    return Value(f"({array})[{at}]", "real")


def apart(one: Pair, other: Pair) -> str:
    """The distance of two points in degrees."""
    return degrees_apart(one[0].sql, one[1].sql, other[0].sql, other[1].sql)


def _turn(one: Value, other: Value) -> str:
    """The change of longitude along an edge, -180 to 180."""
    return f"(((({other.sql}) - ({one.sql})) % 360 + 540) % 360 - 180)"


def _vector(point: Pair) -> tuple[str, str, str]:
    ra, dec = f"radians({point[0].sql})", f"radians({point[1].sql})"
    return f"(cos({dec}) * cos({ra}))", f"(cos({dec}) * sin({ra}))", f"sin({dec})"


def farthest(centre: Pair, outline: Outline) -> str:
    """The distance of a point from the farthest corner of a polygon."""
    return _over(outline, lambda one, _: apart(one, centre), "max")


def in_polygon(point: Pair, outline: Outline) -> str:
    """Whether a point is in a polygon: edges between it and the north pole are counted."""

    def crossing(one: Pair, other: Pair) -> str:
        turn = _turn(one[0], other[0])
        before, after = _turn(one[0], point[0]), _turn(point[0], other[0])
        # Going east or west, the edge passes the meridian of the point; its beginning counts, its end does
        # not.
        east = f"({turn} > 0 AND {before} >= 0 AND {before} < {turn})"
        west = f"({turn} < 0 AND {before} <= 0 AND {before} > {turn})"
        a, b = (f"tan(radians({corner[1].sql}))" for corner in (one, other))
        there = f"{a} * sin(radians({after})) + {b} * sin(radians({before}))"
        height = f"atan(({there}) / nullif(sin(radians({turn})), 0))"
        above = f"{height} > radians({point[1].sql})"
        return f"CASE WHEN ({east} OR {west}) AND {above} THEN 1 ELSE 0 END"

    around = _over(outline, lambda one, other: _turn(one[0], other[0]), "sum")
    heights = _over(outline, lambda one, _: _vector(one)[2], "sum")
    pole = f"CASE WHEN abs({around}) > 180 AND {heights} > 0 THEN 1 ELSE 0 END"
    return f"(({_over(outline, crossing, 'sum')} + {pole}) % 2 = 1)"


def area_of_polygon(outline: Outline) -> str:
    """The area of a polygon in square degrees."""

    def under(one: Pair, other: Pair) -> str:
        a, b = (f"tan(radians({p[1].sql}) / 2)" for p in (one, other))
        turn = _turn(one[0], other[0])
        return f"2 * atan2(tan(radians({turn}) / 2) * ({a} + {b}), 1 + {a} * {b})"

    below = f"abs({_over(outline, under, 'sum')})"
    around = f"abs({_over(outline, lambda one, other: _turn(one[0], other[0]), 'sum')}) > 180"
    return f"(CASE WHEN {around} THEN 2 * pi() - {below} ELSE {below} END * {SQUARE!r})"


def area_of_circle(radius: Value) -> str:
    """The area of a circle in square degrees."""
    half = f"sin(radians({radius.sql}) / 2)"
    return f"(4 * pi() * {half} * {half} * {SQUARE!r})"


def from_edges(point: Pair, outline: Outline) -> str:
    """The distance in degrees of a point from the nearest edge of a polygon."""

    def distance(one: Pair, other: Pair) -> str:
        a, b, p = _vector(one), _vector(other), _vector(point)
        normal = _cross(a, b)
        length = f"sqrt({_dot(normal, normal)})"
        beside = f"({_dot(_cross(normal, a), p)} >= 0 AND {_dot(_cross(b, normal), p)} >= 0 AND {length} > 0)"
        straight = f"abs(degrees(asin(greatest(-1, least(1, {_dot(normal, p)} / {length})))))"
        return (
            f"CASE WHEN {beside} THEN {straight} ELSE least({apart(point, one)}, {apart(point, other)}) END"
        )

    return _over(outline, distance, "min")


def edges_cross(one: Sequence[Value], other: Sequence[Value]) -> str:
    """Whether any edges of two polygons cross."""
    found = []
    for a, b in edges(one):
        for c, d in edges(other):
            va, vb, vc, vd = map(_vector, (a, b, c, d))
            ab, cd = _cross(va, vb), _cross(vc, vd)
            signs = [
                f"sign({_dot(ab, vc)})",
                f"-sign({_dot(ab, vd)})",
                f"-sign({_dot(cd, va)})",
                f"sign({_dot(cd, vb)})",
            ]
            # All four equal and not 0: the arcs cross, here or on the opposite side of the sphere.
            same = " AND ".join(f"{signs[0]} = {s}" for s in signs[1:])
            near = f"{_dot(va, vc)} + {_dot(va, vd)} + {_dot(vb, vc)} + {_dot(vb, vd)} > 0"
            found.append(f"({signs[0]} <> 0 AND {same} AND {near})")
    return f"({' OR '.join(found)})"


def _cross(a: tuple[str, str, str], b: tuple[str, str, str]) -> tuple[str, str, str]:
    return (
        f"({a[1]} * {b[2]} - {a[2]} * {b[1]})",
        f"({a[2]} * {b[0]} - {a[0]} * {b[2]})",
        f"({a[0]} * {b[1]} - {a[1]} * {b[0]})",
    )


def _dot(a: tuple[str, str, str], b: tuple[str, str, str]) -> str:
    return f"({a[0]} * {b[0]} + {a[1]} * {b[1]} + {a[2]} * {b[2]})"


def centroid(outline: Outline) -> Pair:
    """The direction of the mean of a polygon's vertices."""

    def axis(number: int) -> str:
        return _over(outline, lambda one, _: _vector(one)[number], "sum")

    x, y, z = map(axis, range(3))
    ra = Value(f"((degrees(atan2({y}, {x})) + 360) % 360)", "real")
    return ra, Value(f"degrees(atan2({z}, sqrt(({x}) * ({x}) + ({y}) * ({y}))))", "real")


def cap(parts: Sequence[Value]) -> tuple[float, float, float] | None:
    """A circle around a polygon of constant corners; None if there are others, or it is not small."""
    given = [p.number for p in parts]
    if any(n is None for n in given):
        return None
    points = [
        (math.radians(a or 0), math.radians(b or 0)) for a, b in zip(given[::2], given[1::2], strict=True)
    ]
    vectors = [(math.cos(d) * math.cos(r), math.cos(d) * math.sin(r), math.sin(d)) for r, d in points]
    x, y, z = (sum(axis) for axis in zip(*vectors, strict=True))
    length = math.hypot(x, y, z)
    if length < 0.5:
        return None
    widest = max(
        math.atan2(math.hypot(y * c - z * b, z * a - x * c, x * b - y * a), x * a + y * b + z * c)
        for a, b, c in vectors
    )
    if widest > math.radians(80):
        return None
    return math.degrees(math.atan2(y, x)) % 360, math.degrees(math.asin(z / length)), math.degrees(widest)


def box(ra: Value, dec: Value, width: Value, height: Value) -> tuple[Value, ...]:
    """The corners of a box, whose sides are widths of its coordinates."""

    def moved(value: Value, by: Value, sign: int) -> Value:
        if value.number is not None and by.number is not None:
            return number(value.number + sign * by.number / 2)
        return Value(f"(({value.sql}) {'+' if sign > 0 else '-'} ({by.sql}) / 2)", "real")

    west, east = moved(ra, width, -1), moved(ra, width, 1)
    south, north = moved(dec, height, -1), moved(dec, height, 1)
    return west, south, east, south, east, north, west, north
