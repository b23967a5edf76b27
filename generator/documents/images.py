"""Files beside documents: the kinds that may be shown or offered for download."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

IMAGES = frozenset({"avif", "gif", "jpeg", "jpg", "png", "svg", "webp"})
ATTACHMENTS = frozenset(
    {"bib", "csv", "fits", "gz", "ipynb", "json", "parquet", "pdf", "py", "tex", "tsv", "txt", "vot", "zip"}
)
# Opened by itself, an SVG file is a page of the site: it must not run or load anything.
ACTIVE = frozenset({"script", "foreignObject", "iframe", "animate", "set", "handler", "listener"})


def check_image(file: Path) -> str | None:
    """Return what is wrong with an image, or None. Only SVG can be harmful."""
    if file.suffix.lower() != ".svg":
        return None
    try:
        root = ElementTree.parse(file).getroot()
    except ElementTree.ParseError:
        return "is not well-formed SVG"
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag.rpartition("}")[2] in ACTIVE:
            return f"contains a <{element.tag.rpartition('}')[2]}>"
        for name, value in element.attrib.items():
            local = name.rpartition("}")[2].lower()
            if local.startswith("on"):
                return f"contains the handler {local}"
            if local == "href" and not value.startswith(("#", "data:image/png", "data:image/jpeg")):
                return f"links to {value[:60]}"
    return None
