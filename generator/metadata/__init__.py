"""What a release ships for machines: one module per standard."""

from .facts import CatalogueFacts, Facts, SpectraFacts
from .pack import Pack, write_metadata
from .portal_files import pages_below, portal_files
from .standards import Product

__all__ = [
    "CatalogueFacts",
    "Facts",
    "Pack",
    "Product",
    "SpectraFacts",
    "pages_below",
    "portal_files",
    "write_metadata",
]
