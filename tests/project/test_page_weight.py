"""What a page loads before a reader asks for anything."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from ..conftest import Made
from ..python_portal import WithPython
from ..spectral_portal import Spectral

LOADED = re.compile(r'<(?:script|link rel="stylesheet")[^>]+(?:src|href)="([^"]+\.(?:js|css))"')
MOST = 150_000
"""Bytes, compressed: of a page with its scripts and styles, without the engine."""


def packed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 6))


def weight(page: Path) -> int:
    """The bytes that a server sends for a page that answers nothing yet."""
    loaded = [page.parent / name for name in LOADED.findall(page.read_text(encoding="utf-8"))]
    assert loaded or page.name == "404.html", page
    return packed(page) + sum(map(packed, loaded))


def kinds(*sites: Path) -> dict[str, Path]:
    """The heaviest text of each kind of page: documents and catalogues are one kind each."""
    found: dict[str, Path] = {}
    for page in (page for site in sites for page in site.rglob("*.html")):
        folder = page.parent.name if page.parent.name in ("docs", "catalogues") else ""
        kind = folder or page.name
        if kind not in found or page.stat().st_size > found[kind].stat().st_size:
            found[kind] = page
    return found


def test_every_kind_of_page_is_light(made: Made, spectral: Spectral, with_python: WithPython) -> None:
    pages = kinds(with_python.release, made.moved, spectral.release)
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
