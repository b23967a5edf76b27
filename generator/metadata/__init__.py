"""What a release ships for machines: one module per standard."""

from .portal_files import pages_below, portal_files
from .release_facts import CatalogueFacts, Facts, SpectraFacts
from .release_files import Pack, write_metadata
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
