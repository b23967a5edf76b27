"""The layouts of drportal and of plugins, by name."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ... import plugins
from ..fits_file import Fits
from ..spectrum import ODD, Unreadable
from . import desi, generic, lamost_image, lamost_medium, lamost_table, sdss

LAYOUTS: dict[str, ModuleType] = {
    m.NAME: m for m in (lamost_table, lamost_medium, lamost_image, sdss, desi, generic)
}
"""Those of drportal."""


def layouts() -> dict[str, Any]:
    """Every layout by its name; those of plugins come first, so that they are asked first."""
    found = {str(one.NAME): one for _, one in plugins.with_hook(plugins.LAYOUT)}
    return {**found, **{name: one for name, one in LAYOUTS.items() if name not in found}}


def find_layout(fits: Fits, name: str = "auto") -> Any:
    """Return the layout of a file. Raises Unreadable if it is unknown, or not the named one."""
    if name == generic.NAME:
        return generic
    every = layouts()
    for known in [one for one in every if one != generic.NAME] if name == "auto" else [name]:
        if known in every and _matches(every[known], fits):
            return every[known]
    if name != "auto":
        raise Unreadable(f"is not of the layout {name}")
    raise Unreadable('has no layout that is known (layout = "columns" reads other tables and images)')


def _matches(layout: Any, fits: Fits) -> bool:
    """Whether a file has a layout; one of a plugin that fails on it does not know it."""
    try:
        return bool(layout.matches(fits))
    except ODD:
        if layout in LAYOUTS.values():
            raise
        return False
