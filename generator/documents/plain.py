"""Skips inline patterns for text without markup, as most cells and paragraphs are."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

MARKED = re.compile("[`\\\\$\\[!<&*_\x02\x03]|  \n")
"""Characters that inline patterns begin with; \x02 and \x03 enclose placeholders."""
INLINE = 20
"""Priority of the patterns."""


class Plain(markdown.Extension):  # type: ignore[misc]
    """Keeps inline patterns from text in which none can match."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        plain = _Plain(md)
        md.treeprocessors.register(plain, "plain", INLINE + 1)
        md.treeprocessors.register(_Again(plain), "plain-again", INLINE - 1)


class _Plain(Treeprocessor):  # type: ignore[misc]
    def __init__(self, md: markdown.Markdown) -> None:
        super().__init__(md)
        self.marked: list[Element] = []

    def run(self, root: Element) -> None:
        self.marked = [
            element
            for element in root.iter()
            if element.text and not isinstance(element.text, AtomicString) and not MARKED.search(element.text)
        ]
        for element in self.marked:
            element.text = AtomicString(element.text)


class _Again(Treeprocessor):  # type: ignore[misc]
    """Restores the text for processors that run after the patterns, such as abbreviations."""

    def __init__(self, plain: _Plain) -> None:
        super().__init__(plain.md)
        self._plain = plain

    def run(self, _root: Element) -> None:
        for element in self._plain.marked:
            element.text = str(element.text)
