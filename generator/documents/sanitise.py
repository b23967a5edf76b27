"""The HTML that a document may contain. Everything else is removed, whoever wrote it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import nh3


def _words(text: str) -> set[str]:
    return set(text.split())


TAGS = _words("""
    a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption
    figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub
    summary sup table tbody td tfoot th thead time tr u ul var wbr
""")
# Presentation MathML without the elements that may contain HTML, links or actions.
MATHML = _words("""
    math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow
    ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
""")
MATHML_ATTRIBUTES = _words("""
    accent accentunder columnalign columnlines columnspacing columnspan depth display displaystyle
    fence form height largeop linebreak linethickness lspace mathcolor mathvariant maxsize minsize
    movablelimits notation rowlines rowspacing rowspan rspace scriptlevel separator stretchy
    symmetric voffset width
""")
ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "title"},
    "a": {"href"},
    "col": {"span"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
    **dict.fromkeys(MATHML, MATHML_ATTRIBUTES),
}
# Removed with their text, which is not for readers.
DROPPED = _words("""
    audio embed iframe noembed noframes noscript object script select style svg template textarea
    title video xmp
""")
# Ids that the page around a document uses and its scripts look up.
RESERVED_IDS = frozenset({"announce", "content", "page", "strip-light", "toc"})

Filter = Callable[[str, str, str], str | None]


def sanitise(html: str, attribute: Filter) -> str:
    """Return `html`, well-formed, without anything that runs, loads or restyles.

    `attribute` gets (tag, name, value) of every attribute that may stay and returns the value to write,
    or None to leave it out. It must not raise: the library would swallow that.
    """
    _at_work.attribute = attribute
    return str(_CLEANER.clean(html))


_at_work = threading.local()
"""The filter of the document that a thread is processing. The cleaner is created once, since that is slow."""


def _allowed(tag: str, name: str, value: str) -> str | None:
    if name == "id" and value in RESERVED_IDS:
        return None
    attribute: Filter = _at_work.attribute
    return attribute(tag, name, value)


_CLEANER = nh3.Cleaner(
    tags=TAGS | MATHML,
    clean_content_tags=DROPPED,
    attributes=ATTRIBUTES,
    attribute_filter=_allowed,
    link_rel=None,
    url_schemes={"http", "https", "mailto"},
    set_tag_attribute_values={"pre": {"tabindex": "0"}},
)
