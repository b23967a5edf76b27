"""drportal: static, self-contained websites for astronomical data releases."""

import importlib
from typing import Any

__version__ = "0.2.0"

NOTEBOOK = (
    "Arm",
    "Column",
    "Error",
    "Release",
    "Spectrum",
    "Table",
    "open",
    "release",
    "save",
    "show",
    "spectrum",
    "sql",
    "table",
    "to_air",
    "to_vacuum",
    "write_fits",
    "write_votable",
)
"""Names for notebooks, as the package in pages has them: see docs/notebook.md."""


def __getattr__(name: str) -> Any:
    if name not in NOTEBOOK:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # by name: rooms below notebook/ import the version from here
    return importlib.import_module(f"{__name__}.notebook.shim").name(name)
