"""What the page says about its screen: the scale of its pixels, and the colours of the theme in use."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

COLOURS = {
    "surface": ["figure.facecolor", "axes.facecolor", "savefig.facecolor", "legend.facecolor"],
    "ink": ["text.color", "axes.labelcolor", "axes.titlecolor", "xtick.labelcolor", "ytick.labelcolor"],
    "soft": ["axes.edgecolor", "xtick.color", "ytick.color"],
    "line": ["grid.color", "legend.edgecolor"],
}
"""matplotlib's settings by the page's colours."""


@dataclass
class Screen:
    """Settings of matplotlib for the page."""

    ratio: float = 1.0
    colours: dict[str, str] = field(default_factory=dict)
    """Of the dark theme; empty in the light one, where figures are as everywhere."""
    before: dict[str, Any] = field(default_factory=dict)

    def apply(self, settings: MutableMapping[str, Any]) -> None:
        """Set matplotlib's colours; those that a cell has set by itself stay."""
        for colour, names in COLOURS.items():
            for name in names:
                self.before.setdefault(name, settings[name])
                settings[name] = self.colours.get(colour) or self.before[name]


SCREEN = Screen()
