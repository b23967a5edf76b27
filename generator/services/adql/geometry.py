"""The geometrical functions of ADQL."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import covers, sphere
from .parse import NotAdql
from .values import GEOMETRIES, Place, Value, number

FRAMES = {"", "ICRS", "UNKNOWNFRAME", "ICRS GEOCENTER", "ICRS BARYCENTER"}
"""Coordinate systems, an argument that ADQL 2.1 ignores: others would give wrong answers in silence."""
Pair = sphere.Pair
SIZES = {"point": 2, "circle": 3}
"""Numbers of those geometries that always have as many."""
CORNERS = 100
"""Corners of a polygon, at most; of two, the product is limited by the length of their SQL."""


def construct(name: str, arguments: Sequence[Value]) -> Value:
    """POINT, CIRCLE, BOX, POLYGON, REGION. Raises NotAdql."""
    given = list(arguments)
    if name == "REGION":
        return _region(given)
    if given and given[0].kind == "text":
        _check_frame(given.pop(0))
    if name == "POINT":
        _count(name, given, 2)
        return made("point", _coordinates(given))
    if name == "CIRCLE":
        given = _opened(given)
        _count(name, given, 3)
        return made("circle", [*_coordinates(given[:2]), _size(given[2])])
    if name == "BOX":
        given = _opened(given)
        _count(name, given, 4)
        ra, dec = _coordinates(given[:2])
        return made("polygon", sphere.box(ra, dec, _size(given[2]), _size(given[3])))
    if given and given[0].kind == "point":
        given = [part for one in given for part in as_geometry(one, ("point",)).parts]
    if len(given) < 6 or len(given) % 2:
        raise NotAdql("POLYGON takes three points or more, as points or as pairs of numbers")
    if len(given) > 2 * CORNERS:
        raise NotAdql(f"a POLYGON has up to {CORNERS} points")
    return made("polygon", _coordinates(given))


def made(kind: str, parts: Sequence[Value]) -> Value:
    """A geometry of coordinates; as a value it is the array that DALI defines for it."""
    listed = ", ".join(f"CAST({p.sql} AS DOUBLE)" for p in parts)
    sql = f"[{listed}]::DOUBLE[{SIZES.get(kind, '')}]"
    unknown = [p.sql for p in parts if p.number is None]
    if unknown:  # without one of its coordinates there is no geometry
        sql = f"CASE WHEN {' OR '.join(f'({one}) IS NULL' for one in unknown)} THEN NULL ELSE {sql} END"
    return Value(f"({sql})", kind, parts=tuple(parts))  # type: ignore[arg-type]


def as_geometry(value: Value, kinds: Sequence[str] = GEOMETRIES) -> Value:
    """A geometry with its coordinates; those of a column are elements of its array. Raises NotAdql."""
    if value.kind not in kinds:
        raise NotAdql(f"{' or '.join(kinds)} is expected instead of a value ({value.kind})")
    if value.parts:
        return value
    if value.kind not in SIZES:
        return value
    return Value(
        value.sql,
        value.kind,
        parts=tuple(Value(f"({value.sql})[{n}]", "real") for n in range(1, SIZES[value.kind] + 1)),
    )


def _outline(polygon: Value) -> sphere.Outline:
    return polygon.parts or f"({polygon.sql})"


def _two_polygons(one: Value, other: Value) -> None:
    if not (one.parts and other.parts):
        raise NotAdql("two polygons can be compared only where both are written in the statement")


def contains(one: Value, other: Value) -> Value:
    """Whether the first geometry is within the second."""
    inner, outer = as_geometry(one), as_geometry(other)
    if outer.kind == "point":
        return _predicate(_same_point(inner, outer))
    if inner.kind == "polygon":
        if outer.kind == "circle":
            return _predicate(f"{sphere.farthest(_pair(outer), _outline(inner))} <= ({outer.parts[2].sql})")
        _two_polygons(inner, outer)
    pairs = sphere.corners(inner.parts[:2] if inner.kind != "polygon" else inner.parts)
    if outer.kind == "circle":
        centre, radius = _pair(outer), outer.parts[2]
        if inner.kind == "point":
            return _predicate(_in_circle(inner, outer))
        return _predicate(f"({sphere.apart(pairs[0], centre)} + ({inner.parts[2].sql}) <= ({radius.sql}))")
    inside = [sphere.in_polygon(p, _outline(outer)) for p in pairs]
    if inner.kind == "point":
        return _predicate((_cap(inner, outer) if outer.parts else "") + inside[0])
    if inner.kind == "circle":
        near = sphere.from_edges(pairs[0], _outline(outer))
        return _predicate(f"{inside[0]} AND {near} >= ({inner.parts[2].sql})")
    return _predicate(f"{' AND '.join(inside)} AND NOT {sphere.edges_cross(inner.parts, outer.parts)}")


def intersects(one: Value, other: Value) -> Value:
    """Whether two geometries have a point in common."""
    a, b = sorted((as_geometry(one), as_geometry(other)), key=lambda g: GEOMETRIES.index(g.kind))
    if a.kind == "point":
        return contains(a, b)
    if a.kind == "circle" and b.kind == "circle":
        near = f"{sphere.apart(_pair(a), _pair(b))} <= ({a.parts[2].sql}) + ({b.parts[2].sql})"
        return _predicate(near)
    if a.kind == "circle":
        inside = sphere.in_polygon(_pair(a), _outline(b))
        return _predicate(f"({inside} OR {sphere.from_edges(_pair(a), _outline(b))} <= ({a.parts[2].sql}))")
    _two_polygons(a, b)
    within = [sphere.in_polygon(p, b.parts) for p in sphere.corners(a.parts)[:1]]
    within += [sphere.in_polygon(p, a.parts) for p in sphere.corners(b.parts)[:1]]
    return _predicate(f"({' OR '.join(within)} OR {sphere.edges_cross(a.parts, b.parts)})")


def distance(arguments: Sequence[Value]) -> Value:
    """The distance of two points, given as such or as four numbers."""
    if len(arguments) == 4:
        one, other = construct("POINT", arguments[:2]), construct("POINT", arguments[2:])
    else:
        _count("DISTANCE", arguments, 2)
        one, other = (as_geometry(a, ("point",)) for a in arguments)
    return Value(f"({sphere.apart(_pair(one), _pair(other))})", "real", apart=(one, other))


def within(apart: tuple[Value, Value], radius: Value) -> str:
    """Conditions that hold wherever two points are closer than a radius, each followed by AND."""
    circles = [made("circle", [*apart[1 - n].parts, radius]) for n in (0, 1)]
    return next((said for n in (0, 1) if (said := _before(apart[n], circles[n]))), "")


def area(value: Value) -> Value:
    """The area in square degrees."""
    shape = as_geometry(value)
    if shape.kind == "point":
        return number(0.0)
    if shape.kind == "circle":
        return Value(sphere.area_of_circle(shape.parts[2]), "real")
    return Value(sphere.area_of_polygon(_outline(shape)), "real")


def centroid(value: Value) -> Value:
    """The centre."""
    shape = as_geometry(value)
    return made("point", shape.parts[:2] if shape.kind != "polygon" else sphere.centroid(_outline(shape)))


def coordinate(value: Value, which: int) -> Value:
    """COORD1 and COORD2: a coordinate of a point."""
    return as_geometry(value, ("point",)).parts[which]


def place_of(point: Value) -> Place | None:
    """The position of a table whose rows are in the order of the sky, if a point is that."""
    if point.kind != "point" or len(point.parts) != 2:
        return None
    ra, dec = point.parts
    if ra.table is None or ra.table != dec.table or ra.column is None or dec.column is None:
        return None
    return Place(ra.table, ra.column.name, dec.column.name)


def _before(point: Value, circle: Value) -> str:
    """Conditions that every point of a circle meets and that are found fast, each followed by AND."""
    ra, dec, radius = circle.parts
    if ra.number is not None and dec.number is not None and radius.number is not None:
        return covers.near(place_of(point), ra.number, dec.number, radius.number)
    if point.parts[1].column is not None and dec.column is not None:  # of two tables: a join of declinations
        reach = f"(({radius.sql}) * 1.0000001e0 + 1e-9)"
        own = point.parts[1].sql
        return f"{own} >= {dec.sql} - {reach} AND {own} <= {dec.sql} + {reach} AND "
    return ""


def _in_circle(point: Value, circle: Value) -> str:
    exact = f"{sphere.apart(_pair(point), _pair(circle))} <= ({circle.parts[2].sql})"
    return (
        f"{_before(point, circle) or _before(circle, made('circle', [*point.parts, circle.parts[2]]))}{exact}"
    )


def _cap(point: Value, polygon: Value) -> str:
    around = sphere.cap(polygon.parts)
    return covers.near(place_of(point), *around) if around else ""


def _pair(shape: Value) -> Pair:
    return shape.parts[0], shape.parts[1]


def _same_point(one: Value, other: Value) -> str:
    if one.kind != "point":
        return "FALSE"
    return " AND ".join(f"({a.sql}) = ({b.sql})" for a, b in zip(one.parts, other.parts, strict=True))


def _predicate(condition: str) -> Value:
    return Value(f"CAST(({condition}) AS INTEGER)", "whole", condition=f"({condition})")


def _coordinates(given: Sequence[Value]) -> list[Value]:
    for n, one in enumerate(given):
        if one.kind not in ("whole", "real", "null"):
            raise NotAdql(f"a coordinate is a number in degrees, not a value ({one.kind})")
        if n % 2 and one.number is not None and not -90 <= one.number <= 90:
            raise NotAdql(f"{one.number:g} is no declination: these are -90 to 90 degrees")
    return list(given)


def _size(value: Value) -> Value:
    if value.kind not in ("whole", "real", "null") or (value.number is not None and value.number < 0):
        raise NotAdql("a radius or width is a number of degrees that is not negative")
    return value


def _opened(given: list[Value]) -> list[Value]:
    """Coordinates, where the centre is given as a point."""
    if given and given[0].kind == "point":
        return [*as_geometry(given[0], ("point",)).parts, *given[1:]]
    return given


def _count(name: str, given: Sequence[Value], wanted: int) -> None:
    if len(given) != wanted:
        raise NotAdql(f"{name} takes {wanted} numbers, not {len(given)}")


def _check_frame(value: Value) -> None:
    text = value.sql[1:-1].strip().upper()
    if text not in FRAMES:
        raise NotAdql(f"coordinates are ICRS here: {text} cannot be used")


def _region(given: list[Value]) -> Value:
    """REGION of a constant text, as in STC-S: a shape, a frame and numbers."""
    if len(given) != 1 or given[0].kind != "text" or given[0].column is not None:
        raise NotAdql("REGION takes one text, such as REGION('CIRCLE ICRS 10 20 0.5')")
    words = given[0].sql[1:-1].split()
    shape = words[0].upper() if words else ""
    numbers = [w for w in words[1:] if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", w)]
    others = [w.upper() for w in words[1 : len(words) - len(numbers)]]
    shape = {"POSITION": "POINT"}.get(shape, shape)
    known = FRAMES | {"GEOCENTER", "BARYCENTER", "TOPOCENTER", "UNKNOWNREFPOS", "SPHERICAL2"}
    if shape not in ("POINT", "CIRCLE", "BOX", "POLYGON") or any(w not in known for w in others):
        raise NotAdql("REGION knows POSITION, CIRCLE, BOX and POLYGON in ICRS, e.g. 'CIRCLE ICRS 10 20 0.5'")
    return construct(shape, [number(float(n)) for n in numbers])
