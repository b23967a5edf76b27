"""docs/…: the documents of a release, the list of them, and its help."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from markupsafe import Markup, escape

from ...documents.drafts import Heading
from ...documents.find import HELP
from ...documents.runnable import with_links
from ...escape import file_link
from ..outline import Outline
from ..page import Nav, Page, Planned, Sheet
from ..site import LocalSite

INDEX = "docs/index.html"
SHOWN = 200
"""Number of documents listed beside one; docs/index.html has all."""


@dataclass(frozen=True)
class Entry:
    """A document in a list."""

    path: str
    title: str
    description: str


@dataclass(frozen=True)
class List:
    """Variables of documents.html."""

    listed: list[Entry]


@dataclass(frozen=True)
class Document:
    """Variables of document.html."""

    body: Markup
    toc: tuple[Heading, ...]
    written_in: str
    """Code of the language of the text."""
    written_name: str
    newer: str | None
    """The language of the original, if it has a later revision."""
    listed: list[Entry]
    """The documents nearest to it in the list, at most SHOWN."""
    links: Markup
    """The same as list items with links."""
    before: Entry | None
    after: Entry | None


def entries(here: LocalSite) -> list[Entry]:
    """The documents in the order of the list."""
    sources, known = here.site.documents.sources, here.reading.summaries
    return [Entry(sources[n].path, known[n].title, known[n].description) for n in here.reading.order]


def document(here: LocalSite, planned: Planned) -> Document:
    name = str(planned.subject)
    made, written = here.reading.document(name), here.reading.written_in(name)
    listed = [] if name == HELP else here.once(entries)
    at, first = _place(here, name)
    return Document(
        body=_body(here, planned, made.html),
        toc=made.toc,
        written_in=written,
        written_name=here.site.assets.language(written).name,
        newer=_newer(here, name),
        listed=listed[first : first + SHOWN],
        links=_links(here, planned, at, first) if listed else Markup(),
        before=listed[at - 1] if at else None,
        after=listed[at + 1] if at + 1 < len(listed) else None,
    )


def _body(here: LocalSite, planned: Planned, made: str) -> Markup:
    """The text, with links from its cells to python.html where the release has that."""
    outline = here.site.outline
    if not (outline.python and outline.data):
        return Markup(made)
    page = here.site.base(planned.path, here.lang) + here.place("python.html")
    link = Markup('<p class="no-print"><a class="button small" href="{}?{}">{}</a></p>')
    words = here.gettext("Open in Python")
    return Markup(with_links(made, lambda query: str(link.format(page, query, words))))


def shown(here: LocalSite, planned: Planned) -> object:
    """What a page shows of documents, as a value that is fast to compare: its `repr` is a part of a key."""
    name = str(planned.subject)
    at, first = _place(here, name)
    near = 0
    if name != HELP:
        sums = here.once(_digests)
        near = sums[min(first + SHOWN, len(sums) - 1)] - sums[first]
    written = here.reading.written_in(name)
    cells = here.site.outline.python and here.site.outline.data
    return [here.reading.summaries[name].body, written, _newer(here, name), at, first, near, cells]


def _newer(here: LocalSite, name: str) -> str | None:
    """The language of the original of a document, if it has a later revision than this translation."""
    original = here.site.readings[here.site.languages[0]]
    revision, latest = here.reading.summaries[name].revision, original.summaries[name].revision
    is_old = here.reading.written_in(name) == here.lang and revision < latest
    return here.site.assets.language(original.lang).name if is_old else None


def _place(here: LocalSite, name: str) -> tuple[int, int]:
    """Index of a document in the list, and the index at which the part shown on its page begins."""
    if name == HELP:
        return 0, 0
    at = here.once(_places)[name]
    return at, max(0, min(at - SHOWN // 2, len(here.reading.order) - SHOWN))


def _digests(here: LocalSite) -> list[int]:
    """Sums of the digests of what lists show of the documents, with their numbers: of none, the first, the
    first two, …, so that the difference of two sums says what a part of the list shows."""
    listed = enumerate(here.once(entries))
    texts = (f"{number}\0{e.path}\0{e.title}\0{e.description}" for number, e in listed)
    digests = (int.from_bytes(sha256(text.encode()).digest()) for text in texts)
    return list(itertools.accumulate(digests, initial=0))


def _places(here: LocalSite) -> dict[str, int]:
    return {name: at for at, name in enumerate(here.reading.order)}


def _links(here: LocalSite, planned: Planned, at: int, first: int) -> Markup:
    """A list item for each document near the one at index `at`; made once for all pages of a folder."""
    base = here.site.base(planned.path, here.lang)
    known, listed = here.once(_link_items, base), here.once(entries)[first : first + SHOWN]
    for number, one in enumerate(listed, start=first):
        if not known[number]:
            link = escape(file_link(base + here.place(one.path)))
            known[number] = f'<li><a href="{link}">{escape(one.title)}</a></li>\n'
    made = known[first : first + SHOWN]
    made[at - first] = made[at - first].replace('">', '" aria-current="page">', 1)
    return Markup("".join(made))


def _link_items(here: LocalSite, _base: str) -> list[str]:
    """The list items of all documents, as links from a folder; empty until a page needs them."""
    return [""] * len(here.once(entries))


def _paths(outline: Outline) -> Iterator[str]:
    return (source.path for name, source in outline.documents.sources.items() if name != HELP)


def _sheets(here: LocalSite) -> Iterator[Sheet]:
    return (_sheet(here, name) for name in here.reading.order)


def _sheet(here: LocalSite, name: str) -> Sheet:
    made = here.reading.summaries[name]
    return Sheet(here.site.documents.sources[name].path, made.title, made.description, subject=name)


DOCUMENTS = Page(
    "document",
    "documents.html",
    INDEX,
    order=90,
    title=lambda _: _("Documents"),
    when=lambda outline: INDEX in outline.documents.paths,
    nav=Nav(lambda _: _("Documents")),
    has_record=False,
    made_from=lambda here, _planned: here.once(_digests)[-1],
    context=lambda here, _planned: List(here.once(entries)),
)
DOCUMENT = Page(
    "document",
    "document.html",
    "",
    order=91,
    paths=_paths,
    sheets=_sheets,
    has_record=False,
    made_from=shown,
    context=document,
)
HELP_PAGE = Page(
    "help",
    "document.html",
    "help.html",
    order=95,
    when=lambda outline: HELP in outline.documents.sources,
    sheets=lambda here: [_sheet(here, HELP)],
    nav=Nav(lambda _: _("Help")),
    has_record=False,
    made_from=shown,
    context=document,
)
