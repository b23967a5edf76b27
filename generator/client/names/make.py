"""Make openngc.tsv and stars.tsv from the packages that README.md names.

    python make.py ongc.db BSC d3-celestial/data

The first is of the Python package PyOngc, the second of Debian's package xplanet, the third the folder of
the npm package d3-celestial.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
APART = 15.0
"""Arcsec between the positions of a star in two catalogues, at most: one has tenths of a second of time."""


def _name(written: str) -> str:
    """`NGC0224` as `NGC 224`."""
    found = re.fullmatch(r"([A-Za-z]+) ?0*(\d.*)", written.strip())
    return f"{found[1]} {found[2]}" if found else written.strip()


def _degrees(radians: float) -> str:
    return f"{math.degrees(radians):.4f}".rstrip("0").rstrip(".")


def openngc(database: Path) -> list[list[str]]:
    """Rows of openngc.tsv: right ascension, declination, names separated by `|`; the best known first."""
    found = []
    query = "SELECT name, ra, dec, messier, identifiers, commonnames, type FROM objects WHERE ra IS NOT NULL"
    for name, ra, dec, messier, others, common, kind in sqlite3.connect(database).execute(query):
        catalogued = [one for one in (others or "").split(",") if re.fullmatch(r"(C|Mel) \d+", one)]
        names = [f"M {int(messier)}"] if messier and kind != "Dup" else []
        own = bool(re.fullmatch(r"C0\d\d", name))
        names += [_name(one) for one in ([name, *catalogued] if own else [*catalogued, name])]
        names += [one.strip() for one in (common or "").split(",") if one.strip()]
        rank = (not messier, not (catalogued or own), not common, name)
        found.append((rank, [_degrees(ra), _degrees(dec), "|".join(dict.fromkeys(names))]))
    return [row for _, row in sorted(found)]


def stars(catalogue: Path, celestial: Path) -> list[list[str]]:
    """Rows of stars.tsv: position, HR, HD, HIP, Flamsteed and Bayer, name; the brightest first."""
    names = json.loads((celestial / "starnames.json").read_text("utf-8"))
    features = json.loads((celestial / "stars.8.json").read_text("utf-8"))["features"]
    cells: dict[tuple[int, int], list[tuple[float, float, float, int]]] = {}
    for one in features:
        ra, dec = one["geometry"]["coordinates"]
        ra %= 360
        mag = float(one["properties"]["mag"])
        cells.setdefault((int(ra), math.floor(dec)), []).append((ra, dec, mag, one["id"]))
    found = []
    line = re.compile(r'\s*(\S+)\s+(\S+)\s+(\S+)\s+"(.{3})(.{4})(.{3})"\s+(\d+)\s+(\d+)')
    for text in catalogue.read_text("latin-1").splitlines():
        if text.startswith("#") or not (parts := line.match(text)):
            continue
        dec, ra, mag = float(parts[1]), float(parts[2]) * 15, float(parts[3])
        near = _nearest(cells, ra, dec, mag)
        hip = near[3] if near else 0
        flamsteed, bayer, constellation = (parts[n].strip() for n in (4, 5, 6))
        designation = (
            " ".join(one for one in (flamsteed, bayer, constellation) if one) if constellation else ""
        )
        proper = names.get(str(hip), {}).get("name", "") if hip else ""
        place = [f"{one:.4f}" for one in (near[:2] if near else (ra, dec))]
        numbers = [parts[7], parts[8] if parts[8] != "0" else "", str(hip or "")]
        found.append((mag, [*place, *numbers, designation, proper]))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def _nearest(
    cells: dict[tuple[int, int], list[tuple[float, float, float, int]]], ra: float, dec: float, mag: float
) -> tuple[float, float, float, int] | None:
    """The star at a position that is about as bright."""
    best, apart = None, APART / 3600
    wide = min(180, math.ceil(1 / max(math.cos(math.radians(dec)), 0.005)) if abs(dec) > 80 else 1)
    for x in range(int(ra) - wide, int(ra) + wide + 1):
        for y in range(math.floor(dec) - 1, math.floor(dec) + 2):
            for one in cells.get((x % 360, y), []):
                east = ((one[0] - ra + 180) % 360 - 180) * math.cos(math.radians(dec))
                away = math.hypot(east, one[1] - dec)
                if away < apart and abs(one[2] - mag) < 1:
                    best, apart = one, away
    return best


def _write(name: str, about: str, rows: list[list[str]]) -> None:
    lines = [f"# {about}", *("\t".join(row) for row in rows)]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


OPENNGC = (
    "Positions (ICRS, degrees) and names of OpenNGC by Mattia Verga, https://github.com/mattiaverga/OpenNGC, "
    "shortened and reordered by drportal. Licence: CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/"
)
STARS = (
    "Bright Star Catalogue, 5th revised edition (Hoffleit & Warren 1991): HR, HD, Flamsteed and Bayer; "
    "positions (ICRS, degrees), HIP and proper names from d3-celestial (Olaf Frohn, BSD-3-Clause), which has "
    "them from XHIP (Anderson & Francis 2012)"
)

if __name__ == "__main__":
    ongc, bright, folder = (Path(one) for one in sys.argv[1:])
    _write("openngc.tsv", OPENNGC, openngc(ongc))
    _write("stars.tsv", STARS, stars(bright, folder))
