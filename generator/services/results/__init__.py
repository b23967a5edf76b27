"""Answers as files: VOTable, CSV, TSV, FITS, Parquet, JSON."""
