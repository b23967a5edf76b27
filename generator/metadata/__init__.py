"""What a release ships for machines: one module per standard."""

from .facts import CatalogueFacts, Facts, SpectraFacts
from .pack import Product, write_metadata

__all__ = ["CatalogueFacts", "Facts", "Product", "SpectraFacts", "write_metadata"]
