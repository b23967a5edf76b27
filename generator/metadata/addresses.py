"""The pages in a folder of sites, and their canonical addresses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

WITHOUT_PAGES = {"assets", "data"}
"""Folders of a site in which there are no pages."""


def pages_below(folder: Path, place: str = "") -> Iterator[str]:
    """Paths of the pages in a folder of sites."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name not in WITHOUT_PAGES:
                    yield from pages_below(Path(entry.path), f"{place}{entry.name}/")
            elif entry.name.endswith(".html"):
                yield place + entry.name


def published_at(address: str, page: str) -> str:
    """The canonical address of a page: index.html is addressed by its folder."""
    folder, _, name = page.rpartition("/")
    return f"{address}/{quote((f'{folder}/' if folder else '') if name == 'index.html' else page)}"
