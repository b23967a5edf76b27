"""What readers find without a server: sections of documents, pages, catalogues and columns, as records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from ..documents.find import Reading
from ..escape import IN_SCRIPT, file_link
from .kinds.schema import all_columns
from .site import Site

Record = tuple[str, str, str, str, str]
"""Kind, title, heading, address below the site's folder, text."""

LONGEST = 2000
"""Characters of a record's text; a longer section becomes several."""
DESCRIPTION = 600
HEADINGS = frozenset({"h2", "h3", "h4"})
BETWEEN = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "div", "br", "pre", "figcaption", "summary"})


class _Sections(HTMLParser):
    """A document cut at its headings."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[list[str]] = [["", "", ""]]
        """Anchor, heading, text."""
        self.in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in HEADINGS and known.get("id"):
            self.sections.append([known["id"] or "", "", ""])
            self.in_heading = True
        elif tag == "img":
            self.handle_data(f" {known.get('alt') or ''} ")
        elif tag in BETWEEN:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in HEADINGS:
            self.in_heading = False

    def handle_data(self, data: str) -> None:
        self.sections[-1][1 if self.in_heading else 2] += data


def write_records(site: Site, readings: dict[str, Reading]) -> None:
    """Write assets/records.<language>.js: a script, so that pages opened from disk can load it too."""
    for lang in site.languages:
        records = [*_documents(site, readings[lang], lang), *_issues(site, lang)]
        records += [*_data(site, lang), *_pages(site, lang)]
        text = json.dumps(records, ensure_ascii=False, separators=(",", ":")).translate(IN_SCRIPT)
        file = site.out / "assets" / f"records.{lang}.js"
        file.write_text(f"drportal.records({text});\n", encoding="utf-8", newline="\n")


def _documents(site: Site, reading: Reading, lang: str) -> Iterator[Record]:
    for source in reading.documents.sources.values():
        document, page = reading.rendered[source.name], file_link(site.place(source.path, lang))
        kind = "question" if source.name == "faq" else "document"
        parser = _Sections()
        parser.feed(document.html)
        parser.close()
        for anchor, heading, text in parser.sections:
            words = " ".join(text.split())
            if not anchor:
                words = " ".join(part for part in (document.description, words) if part)
            address = f"{page}#{file_link(anchor)}" if anchor else page
            for part in _parts(words):
                yield kind, document.title, " ".join(heading.split()), address, part


def _parts(text: str) -> list[str]:
    """A text in pieces that are not too long, cut between words."""
    return re.findall(rf".{{1,{LONGEST}}}(?:\s|$)|.{{1,{LONGEST}}}", text) or [""]


def _data(site: Site, lang: str) -> Iterator[Record]:
    language = site.translate(lang)
    columns = all_columns(site, language)
    for view in site.catalogues:
        page, title = file_link(site.place(f"catalogues/{view.name}.html", lang)), language.text(view.title)
        yield "catalogue", title, view.name, page, language.text(view.description)
        for column in columns[view.name]:
            about = [column.description[:DESCRIPTION], column.unit, column.ucd]
            yield "column", column.name, title, f"{page}#{file_link(column.anchor)}", _join(about)


def _issues(site: Site, lang: str) -> Iterator[Record]:
    language, page = site.translate(lang), file_link(site.place("issues.html", lang))
    for one in site.affected:
        about = _join([language.text(one.issue.description), *one.issue.columns])
        yield "issue", language.text(one.issue.title), "", f"{page}#{one.issue.name}", about[:LONGEST]


def _join(parts: list[str | None]) -> str:
    return " · ".join(part for part in parts if part)


def _pages(site: Site, lang: str) -> Iterator[Record]:
    """Pages that are neither documents nor catalogues."""
    for path, title, description in site.rendered.get(lang, []):
        if not path.startswith(("docs/", "catalogues/")) and path not in site.documents:
            yield "page", title, "", file_link(site.place(path, lang)), description
