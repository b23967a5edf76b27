"""Files of the portal's own folder: an Atom feed of its releases; a sitemap if its address is known."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from lxml import etree

from ..model import Portal, Release
from ..model.text import in_language
from .addresses import published_at
from .release_facts import one_line
from .vo_columns import xml_text

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "http://www.w3.org/XML/1998/namespace"
LARGEST = 50_000
"""Maximum addresses in a sitemap, from its standard."""
MISSING = "404.html"
"""The page that hosts show for missing pages; robots need not index it."""
Words = Callable[[Release, str], str]


def portal_files(
    portal: Portal,
    releases: Iterable[Release],
    pages: Iterable[str],
    address: str | None,
    place: Callable[[str, str], str],
    words: Words,
) -> Iterator[tuple[str, bytes]]:
    """Files by path: atom.xml in each language, and sitemap.xml for the public edition.

    `pages` are the paths of all pages of the portal and its releases; `address` is the public address of the
    portal, if known; `place` returns the path of a page in a language, `words` the feed's text about a
    release.
    """
    shown = sorted(releases, key=lambda r: r.order, reverse=True)
    for lang in portal.languages:
        yield place("atom.xml", lang), atom(portal, shown, lang, address, place, words)
    if address and portal.edition.is_public:  # robots must not read other editions
        yield from sitemaps(pages, portal.languages, address)


def atom(
    portal: Portal,
    releases: list[Release],
    lang: str,
    address: str | None,
    place: Callable[[str, str], str],
    words: Words,
) -> bytes:
    """The feed, newest first. Links are relative to it if the portal's address is unknown."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set(f"{{{XML}}}lang", lang)
    up = "../" * place("atom.xml", lang).count("/")

    def link(path: str) -> str:
        return f"{address}/{quote(path)}" if address else up + quote(path)

    _add(root, "id", _ident(portal, None, link(place("index.html", lang)) if address else None))
    _add(root, "title", in_language(portal.title, lang))
    if subtitle := in_language(portal.description, lang):
        _add(root, "subtitle", subtitle)
    _add(root, "updated", max((_moment(r.published) for r in releases), default=_moment("1970")))
    author = _add(root, "author")
    _add(author, "name", in_language(portal.organisation, lang) or portal.name)
    _link(root, "self", link(place("atom.xml", lang)), "application/atom+xml")
    _link(root, "alternate", link(place("index.html", lang)), "text/html")
    for release in releases:
        page = link(f"{release.id}/{place('index.html', lang)}")
        entry = _add(root, "entry")
        _add(entry, "id", _ident(portal, release, page if address else None))
        _add(entry, "title", in_language(release.title, lang, release.label))
        _add(entry, "updated", _moment(release.published))
        _add(entry, "published", _moment(release.published))
        _link(entry, "alternate", page, "text/html")
        _add(entry, "summary", words(release, lang))
    return _document(root)


def _ident(portal: Portal, release: Release | None, page: str | None) -> str:
    """A permanent identifier: the page's address or, without one, a UUID made from the names."""
    if page:
        return page
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{portal.name}/{release.id if release else ''}").urn


def _moment(published: str) -> str:
    year, month, day = [*published.split("-"), "01", "01"][:3]
    return f"{date(int(year), int(month), int(day)).isoformat()}T00:00:00Z"


def sitemaps(pages: Iterable[str], languages: list[str], address: str) -> Iterator[tuple[str, bytes]]:
    """sitemap.xml of all pages; an index of several sitemaps if there are very many."""
    known = {page for page in pages if page.rpartition("/")[2] != MISSING}
    urls = [_url(page, known, languages, address) for page in sorted(known)]
    parts = [urls[at : at + LARGEST] for at in range(0, len(urls), LARGEST)] or [[]]
    if len(parts) == 1:
        yield "sitemap.xml", _set(parts[0])
        return
    index = etree.Element(f"{{{SITEMAP}}}sitemapindex", nsmap={None: SITEMAP})
    for number, part in enumerate(parts, 1):
        name = f"sitemap-{number}.xml"
        yield name, _set(part)
        etree.SubElement(
            etree.SubElement(index, f"{{{SITEMAP}}}sitemap"), f"{{{SITEMAP}}}loc"
        ).text = f"{address}/{name}"
    yield "sitemap.xml", _document(index)


def _url(page: str, pages: set[str], languages: list[str], address: str) -> Any:
    made = etree.Element(f"{{{SITEMAP}}}url", nsmap={None: SITEMAP, "xhtml": XHTML})
    etree.SubElement(made, f"{{{SITEMAP}}}loc").text = published_at(address, page)
    others = _translations(page, pages, languages)
    for lang, other in others if len(others) > 1 else []:
        link = etree.SubElement(made, f"{{{XHTML}}}link")
        link.set("rel", "alternate")
        link.set("hreflang", lang)
        link.set("href", published_at(address, other))
    return made


def _translations(page: str, pages: set[str], languages: list[str]) -> list[tuple[str, str]]:
    """The page in each language in which it exists: dr8/v1.0/cite.html and dr8/v1.0/zh/cite.html."""
    default, *others = languages
    parts = page.split("/")
    for at, part in enumerate(parts[:-1]):
        if part in others:
            parts = parts[:at] + parts[at + 1 :]
            break
    found = [(default, "/".join(parts))]
    for at in range(len(parts)):
        for lang in others:
            path = "/".join([*parts[:at], lang, *parts[at:]])
            if path in pages:
                found.append((lang, path))
    return [(lang, path) for lang, path in found if path in pages]


def _set(urls: list[Any]) -> bytes:
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "xhtml": XHTML})
    root.extend(urls)
    return _document(root)


def _link(parent: Any, rel: str, href: str, kind: str) -> None:
    made = _add(parent, "link")
    for name, value in (("rel", rel), ("type", kind), ("href", href)):
        made.set(name, value)


def _add(parent: Any, name: str, text: str | None = None) -> Any:
    made = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    if text is not None:
        made.text = one_line(xml_text(text))
    return made


def _document(root: Any) -> bytes:
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made
