"""Know the layouts of spectrum files, and pack spectra so that one can be fetched without the others."""

from __future__ import annotations

from .job import FORMAT
from .walk import make_spectra

__all__ = ["FORMAT", "make_spectra"]
