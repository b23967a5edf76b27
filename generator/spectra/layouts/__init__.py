"""Layouts of spectrum files, told by what a file holds and not by what it is called.

A layout is a module with
  NAME              as release.toml may name it
  KEYWORDS          (where it has any) fact of a spectrum -> keywords or columns that tell it
  MASKS             the table of masks.toml that explains its masks
  FLUX_UNIT         unit of the flux; "" where it is relative
  VACUUM            whether wavelengths are in vacuum, where the file does not say
  matches(fits)     whether a file is laid out so
  rows(fits)        how many spectra the file holds, if not one
  identify(fits, row)   name and value of the id that the survey gives the spectrum
  read(fits, row)   the Spectrum
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ..fits_file import Fits
from ..spectrum import Unreadable
from . import desi, generic, lamost_image, lamost_medium, lamost_table, sdss

LAYOUTS: dict[str, ModuleType] = {
    m.NAME: m for m in (lamost_table, lamost_medium, lamost_image, sdss, desi, generic)
}
KNOWN = [name for name in LAYOUTS if name != generic.NAME]


def find_layout(fits: Fits, name: str = "auto") -> Any:
    """The layout of a file. Raises Unreadable where it is none that is known, or not the named one."""
    if name == generic.NAME:
        return generic
    for known in KNOWN if name == "auto" else [name]:
        if LAYOUTS[known].matches(fits):
            return LAYOUTS[known]
    if name != "auto":
        raise Unreadable(f"is not of the layout {name}")
    raise Unreadable('has no layout that is known (layout = "columns" reads other tables and images)')
