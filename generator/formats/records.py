"""assets/records.LANGUAGE.js: the records of the document search. The page builds the index from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def records_text(records: Sequence[SearchRecord]) -> str:
    """Return records as `records_script` joins them; one line."""
    return compact(records).translate(IN_SCRIPT)[1:-1]


def records_script(texts: Iterable[str]) -> str:
    """Return the script of a language from results of `records_text`."""
    return f"drportal.records([{','.join(text for text in texts if text)}]);\n"
