"""Files on disk: one pydantic model per file, which reads it, writes it, and describes each member.

README.md lists the files; docs/formats.md, JSON Schema and the client's types are generated from the models
by `python -m drportal.formats`.
"""

from .base import Format, Mark, Record, Value
from .catalogue import (
    Catalogue,
    CatalogueColumn,
    Chunk,
    IdIndex,
    IdIndexFile,
    Known,
    Partition,
    Position,
    Repeated,
    Tile,
)
from .spectra import Spectra
from .statistics import ColumnStatistics, Counted, FoundRoles, Histogram, Statistics

__all__ = [
    "Catalogue",
    "CatalogueColumn",
    "Chunk",
    "ColumnStatistics",
    "Counted",
    "Format",
    "FoundRoles",
    "Histogram",
    "IdIndex",
    "IdIndexFile",
    "Known",
    "Mark",
    "Partition",
    "Position",
    "Record",
    "Repeated",
    "Spectra",
    "Statistics",
    "Tile",
    "Value",
]
