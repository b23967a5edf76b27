"""Readers, one module per format of source tables; `open_source` recognizes the format."""
