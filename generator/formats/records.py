"""assets/records.LANGUAGE.js: what readers find without a server. The index is made of it in the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field, RootModel

from .base import compact, write_whole

IN_RECORDS = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


class SearchRecord(NamedTuple):
    """A section of a document, a page, a catalogue, a column or a known issue."""

    kind: Annotated[
        Literal["document", "question", "catalogue", "column", "issue", "page"],
        Field(description="What it is."),
    ]
    title: Annotated[str, Field(description="Of the document or page; the column's name.")]
    heading: Annotated[str, Field(description="Of the section; of a column the catalogue's title.")]
    address: Annotated[str, Field(description="Relative to the release's folder.")]
    text: Annotated[str, Field(description="Up to 2,000 characters.")]


class SearchRecords(RootModel[list[SearchRecord]]):
    """All records of a language."""

    PATH: ClassVar[str] = "assets/records.{lang}.js"


def write_records(records: list[SearchRecord], folder: Path, lang: str) -> None:
    """Write the script below `folder`, the site's."""
    text = compact(records).translate(IN_RECORDS)
    write_whole(folder / SearchRecords.PATH.format(lang=lang), f"drportal.records({text});\n".encode())
