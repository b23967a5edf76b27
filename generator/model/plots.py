"""`plots` of [[catalogues]]: what a catalogue is plotted by at first, written as `plot` of a permalink."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 3
"""Plots that a page shows side by side."""
AXES = {"scatter": 2, "histogram": 1, "sky": 0}
"""Columns on the axes of each kind of plot."""
FRAMES = ("equatorial", "galactic")
NAME = r'(?:"(?:[^"]|"")*"|[^,"])+'


@dataclass(frozen=True)
class StatedPlot:
    """One plot; names of columns as the catalogue has them."""

    kind: str
    axes: tuple[str, ...]
    colour: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.axes, self.colour) if self.colour else self.axes


def read_plot(text: str) -> StatedPlot:
    """Read `scatter:x,y,colour`, `histogram:x,colour` or `sky:frame,colour`. Raises ValueError."""
    kind, _, rest = text.partition(":")
    if kind not in AXES:
        raise ValueError(f"has a plot {text!r} of an unknown kind; write scatter:x,y, histogram:x or sky")
    parts = re.findall(NAME, rest)
    if kind == "sky":
        frame, *others = parts or [FRAMES[0]]
        if frame not in FRAMES:
            raise ValueError(f"has a plot {text!r} in an unknown frame; write {' or '.join(FRAMES)}")
        axes: tuple[str, ...] = ()
    else:
        count = AXES[kind]
        axes, others = tuple(_axis(part) for part in parts[:count]), parts[count:]
        if len(axes) < count:
            columns = "two columns" if count > 1 else "a column"
            raise ValueError(f"has a plot {text!r} without {columns}; a {kind} needs {columns} of numbers")
    if len(others) > 1:
        raise ValueError(f"has a plot {text!r} with more columns than its axes and a colour; leave them out")
    return StatedPlot(kind, axes, _name(others[0]) if others else "")


def _axis(part: str) -> str:
    return _name(re.sub(r"^-?(?:log\((.*)\)|(.*))$", r"\1\2", part.strip(), flags=re.DOTALL))


def _name(part: str) -> str:
    text = part.strip()
    quoted = re.fullmatch(r'"((?:[^"]|"")*)"', text)
    return quoted[1].replace('""', '"') if quoted else text


def check_plots(plots: list[str] | None) -> list[str] | None:
    """Raise ValueError where a plot cannot be read, or where there are too many."""
    for text in plots or []:
        read_plot(text)
    if plots is not None and not 1 <= len(plots) <= MOST:
        raise ValueError(f"has {len(plots)} plots; give one to {MOST}, or leave `plots` out")
    return plots
