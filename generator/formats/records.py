"""assets/records.LANGUAGE.js: the records of the document search. The page builds the index from them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field, RootModel

from ..escape import IN_SCRIPT
from .base import compact

RecordKind = Literal["document", "question", "catalogue", "column", "issue", "page"]


class SearchRecord(NamedTuple):
    """A section of a document, a page, a catalogue, a column or a known issue."""

    kind: Annotated[RecordKind, Field(description="Kind of record.")]
    title: Annotated[str, Field(description="Of the document or page; the column's name.")]
    heading: Annotated[str, Field(description="Of the section; for a column the catalogue's title.")]
    address: Annotated[str, Field(description="Relative to the release's folder.")]
    text: Annotated[str, Field(description="Up to 2,000 characters.")]


class SearchRecords(RootModel[list[SearchRecord]]):
    """All records of a language."""

    PATH: ClassVar[str] = "assets/records.{lang}.js"


def records_script(records: list[SearchRecord]) -> str:
    """Return the script of a language."""
    return f"drportal.records({compact(records).translate(IN_SCRIPT)});\n"
