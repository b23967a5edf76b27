"""matplotlib's backend in the page: figures below their cell, sharp and in the page's colours."""

from __future__ import annotations

import io
from typing import Any

import matplotlib
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from .screen import SCREEN

MOST_PIXELS = 4096
"""Along the longer side of a picture."""


class FigureManager(FigureManagerBase):
    """Has no window: `plt.show()` shows all open figures below the cell."""

    def show(self) -> None:
        show_figure(self.canvas.figure)

    @classmethod
    def pyplot_show(cls, *args: Any, **kwargs: Any) -> None:
        show_all()


class FigureCanvas(FigureCanvasAgg):  # type: ignore[misc]
    """Draws as Agg does."""

    manager_class = FigureManager


def show_all() -> None:
    """Show all open figures, and close them."""
    from matplotlib import pyplot

    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        try:
            if figure.axes or figure.texts or figure.artists or figure.images:
                show_figure(figure)
        finally:
            pyplot.close(figure)


def show_figure(figure: Any) -> None:
    """Show a figure as SVG where `savefig.format` says so, else as PNG."""
    from _drportal import display

    out = io.BytesIO()
    if matplotlib.rcParams["savefig.format"] == "svg":
        figure.savefig(out, format="svg", bbox_inches="tight")
        display("image/svg+xml", out.getvalue().decode())
        return
    longest = max(figure.get_size_inches()) * figure.dpi
    scale = min(SCREEN.ratio, max(1.0, MOST_PIXELS / max(longest, 1.0)))
    figure.savefig(out, format="png", dpi=figure.dpi * scale, bbox_inches="tight")
    display("image/png", out.getvalue())


SCREEN.apply(matplotlib.rcParams)
