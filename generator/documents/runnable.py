"""Cells in documents: Python that readers may open in python.html, written as ```` ```python run ````."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

CELL = re.compile(r'<div class="run highlight">(<pre\b.*?</pre>)\s*</div>', re.DOTALL)
LONGEST = 6000
"""Characters of an address that hosts accept."""


def _is_cell(language: str, inputs: dict[str, str], _options: Any, _attributes: Any, _markdown: Any) -> bool:
    return set(inputs) == {"run"}


def _highlighted(source: str, language: str, _class: str, _options: Any, markdown: Any, **about: Any) -> str:
    """The code as any other of its language, with the class `run`."""
    fenced = markdown.preprocessors["fenced_code_block"]
    return str(fenced.highlight(source, language, {}, markdown, **(about | {"classes": ["run"]})))


FENCES = [
    {"name": name, "class": "run", "format": _highlighted, "validator": _is_cell} for name in ("python", "py")
]
"""For the extension of Markdown that reads fences."""


def with_links(document: str, link: Callable[[str], str]) -> str:
    """Return a document with a link below each cell; `link` makes its HTML from the query of python.html.

    The notebook that opens has the cells of the document up to that one, or that one alone if the address
    would be too long for hosts. A cell that is too long by itself gets no link.
    """
    before: list[str] = []

    def linked(match: re.Match[str]) -> str:
        before.append(code_of(match[1]))
        query = next(
            (text for cells in (before, before[-1:]) if len(text := query_of(cells)) <= LONGEST), None
        )
        if query is None:
            return match[0]
        return f'<div class="run highlight" data-run>{match[1]}</div>{link(query)}'

    return CELL.sub(linked, document)


def code_of(highlighted: str) -> str:
    """Return the code of a highlighted cell."""
    return html.unescape(re.sub(r"<[^>]*>", "", highlighted)).rstrip("\n")


def query_of(cells: list[str]) -> str:
    """Return cells of code as python.html reads them from its address."""
    text = json.dumps([["c", cell] for cell in cells], ensure_ascii=False, separators=(",", ":"))
    return f"cells={quote(text, safe=',:')}"
