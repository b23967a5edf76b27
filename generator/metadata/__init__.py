"""What a release ships for machines: one module per standard."""

from .facts import CatalogueFacts, Facts, SpectraFacts
from .pack import Pack, Product, write_metadata

__all__ = ["CatalogueFacts", "Facts", "Pack", "Product", "SpectraFacts", "write_metadata"]
