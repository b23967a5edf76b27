"""Records for the search of pages: sections of documents, pages, catalogues and columns."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from ..documents.reading import Reading
from ..escape import file_link
from ..formats.records import RecordKind, SearchRecord, SearchRecords, records_script
from ..processes import shared_out
from .page import Planned
from .site import LocalSite, Site

LONGEST = 2000
"""Maximal length of a record's text, in characters; longer sections become several records."""
DESCRIPTION = 600
HEADINGS = frozenset({"h2", "h3", "h4"})
TAG = re.compile(r'<(/?)([a-z][a-z0-9-]*)((?:[^<>"]|"[^"]*")*+)>')
ID, ALT = re.compile(' id="([^"]*)"'), re.compile(' alt="([^"]*)"')
BETWEEN = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "div", "br", "pre", "figcaption", "summary"})


def records_path(lang: str) -> str:
    """The path of the records of a language: a script, so that pages opened from disk can load it too."""
    return SearchRecords.PATH.format(lang=lang)


def search_records(
    site: Site, lang: str, planned: Iterable[Planned], sections: Sections | None = None
) -> str:
    """The script with the records of a language; `planned` are the site's pages."""
    here = site.local(lang)
    records = [
        *_documents(here, sections or Sections()),
        *_issues(here),
        *_data(here),
        *_pages(lang, planned),
    ]
    return records_script(records)


def _documents(here: LocalSite, sections: Sections) -> Iterator[SearchRecord]:
    reading = here.reading
    for source in reading.documents.sources.values():
        document, page = reading.summaries[source.name], file_link(here.place(source.path))
        kind: RecordKind = "question" if source.name == "faq" else "document"
        for anchor, heading, words in sections.of(document.body, partial(_html, reading, source.name)):
            if not anchor:
                words = " ".join(part for part in (document.description, words) if part)
            address = f"{page}#{file_link(anchor)}" if anchor else page
            for part in _parts(words):
                yield SearchRecord(kind, document.title, heading, address, part)


Section = tuple[str, str, str]
"""Anchor, heading and text."""


class Sections:
    """The sections of documents, by digest; documents known from an earlier build are not split again."""

    def __init__(self, known: Mapping[str, Sequence[Section]] | None = None) -> None:
        self._known = dict(known or {})
        self.used: dict[str, Sequence[Section]] = {}

    def find(self, site: Site) -> None:
        """Split all documents of a site that are not known."""
        unknown = {
            one.body: (reading, name)
            for reading in site.readings.values()
            for name, one in reading.summaries.items()
            if one.body not in self._known
        }

        def found(key: str) -> tuple[str, Sequence[Section]]:
            return key, _sections(_html(*unknown[key]))

        self._known |= shared_out(found, list(unknown), site.jobs)

    def of(self, key: str, text: Callable[[], str]) -> Sequence[Section]:
        """The sections of a text, at least one."""
        if key not in self.used:
            self.used[key] = self._known.get(key) or _sections(text())
        return self.used[key]


@functools.lru_cache(maxsize=1024)
def _sections(text: str) -> list[Section]:
    """Split a document at its headings; cached, because releases share documents.

    The sanitiser's output is regular, so patterns are enough.
    """
    sections, at, in_heading = [["", "", ""]], 0, False

    def add(words: str) -> None:
        sections[-1][1 if in_heading else 2] += words

    for tag in TAG.finditer(text):
        add(html.unescape(text[at : tag.start()]))
        at = tag.end()
        closes, name, attributes = tag.groups()
        if closes:
            in_heading = in_heading and name not in HEADINGS
        elif name in HEADINGS and (anchor := _attribute(ID, attributes)):
            sections.append([anchor, "", ""])
            in_heading = True
        elif name == "img":
            add(f" {_attribute(ALT, attributes)} ")
        elif name in BETWEEN:
            add(" ")
    add(html.unescape(text[at:]))
    return [(anchor, " ".join(head.split()), " ".join(words.split())) for anchor, head, words in sections]


def _attribute(pattern: re.Pattern[str], attributes: str) -> str:
    found = pattern.search(attributes)
    return html.unescape(found[1]) if found else ""


def _html(reading: Reading, name: str) -> str:
    return reading.document(name).html


def _parts(text: str) -> list[str]:
    """Split a text into parts of limited length, between words."""
    if len(text) <= LONGEST and text:
        return [text]
    return re.findall(rf".{{1,{LONGEST}}}(?:\s|$)|.{{1,{LONGEST}}}", text) or [""]


def _data(here: LocalSite) -> Iterator[SearchRecord]:
    text = here.language.text
    for view in here.site.catalogues:
        page, title = file_link(here.place(f"catalogues/{view.name}.html")), text(view.title)
        yield SearchRecord("catalogue", title, view.name, page, text(view.description))
        for column in here.columns[view.name]:
            about = [column.description[:DESCRIPTION], column.unit, column.ucd]
            yield SearchRecord(
                "column", column.name, title, f"{page}#{file_link(column.anchor)}", _join(about)
            )


def _issues(here: LocalSite) -> Iterator[SearchRecord]:
    text, page = here.language.text, file_link(here.place("issues.html"))
    for one in here.site.affected:
        about = _join([text(one.issue.description), *one.issue.columns])
        yield SearchRecord("issue", text(one.issue.title), "", f"{page}#{one.issue.name}", about[:LONGEST])


def _join(parts: list[str | None]) -> str:
    return " · ".join(part for part in parts if part)


def _pages(lang: str, planned: Iterable[Planned]) -> Iterator[SearchRecord]:
    """Records of pages that have no others."""
    for one in planned:
        if one.lang == lang and one.page.has_record:
            yield SearchRecord("page", one.title, "", file_link(one.place), one.description)
