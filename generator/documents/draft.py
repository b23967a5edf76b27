"""The part of rendering before values: Markdown to sanitised HTML in which facts are still marks."""

from __future__ import annotations

import functools
import html
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import markdown
from markdown.extensions.toc import slugify_unicode

from .addresses import Addresses, Resolve
from .bibliography import Bibliography, Citations, Reference
from .drafts import Draft, Drafts, Heading, key_of
from .formulas import to_mathml
from .marks import CODE, Marks
from .plain import Plain
from .runnable import FENCES
from .sanitise import RESERVED_IDS, sanitise
from .shape import Shape

FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
WORDS = (
    *(
        "Back to the text",
        "Table",
        "Note",
        "Tip",
        "Info",
        "Warning",
        "Caution",
        "Danger",
        "Example",
        "Important",
    ),
    *("References", "Figure", " et al.", ", et al.", " & ", "(", ")", "; "),
)
"""Texts that rendering adds, in the language of the document."""

FEATURES = {
    "notes": re.compile(r"\*\[|!!!|\{|:(?<!\w:)[ \t]|\?\?\?|\[\^"),
    "tables": re.compile(r"\|"),
    "formulas": re.compile(r"\$"),
    "code": re.compile(r"```|~~~|    |\t"),
}
"""Parts of the syntax, and a sign without which a text does not use it. `notes` are abbreviations,
admonitions, attributes, definitions, details and footnotes."""
REMOVED = re.compile("[\x02\x03]")
"""Characters that Markdown leaves out."""

Complain = Callable[[str, str, str], None]
"""Called for a problem: words near it, what is wrong, how to fix it."""


def make_draft(
    body: str,
    resolve: Resolve,
    translate: Callable[[str], str],
    references: Mapping[str, Reference],
    marks: Marks | None,
    complain: Complain,
    drafts: Drafts | None = None,
) -> Draft:
    """Render a text without its front matter, or take it from `drafts`; `marks` has its facts."""
    words = tuple(translate(word) for word in WORDS)
    key = key_of(body, words, marks is not None)
    if drafts is not None and (found := drafts.find(key, resolve, references)):
        return found
    problems = 0
    asked: dict[tuple[str, bool], str | None] = {}

    def problem(near: str, what: str, fix: str) -> None:
        nonlocal problems
        problems += 1
        complain(near, what, fix)

    def ask(target: str, *, image: bool) -> str | None:
        asked[target, image] = resolve(target, image=image)
        return asked[target, image]

    converter = _converter(words, features_of(body), threading.get_ident())
    cited = Bibliography(references, converter.words.__getitem__, problem)
    rough = _formulas(converter.convert(body, cited), problem, marks)
    addresses = Addresses(ask, problem)
    clean = sanitise(rough, addresses)
    ids = frozenset(re.findall(r' id="([^"]+)"', clean))
    for anchor in re.findall(r' href="#([^"]+)"', clean):
        if unquote(html.unescape(anchor)) not in ids:
            problem(f"#{html.unescape(anchor)}", f"links to #{anchor}, which is not here", "fix the link")
    if len(re.findall(r"<img\b", clean)) > addresses.images:
        problem("<img", "has an image without a usable source", "give it the path of an image file")
    tokens = converter.headings
    heading = next((t for t in tokens if t["level"] == 1), None)
    below = [c for t in tokens for c in (t["children"] if t["level"] == 1 else [t])]
    draft = Draft(clean, ids, _plain(heading["name"]) if heading else "", tuple(_headings(below)))
    if drafts is not None and not problems:
        drafts.keep(key, draft, asked, cited.cited)
    return draft


class _Converter:
    """Markdown with its extensions. Setting it up takes as long as a short document, so it is reused."""

    def __init__(self, words: tuple[str, ...], features: Collection[str] = FEATURES.keys()) -> None:
        self.words = dict(zip(WORDS, words, strict=True))
        self._citations = Citations()
        extensions = [*_extensions(self.words, features), self._citations]
        self._markdown = markdown.Markdown(extensions=extensions, output_format="html")

    def convert(self, body: str, cited: Bibliography) -> str:
        self._markdown.reset()
        self._citations.bibliography = cited
        return str(self._markdown.convert(body))

    @property
    def headings(self) -> list[Any]:
        """The tokens of the table of contents of the last text."""
        return list(self._markdown.toc_tokens)


@functools.lru_cache(maxsize=256)
def _converter(words: tuple[str, ...], features: tuple[str, ...], _thread: int) -> _Converter:
    """A converter of a language; one for each thread, because it keeps the state of one text."""
    return _Converter(words, features)


def features_of(body: str) -> tuple[str, ...]:
    """What a text may use of FEATURES: it is converted a quarter faster without the others."""
    if REMOVED.search(body):  # what is on both sides of it may come together
        return tuple(FEATURES)
    return tuple(name for name, sign in FEATURES.items() if sign.search(body))


def _extensions(words: Mapping[str, str], features: Collection[str]) -> list[Any]:
    """The extensions in the order of their registration; the modules of some take long to import."""
    from markdown.extensions import sane_lists, toc

    back = words["Back to the text"].replace("{", "").replace("}", "")
    found: list[Any] = []
    if "notes" in features:
        from markdown.extensions import abbr, admonition, attr_list, def_list, footnotes

        found += [abbr.AbbrExtension(), admonition.AdmonitionExtension(), attr_list.AttrListExtension()]
        found += [def_list.DefListExtension(), footnotes.FootnoteExtension(BACKLINK_TITLE=back)]
    found.append(sane_lists.SaneListExtension())
    if "tables" in features:
        from markdown.extensions import tables

        found.append(tables.TableExtension(use_align_attribute=True))
    headings = {"slugify": _slug, "anchorlink": True, "anchorlink_class": "anchor", "toc_depth": "1-3"}
    found.append(toc.TocExtension(**headings, marker=""))
    if "formulas" in features:
        from pymdownx import arithmatex

        dollar = {"inline_syntax": ["dollar"], "block_syntax": ["dollar"]}
        found.append(arithmatex.ArithmatexExtension(generic=True, **dollar))
    if "notes" in features:
        from pymdownx import details

        found.append(details.DetailsExtension())
    if "code" in features:
        from pymdownx import highlight, superfences

        found += [highlight.HighlightExtension(guess_lang=False)]
        found += [superfences.SuperFencesCodeExtension(custom_fences=FENCES)]
    return [*found, Shape(words), Plain()]


def _slug(title: str, separator: str) -> str:
    slug = slugify_unicode(title, separator) or "section"
    return f"{slug}{separator}section" if slug in RESERVED_IDS else slug


def _formulas(rough: str, problem: Complain, marks: Marks | None) -> str:
    def convert(match: re.Match[str]) -> str:
        display, formula = match[1] == "div", html.unescape(match[2]).strip()
        formula = marks.in_formula(formula) if marks else formula
        try:
            mathml = to_mathml(formula, display=display)
        except ValueError as error:
            first = formula.partition("\n")[0]
            problem(formula, f"formula '{first}' {error}", "correct the formula")
            return ""
        return f'<div class="math">{mathml}</div>' if display else mathml

    converted = FORMULA.sub(convert, rough)
    if "$$" in CODE.sub("", converted):
        problem("$$", "has a $$ that does not begin a formula", "put $$ … $$ in a paragraph of its own")
    return converted


def _headings(tokens: list[Any]) -> Iterator[Heading]:
    for token in tokens:
        yield Heading(token["id"], _plain(token["name"]), tuple(_headings(token["children"])))


def _plain(name: str) -> str:
    """A heading as plain text: formulas without their delimiters."""
    return re.sub(r"\\[()]", "", html.unescape(name))
