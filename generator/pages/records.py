"""Records for the search of pages: sections of documents, pages, catalogues and columns."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from ..documents.formulas import in_one_line
from ..escape import file_link
from ..formats.records import RecordKind, SearchRecord, SearchRecords, records_script, records_text
from ..processes import shared_out
from .page import Planned
from .site import LocalSite, Site

LONGEST = 2000
"""Maximal length of a record's text, in characters; longer sections become several records."""
DESCRIPTION = 600
HEADINGS = frozenset({"h2", "h3", "h4"})
TAG = re.compile(r'<(/?)([a-z][a-z0-9-]*)((?:[^<>"]|"[^"]*")*+)>')
FORMULA = re.compile("<math.*?</math>", re.DOTALL)
ID, ALT = re.compile(' id="([^"]*)"'), re.compile(' alt="([^"]*)"')
BETWEEN = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "div", "br", "pre", "figcaption", "summary"})


def records_path(lang: str) -> str:
    """The path of the records of a language: a script, so that pages opened from disk can load it too."""
    return SearchRecords.PATH.format(lang=lang)


def search_records(
    site: Site, lang: str, planned: Iterable[Planned], documents: DocumentRecords | None = None
) -> str:
    """The script with the records of a language; `planned` are the site's pages."""
    here, documents = site.local(lang), documents or DocumentRecords()
    texts = [documents.of(here, name) for name in here.reading.documents.sources]
    others = [*_issues(here), *_data(here), *_pages(lang, planned)]
    return records_script([*texts, records_text(others)])


def _of_document(here: LocalSite, name: str) -> str:
    """The records of a document as they are written."""
    reading, source = here.reading, here.reading.documents.sources[name]
    document, page = reading.document(name), file_link(here.place(source.path))
    kind: RecordKind = "question" if name == "faq" else "document"
    records = []
    for anchor, heading, words in _sections(document.html):
        if not anchor:
            words = " ".join(part for part in (document.description, words) if part)
        address = f"{page}#{file_link(anchor)}" if anchor else page
        records += [SearchRecord(kind, document.title, heading, address, part) for part in _parts(words)]
    return records_text(records)


class DocumentRecords:
    """The records of documents as they are written. Those known from an earlier build are not made again."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self._known = dict(known or {})
        self.used: dict[str, str] = {}
        """By the digest of what they show."""
        self._keys: dict[tuple[LocalSite, str], str] = {}
        """These digests, by language and name of the document."""

    @classmethod
    def read(cls, text: str) -> DocumentRecords:
        """Those of an earlier build, as `text` returned them."""
        return cls(dict(line.split(" ", 1) for line in text.split("\n") if line))

    def text(self) -> str:
        """Those that were used, for the next build: a line each."""
        return "".join(f"{key} {records}\n" for key, records in self.used.items())

    def find(self, site: Site) -> None:
        """Make those of all documents of a site that are not known."""
        unknown = {
            key: (here, name)
            for here in map(site.local, site.readings)
            for name in here.reading.summaries
            if (key := self._key(here, name)) not in self._known
        }

        def found(key: str) -> tuple[str, str]:
            return key, _of_document(*unknown[key])

        self._known |= shared_out(found, list(unknown), site.jobs)

    def of(self, here: LocalSite, name: str) -> str:
        """The records of a document."""
        key = self._key(here, name)
        self.used[key] = self._known.get(key) or _of_document(here, name)
        return self.used[key]

    def _key(self, here: LocalSite, name: str) -> str:
        if (here, name) not in self._keys:
            one, place = here.reading.summaries[name], here.place(here.reading.documents.sources[name].path)
            shown = "\0".join((place, one.title, one.description, one.body))
            self._keys[here, name] = sha256(shown.encode()).hexdigest()[:32]
        return self._keys[here, name]


Section = tuple[str, str, str]
"""Anchor, heading and text."""


@functools.lru_cache(maxsize=1024)
def _sections(text: str) -> list[Section]:
    """Split a document at its headings; cached, because releases share documents.

    The sanitiser's output is regular, so patterns are enough.
    """
    sections, at, in_heading = [["", "", ""]], 0, False

    def add(words: str) -> None:
        sections[-1][1 if in_heading else 2] += words

    text = FORMULA.sub(lambda found: html.escape(in_one_line(found[0])), text)
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
