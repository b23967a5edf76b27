"""Layouts of spectrum files, recognized by the content of a file and not by its name.

A layout is a module with
  NAME              its name in release.toml
  KEYWORDS          (optional) fact of a spectrum -> keywords or columns that contain it
  MASKS             the table of masks.toml that explains its masks
  FLUX_UNIT         unit of the flux; "" if it is relative
  VACUUM            whether wavelengths are in vacuum, if the file does not say
  matches(fits)     whether a file has this layout
  rows(fits)        (optional) number of spectra in the file
  identify(fits, row)   name and value of the survey's id of the spectrum
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
    """Return the layout of a file. Raises Unreadable if it is unknown, or not the named one."""
    if name == generic.NAME:
        return generic
    for known in KNOWN if name == "auto" else [name]:
        if LAYOUTS[known].matches(fits):
            return LAYOUTS[known]
    if name != "auto":
        raise Unreadable(f"is not of the layout {name}")
    raise Unreadable('has no layout that is known (layout = "columns" reads other tables and images)')
