"""Adapts the tree of a document to pages: one title, numbered figures, no presentational attributes."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote
from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.treeprocessors import Treeprocessor

TITLES = ("Note", "Tip", "Info", "Warning", "Caution", "Danger", "Example", "Important", "Figure")
"""Titles of notes that are translated."""


class Shape(markdown.Extension):  # type: ignore[misc]
    """Markdown extension: one h1, numbered figures, classes in place of presentational attributes."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self.words = words

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        # The table of contents is made at 5: headings must have their levels before; the h1 is removed after.
        md.treeprocessors.register(_Shaping(md, self.words), "shape", 8)
        md.treeprocessors.register(_WithoutTitle(md), "without-title", 1)


class _Shaping(Treeprocessor):  # type: ignore[misc]
    def __init__(self, md: markdown.Markdown, words: Mapping[str, str]) -> None:
        super().__init__(md)
        self.titles = {english: words[english] for english in TITLES}
        self.figure = words["Figure"]

    def run(self, root: Element) -> None:
        titled = False
        figures: dict[str, str] = {}
        for element in root.iter():
            if element.tag == "h1":
                element.tag = "h2" if titled else "h1"
                titled = True
            elif element.tag == "table":
                _headless(element)
            elif element.tag in ("td", "th"):
                align = element.attrib.pop("align", None)
                if align:
                    element.set("class", f"align-{align}")
            elif element.tag == "summary" or element.get("class") == "admonition-title":
                element.text = self.titles.get(element.text or "", element.text)
            elif element.tag == "p" and len(element) == 1 and not (element.text or "").strip():
                self._figure(element, figures)
        for link in root.iter("a"):
            target = unquote(link.get("href", "")[1:])
            if target in figures and not len(link) and not (link.text or "").strip():
                link.text = figures[target]

    def _figure(self, paragraph: Element, figures: dict[str, str]) -> None:
        """An image alone in its paragraph, with a title: a numbered figure with that caption."""
        image = paragraph[0]
        if image.tag != "img" or not image.get("title") or (image.tail or "").strip():
            return
        number = f"{self.figure} {len(figures) + 1}"
        paragraph.tag = "figure"
        paragraph.set("id", image.attrib.pop("id", f"figure-{len(figures) + 1}"))
        figures[paragraph.get("id", "")] = number
        caption = SubElement(paragraph, "figcaption")
        label = SubElement(caption, "span", {"class": "figure-number"})
        label.text, label.tail = number, f" {image.attrib.pop('title')}"


def _headless(table: Element) -> None:
    """Make the first column of a table the row headings if its head is empty."""
    head = table.find("thead")
    if head is None or any(len(cell) or (cell.text or "").strip() for cell in head.iter("th")):
        return
    table.remove(head)
    for row in table.iter("tr"):
        row[0].tag = "th"
        row[0].set("scope", "row")


class _WithoutTitle(Treeprocessor):  # type: ignore[misc]
    def run(self, root: Element) -> None:
        for element in root:
            if element.tag == "h1":
                root.remove(element)
                return
