"""Read source tables in bounded memory; order, partition, write and measure them."""

from __future__ import annotations

from .opening import open_input
from .readers.unpack import source_files
from .schema_file import write_schema
from .walk import FORMAT, ingest_catalogue

__all__ = ["FORMAT", "ingest_catalogue", "open_input", "source_files", "write_schema"]
