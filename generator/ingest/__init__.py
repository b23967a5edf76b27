"""Read source tables in bounded memory; order, partition, write and measure them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazily

if TYPE_CHECKING:
    from .opening import open_input
    from .readers.unpack import source_files
    from .schema_file import write_schema
    from .version import FORMAT
    from .walk import ingest_catalogue

__all__ = ["FORMAT", "ingest_catalogue", "open_input", "source_files", "write_schema"]

__getattr__ = lazily(
    __name__,
    {
        "FORMAT": "version",
        "ingest_catalogue": "walk",
        "open_input": "opening",
        "source_files": "readers.unpack",
        "write_schema": "schema_file",
    },
)
