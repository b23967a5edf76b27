"""What a page loads before a reader asks for anything."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from ..browser import ROOT
from ..conftest import Made
from ..python_portal import WithPython
from ..spectral_portal import Spectral

LOADED = re.compile(r'<(?:script|link rel="stylesheet")[^>]+(?:src|href)="([^"]+\.(?:js|css))"')
STATED = re.compile(r"^\| (\w+\.html) \| (\d+) kB \|", re.MULTILINE)
"""A line of the table in docs/performance.md: a page, its scripts and styles."""
MOST = 150_000
"""Bytes, compressed: of a page with its scripts and styles, without the engine."""


def packed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 6))


def loaded(page: Path) -> int:
    """The bytes of its scripts and styles."""
    files = [page.parent / name for name in LOADED.findall(page.read_text(encoding="utf-8"))]
    assert files or page.name == "404.html", page
    return sum(map(packed, files))


def weight(page: Path) -> int:
    """The bytes that a server sends for a page that answers nothing yet."""
    return packed(page) + loaded(page)


def kinds(*sites: Path) -> dict[str, Path]:
    """The heaviest text of each kind of page: documents and catalogues are one kind each."""
    found: dict[str, Path] = {}
    for page in (page for site in sites for page in site.rglob("*.html")):
        folder = page.parent.name if page.parent.name in ("docs", "catalogues") else ""
        kind = folder or page.name
        if kind not in found or page.stat().st_size > found[kind].stat().st_size:
            found[kind] = page
    return found


@pytest.fixture
def pages(made: Made, spectral: Spectral, with_python: WithPython) -> dict[str, Path]:
    return kinds(with_python.release, made.moved, spectral.release)


def test_every_kind_of_page_is_light(pages: dict[str, Path]) -> None:
    assert pages.keys() >= {
        "search.html",
        "sql.html",
        "object.html",
        "spectrum.html",
        "sky.html",
        "python.html",
        "docs",
    }
    weights = {kind: weight(page) for kind, page in pages.items()}
    assert not {kind: f"{bytes_:,}" for kind, bytes_ in weights.items() if bytes_ > MOST}


def test_scripts_and_styles_weigh_what_the_document_says(pages: dict[str, Path]) -> None:
    """They are the same in every release; the text of a page depends on its catalogues."""
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    stated = {page: int(kilobytes) for page, kilobytes in STATED.findall(text)}
    found = {page: round(loaded(pages[page]) / 1000) for page in stated}
    assert stated.keys() >= {"search.html", "sql.html", "object.html", "sky.html", "python.html"}
    wrong = {page: found[page] for page in stated if abs(found[page] - stated[page]) > 0.04 * stated[page]}
    assert not wrong, f"docs/performance.md, Weight of pages, in kB: write {wrong}"
