"""Static pages of a release or of the portal's index. README.md explains how to add one."""

from ..documents.find import find_documents
from .assets import Assets, Compiled
from .registry import known_pages, release_pages
from .shelf import Shelf
from .write import render_portal

__all__ = [
    "Assets",
    "Compiled",
    "Shelf",
    "find_documents",
    "known_pages",
    "release_pages",
    "render_portal",
]
