"""The table of browsers and sources of pages names what there is, and takes every way in every large room."""

from __future__ import annotations

from collections import defaultdict

from ..browser import ROOT
from ..ways import USUAL

ALL = {f"{browser} {place}" for browser in ("chrome", "firefox") for place in ("serve", "file")}


def test_every_line_names_a_test_or_a_file() -> None:
    for name in USUAL:
        file, _, test = name.partition("::")
        text = (ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text, name


def test_large_rooms_take_all_ways() -> None:
    rooms = defaultdict[str, list[str]](list)
    for name, line in USUAL.items():
        rooms[name.rpartition("/")[0]] += [way.strip() for way in line.split(",")]
    for room, ways in rooms.items():
        if room.startswith("client/") and len(ways) >= len(ALL):
            assert set(ways) >= ALL, f"{room} is not tested in {sorted(ALL.difference(ways))}"
