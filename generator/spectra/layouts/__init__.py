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

from .known import LAYOUTS, find_layout, layouts

__all__ = ["LAYOUTS", "find_layout", "layouts"]
