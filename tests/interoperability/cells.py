"""Which tool opens what of a release: the table of docs/interoperability.md, filled by the tests themselves.

`python -m tests.interoperability` writes it into the document; test_table.py compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

DOCUMENT = Path(__file__).parents[2] / "docs" / "interoperability.md"
BEGIN, END = "<!-- table -->", "<!-- end of the table -->"

TOOLS = {
    "stilts": "TOPCAT, STILTS",
    "astropy": "Astropy",
    "lsdb": "LSDB",
    "duckdb": "DuckDB (Python)",
    "cli": "DuckDB (command line)",
    "pandas": "pandas",
    "polars": "Polars",
    "r": "R with arrow",
    "pyvo": "PyVO",
    "mocpy": "MOCPy",
    "aladin": "Aladin (its library cds.moc)",
}
ARTEFACTS = {
    "partition": "Parquet file of a catalogue",
    "catalogue": "whole catalogue",
    "twin": "FITS file of a catalogue",
    "spectra": "spectra",
    "moc": "MOC",
    "schema": "schema",
}
ONLY_FITS = "does not read FITS; it reads the Parquet files, which have the same rows"
ONLY_MOC = "is for coverages alone"
NO_ARROW = "Debian has R, but no package arrow for it, so no test runs; `tutorials/with-r.R` shows how"
REASONS = {
    ("stilts", "partition"): "Debian's STILTS lacks the libraries of Parquet. One that has them reads a file "
    "with `ifmt=parquet`",
    ("stilts", "catalogue"): "reads single files: take the FITS file, or ask [the services](services.md)",
    ("lsdb", "partition"): "opens catalogues, not files",
    ("lsdb", "twin"): "opens HATS catalogues alone",
    ("lsdb", "spectra"): "opens HATS catalogues alone, and packs are in order of ids",
    ("lsdb", "schema"): "takes names and types from the catalogue itself",
    ("duckdb", "twin"): ONLY_FITS,
    ("cli", "twin"): ONLY_FITS,
    ("pandas", "twin"): ONLY_FITS,
    ("polars", "twin"): ONLY_FITS,
    ("pandas", "moc"): "knows nothing of the sky; `<catalogue>.moc.json` is JSON",
    ("polars", "moc"): "knows nothing of the sky; `<catalogue>.moc.json` is JSON",
    **{("r", artefact): NO_ARROW for artefact in ARTEFACTS},
    ("pyvo", "partition"): "asks services, and opens no files",
    ("pyvo", "twin"): "asks services, and opens no files",
    ("pyvo", "moc"): "no protocol that it speaks has coverages of tables",
    **{
        (tool, artefact): ONLY_MOC
        for tool in ("mocpy", "aladin")
        for artefact in ARTEFACTS
        if artefact != "moc"
    },
}
"""Why a cell has no test."""


@dataclass(frozen=True)
class Opened:
    """What a test opens, and how."""

    test: str
    how: str
    """The call or command, and what the test compares."""


OPENS: dict[tuple[str, str], Opened] = {}


def opens(tool: str, artefact: str, how: str) -> Callable[[F], F]:
    """A test that fills a cell of the table."""

    def register(test: F) -> F:
        assert tool in TOOLS and artefact in ARTEFACTS and (tool, artefact) not in OPENS
        OPENS[tool, artefact] = Opened(test.__name__, how)
        return test

    return register


def table() -> str:
    """The table as Markdown: an overview, and a line for each cell."""
    lines = ["| | " + " | ".join(ARTEFACTS.values()) + " |", "|---" * (len(ARTEFACTS) + 1) + "|"]
    for tool, title in TOOLS.items():
        cells = ("opens" if (tool, artefact) in OPENS else "–" for artefact in ARTEFACTS)
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    lines += ["", "| tool | opens | how, and what the tests compare; or why not |", "|---|---|---|"]
    for tool, title in TOOLS.items():
        for artefact, what in ARTEFACTS.items():
            opened = OPENS.get((tool, artefact))
            said = opened.how if opened else f"–: {REASONS[tool, artefact]}"
            lines.append(f"| {title} | {what} | {said} |")
    return "\n".join(_merged(lines))


def _merged(lines: list[str]) -> list[str]:
    """Lines of a tool that has one reason for everything else as one line."""
    made: list[str] = []
    for one in lines:
        tool, what, said = [*one.split(" | ", 2), "", ""][:3]
        last = [*made[-1].split(" | ", 2), "", ""][:3] if made else ["", "", ""]
        if said.startswith("–") and (tool, said) == (last[0], last[2]):
            made[-1] = f"{tool} | {last[1]}, {what} | {said}"
        else:
            made.append(one)
    return made
