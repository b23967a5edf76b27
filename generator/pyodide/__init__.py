"""Pyodide: the packages of its lock file, where they come from, and the files of a site that carry them."""

from .notices import notices
from .packages import Lock, Package
from .parts import Parts
from .shipped import Shipped
from .standing import known_files

__all__ = ["Lock", "Package", "Parts", "Shipped", "known_files", "notices"]
