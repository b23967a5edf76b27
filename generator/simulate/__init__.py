"""Simulated catalogues and spectra with the columns of LAMOST DR8: for demonstrations and tests."""

from __future__ import annotations

from .catalogue import (
    KINDS,
    missing_values,
    schema_of,
    simulate,
    simulated_columns,
    simulated_rows,
    simulated_table,
    write,
    write_fits,
)

__all__ = [
    "KINDS",
    "missing_values",
    "schema_of",
    "simulate",
    "simulated_columns",
    "simulated_rows",
    "simulated_table",
    "write",
    "write_fits",
]
