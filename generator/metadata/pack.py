"""The pack: which files a release ships for machines, what made them and how to check them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import citation
from .facts import Facts


@dataclass(frozen=True)
class Product:
    """A file of the pack, as the page on standards tells of it."""

    path: str
    standard: str
    """Its name and version, as the standard calls itself: "VOTable 1.4"."""
    address: str
    """Where the standard is written down."""
    maker: str
    """What made it: a library, or drportal."""
    check: str
    """A command that checks it, run in the release's folder."""
    about: str = ""
    """What it holds, in English; templates/meta.html has the words for translators."""


def write_metadata(facts: Facts, out: Path) -> list[Product]:
    """Write every file of the pack below `out`, the release's folder; what was written, in order of the page."""
    (out / "meta").mkdir(parents=True, exist_ok=True)
    return list(_write(facts, out))


def _write(facts: Facts, out: Path) -> Iterator[Product]:
    save(out / "CITATION.cff", citation.cff(facts))
    yield Product(
        "CITATION.cff", "Citation File Format 1.2.0", "https://citation-file-format.github.io/", "PyYAML",
        "check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff", "citation",
    )  # fmt: skip
    save(out / "meta" / "citation.bib", citation.bibtex(facts))
    yield Product(
        "meta/citation.bib", "BibTeX", "https://ctan.org/pkg/bibtex", "drportal",
        "python -c \"import bibtexparser; print(bibtexparser.parse_file('meta/citation.bib').failed_blocks)\"",
        "citation",
    )  # fmt: skip
    save(out / "meta" / "citation.ris", citation.ris(facts))
    yield Product(
        "meta/citation.ris", "RIS", "https://en.wikipedia.org/wiki/RIS_(file_format)", "drportal",
        "python -c \"import rispy; print(len(rispy.load(open('meta/citation.ris'))))\"", "citation",
    )  # fmt: skip


def save(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")
