"""Runs of the benchmarks as one table, and two of these tables compared."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.table import Table

from .lines import LINES, Line

TIMED = ("s", "ms")
"""Units of what another run measures otherwise; bytes are exact."""
Runs = Mapping[str, list[dict[str, Any]]]
"""The runs of each line by its name, as `measure.print_line` prints them."""


@dataclass
class Measurement:
    """A line of the table: medians of its runs. `spread` is the range of what is compared, ratio or value."""

    benchmark: str
    name: str
    unit: str
    peer_name: str
    target: float | None
    ours: float | None = None
    peer: float | None = None
    ratio: float | None = None
    spread: tuple[float, float] | None = None
    n: int = 0
    facts: dict[str, float] = field(default_factory=dict)
    missing: str = ""

    @property
    def value(self) -> float | None:
        """What is compared with the target: the ratio, or the value itself if a line has no peer."""
        return self.ratio if self.peer_name else self.ours

    @property
    def misses(self) -> bool:
        return self.value is not None and self.target is not None and self.value > self.target


def measurement(benchmark: str, line: Line, runs: list[dict[str, Any]]) -> Measurement:
    """Return the medians of the runs of a line; the ratio is the median of the ratios of pairs."""
    found = Measurement(benchmark, line.name, line.unit, line.peer, line.target)
    found.missing = next((run["missing"] for run in runs if run.get("missing")), "")
    ours = [run["ours"] for run in runs if run["ours"] is not None]
    pairs = [(run["ours"], run["peer"]) for run in runs if None not in (run["ours"], run["peer"])]
    if not ours:
        found.missing = found.missing or "not measured"
        return found
    found.ours, found.n = statistics.median(ours), len(ours)
    if pairs:
        found.peer = statistics.median(peer for _, peer in pairs)
        found.ratio = statistics.median(one / peer for one, peer in pairs)
    elif line.peer:
        found.missing = found.missing or "not measured"
    compared = [one / peer for one, peer in pairs] if line.peer else ours
    if compared:
        found.spread = min(compared), max(compared)
    for name in ("processor", "peer_processor", "memory", "peer_memory", "bytes", "requests"):
        if values := [run[name] for run in runs if run.get(name) is not None]:
            found.facts[name] = max(values) if "memory" in name else statistics.median(values)
    return found


def measurements(runs: Runs, benchmarks: Iterable[str]) -> list[Measurement]:
    """Return every line of some benchmarks, measured or not. Raises ValueError for a run of no line."""
    known = {line.name: (name, line) for name in benchmarks for line in LINES[name]}
    if strange := runs.keys() - known.keys():
        raise ValueError(f"no such lines: {', '.join(sorted(strange))}; benchmarks/lines.py lists them")
    return [measurement(name, line, runs.get(line.name, [])) for name, line in known.values()]


def shown(number: float | None) -> str:
    """Return a number with three digits, or nothing."""
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def as_table(found: Iterable[Measurement]) -> Table:
    """Return the table for a terminal: ratios first, what misses its target marked."""
    table = Table("", "ratio", "wanted", "what", "ours", "peer", "", "spread", "n", pad_edge=False)
    for name in ("processor", "of peer", "MB", "of peer", "bytes", "requests"):
        table.add_column(name, justify="right")
    for one in found:
        mark = "missing" if one.value is None else "misses" if one.misses else ""
        style = {"missing": "yellow", "misses": "red"}.get(mark)
        numbers = "processor", "peer_processor", "memory", "peer_memory", "bytes", "requests"
        table.add_row(
            mark,
            shown(one.ratio),
            "" if one.target is None else f"≤ {shown(one.target)}{'' if one.peer_name else ' ' + one.unit}",
            one.name,
            f"{shown(one.ours)} {one.unit}" if one.ours is not None else "",
            f"{shown(one.peer)} {one.unit}" if one.peer is not None else "",
            one.missing or one.peer_name,
            f"{shown(one.spread[0])}–{shown(one.spread[1])}" if one.spread and one.n > 1 else "",
            str(one.n),
            *(shown(one.facts.get(name)) for name in numbers),
            style=style,
        )
    return table


@dataclass
class Compared:
    """A line in two files: `change` is the later value divided by the earlier one."""

    name: str
    before: float | None
    after: float | None
    change: float | None
    verdict: str


def compared(before: list[Measurement], after: list[Measurement]) -> list[Compared]:
    """Return what is better or worse beyond the spread of both, in the order of the later file."""
    old = {one.name: one for one in before}
    new = {one.name: one for one in after}
    return [_compared(name, old.get(name), new.get(name)) for name in {**new, **old}]


def _compared(name: str, old: Measurement | None, new: Measurement | None) -> Compared:
    values = [one.value if one else None for one in (old, new)]
    if old is None or new is None or None in values or not old.spread or not new.spread:
        return Compared(name, *values, None, "missing")
    one, other = (float(value or 0) for value in values)
    change = other / one if one else None
    if old.unit in TIMED and min(old.n, new.n) < 2:
        verdict = "one run"
    elif new.spread[1] < old.spread[0]:
        verdict = "better"
    elif new.spread[0] > old.spread[1]:
        verdict = "worse"
    else:
        verdict = "same"
    return Compared(name, one, other, change, verdict)


def comparison_table(found: Iterable[Compared]) -> Table:
    table = Table("", "later / earlier", "what", "earlier", "later", pad_edge=False)
    styles = {"better": "green", "worse": "red", "missing": "yellow"}
    for one in found:
        numbers = shown(one.before), shown(one.after)
        table.add_row(one.verdict, shown(one.change), one.name, *numbers, style=styles.get(one.verdict))
    return table


def as_json(found: Iterable[Measurement]) -> list[dict[str, Any]]:
    return [asdict(one) for one in found]


def from_json(values: Iterable[dict[str, Any]]) -> list[Measurement]:
    return [
        Measurement(**{**value, "spread": value["spread"] and tuple(value["spread"])}) for value in values
    ]
