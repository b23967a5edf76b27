"""Markdown documents as HTML that is safe to show."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

import markdown
import yaml
from markdown.extensions.toc import slugify_unicode
from pydantic import Field

from ..i18n import Language
from ..model.audience import Restricted
from ..model.read import parse_toml, validate
from ..problems import InputError, Problem
from .bibliography import Bibliography, Citations, Reference
from .facts import Facts
from .formulas import to_mathml
from .marks import CODE, PRIVATE, Marks, choose_parts
from .sanitise import RESERVED_IDS, sanitise
from .shape import Shape

FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
DROPPED_LINK = re.compile(r'<a((?: (?!href)[\w:-]+="[^"]*")*)>(.*?)</a>', re.DOTALL)
OPENING_LINK = re.compile(r'<a((?: [\w:-]+="[^"]*")*)>')
OUTSIDE = re.compile(r"(?i)(https?:)?[/\\]{2}|https?:")
SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:")
FENCES = {"+++": "TOML", "---": "YAML"}


@dataclass(frozen=True)
class Heading:
    """An entry of a document's table of contents."""

    id: str
    title: str
    children: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Document:
    """A rendered document. `html` is sanitised and holds no h1: the page around it shows the title."""

    title: str
    html: str
    toc: tuple[Heading, ...]
    description: str = ""
    order: float = 100
    ids: frozenset[str] = field(default=frozenset(), repr=False)
    """Anchors in `html`."""
    bare: str = field(default="", repr=False)
    """`html`, title and description as written by hand: without the facts that drportal put in."""
    front: FrontMatter = field(default_factory=lambda: FrontMatter(), repr=False)


class BrokenLink(Exception):
    """A relative link that leads nowhere: what is wrong, and how to mend it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


class Resolve(Protocol):
    """Finds what a relative link or image stands for."""

    def __call__(self, target: str, *, image: bool) -> str | None:
        """The address to write; None to leave the words without a link. Raises BrokenLink."""


class FrontMatter(Restricted):
    """What may stand between +++ or --- at the top of a document."""

    title: str = ""
    description: str = ""
    order: float = 100
    """Documents are listed by falling importance: 1 before 2."""
    numbers: list[int | float | str] = Field(default_factory=list)
    """Numbers in the text that are no facts of the data, and right."""
    mentions: list[str] = Field(default_factory=list)
    """Other releases that the text speaks of."""
    revision: int = 0
    """Counted up when the original changes; a translation says which one it is of."""


def render_markdown(
    text: str,
    *,
    file: Path,
    resolve: Resolve | None = None,
    translate: Callable[[str], str] = str,
    facts: Facts | None = None,
    language: Language | None = None,
    references: Mapping[str, Reference] | None = None,
) -> Document:
    """Render one document.

    `file` names it in errors. `resolve` finds the targets of relative links and images; without one they must
    be files beside `file`. `translate` gives the few words that rendering adds (such as "Note") in the
    document's language. `facts` is what {{ … }} may name; without them it is text like any other.
    `references` is what [@key] may cite. Raises InputError with every problem of the document, with its line.
    """
    problems: list[Problem] = []
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    front, body = front_matter(text, file)

    marks = None

    def problem(near: str, what: str, mend: str) -> None:
        if marks:
            near, what = marks.source(near), marks.source(what)
        problems.append(Problem(str(file), _place(text, near), what, mend))

    if facts is not None:

        def at_line(line: int, what: str, mend: str) -> None:
            problems.append(Problem(str(file), f"line {line}", what, mend))

        body = choose_parts(body, facts, at_line)
        marks = Marks(facts, language or Language("en"), at_line)
        body = marks.take(body)
        front = front.model_copy(
            update={
                key: marks.take(getattr(front, key), _line(text, key)) for key in ("title", "description")
            }
        )
    cites = Citations(Bibliography(references or {}, translate, problem))
    converter = markdown.Markdown(extensions=[*_extensions(translate), cites], output_format="html")
    rough = _formulas(converter.convert(body), problem, marks)
    links = _Links(resolve or _beside(file), problem)
    clean = sanitise(rough, links)
    ids = frozenset(re.findall(r' id="([^"]+)"', clean))
    for anchor in re.findall(r' href="#([^"]+)"', clean):
        if unquote(html.unescape(anchor)) not in ids:
            problem(f"#{html.unescape(anchor)}", f"links to #{anchor}, which is not here", "mend the link")
    if len(re.findall(r"<img\b", clean)) > links.images:
        problem("<img", "has an image without a usable source", "give it the path of an image file")
    tokens: list[Any] = converter.toc_tokens
    heading = next((t for t in tokens if t["level"] == 1), None)
    title = front.title or (_plain(heading["name"]) if heading else "")
    if not title:
        problem("", "has no title", "start it with `# Title`")
    toc = tuple(_headings([c for t in tokens for c in (t["children"] if t["level"] == 1 else [t])], marks))
    description, bare = (
        front.description,
        f"<p>{html.escape(title)}</p><p>{html.escape(front.description)}</p>{clean}",
    )
    if marks:
        bare, clean = marks.hide(bare), marks.put(clean)
        title, description = marks.plain(title), marks.plain(description)
    if problems:
        raise InputError(dict.fromkeys(problems))
    return Document(title, _finish(clean, translate), toc, description, front.order, ids, bare, front)


def line_of(text: str, words: str) -> int | None:
    """The line (from 1) on which `words` first stands in a document."""
    at = text.find(words) if words else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def _place(text: str, near: str) -> str:
    line = line_of(text, near.strip()) or line_of(text, near.strip().partition("\n")[0])
    return f"line {line or 1}"


def _line(text: str, key: str) -> int:
    """The line of a key of the front matter."""
    match = re.search(rf"^{key}\b", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def front_matter(text: str, file: Path) -> tuple[FrontMatter, str]:
    """What stands before the text, and the text; line numbers in errors are those of the file."""
    lines = text.split("\n")
    fence = lines[0].rstrip()
    if fence not in FENCES:
        return FrontMatter(), text
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == fence), None)
    if end is None:
        what = f"opens {FENCES[fence]} front matter and never ends it"
        mend = f"end it with a line {fence}, or take the first line out"
        raise InputError(Problem(str(file), "line 1", what, mend))
    block = "\n".join(["", *lines[1:end], ""])
    if fence == "+++":
        data = parse_toml(block, file)
    else:
        try:
            data = yaml.safe_load(block) or {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f"line {mark.line + 1}" if mark else "line 1"
            what = f"is not YAML: {getattr(error, 'problem', None) or error}"
            raise InputError(Problem(str(file), place, what, "mend the front matter there")) from None
        if not isinstance(data, dict):
            what = "has front matter that is not a list of keys"
            raise InputError(Problem(str(file), "line 1", what, "write it as `title: …`"))
    return validate(FrontMatter, data, file), "\n" * (end + 1) + "\n".join(lines[end + 1 :])


def _extensions(translate: Callable[[str], str]) -> list[Any]:
    from markdown.extensions import abbr, admonition, attr_list, def_list, footnotes, sane_lists, tables, toc
    from pymdownx import arithmatex, details, highlight, superfences

    back = translate("Back to the text")
    return [
        abbr.AbbrExtension(),
        admonition.AdmonitionExtension(),
        attr_list.AttrListExtension(),
        def_list.DefListExtension(),
        footnotes.FootnoteExtension(BACKLINK_TITLE=back.replace("{", "").replace("}", "")),
        sane_lists.SaneListExtension(),
        tables.TableExtension(use_align_attribute=True),
        toc.TocExtension(
            slugify=_slug, anchorlink=True, anchorlink_class="anchor", toc_depth="1-3", marker=""
        ),
        arithmatex.ArithmatexExtension(generic=True, inline_syntax=["dollar"], block_syntax=["dollar"]),
        details.DetailsExtension(),
        highlight.HighlightExtension(guess_lang=False),
        superfences.SuperFencesCodeExtension(),
        Shape(translate),
    ]


def _slug(title: str, separator: str) -> str:
    slug = slugify_unicode(title, separator) or "section"
    return f"{slug}{separator}section" if slug in RESERVED_IDS else slug


def _formulas(rough: str, problem: Callable[[str, str, str], None], marks: Marks | None = None) -> str:
    def convert(match: re.Match[str]) -> str:
        display, formula = match[1] == "div", html.unescape(match[2]).strip()
        formula = marks.in_formula(formula) if marks else formula
        try:
            mathml = to_mathml(formula, display=display)
        except ValueError as error:
            first = formula.partition("\n")[0]
            problem(formula, f"formula '{first}' {error}", "mend the formula")
            return ""
        return f'<div class="math">{mathml}</div>' if display else mathml

    converted = FORMULA.sub(convert, rough)
    if "$$" in CODE.sub("", converted):
        problem("$$", "has a $$ that opens no formula", "put $$ … $$ in a paragraph of its own")
    return converted


class _Links:
    """Sees every attribute: relative links and images are resolved, others left as they are."""

    images = 0
    """Sources of images seen, good or not."""

    def __init__(self, resolve: Resolve, problem: Callable[[str, str, str], None]) -> None:
        self.resolve, self.problem = resolve, problem

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        image = (tag, name) == ("img", "src")
        self.images += image
        if not image and (tag, name) != ("a", "href"):
            return value
        target = value.strip()
        if PRIVATE.search(target):
            self.problem(value, f"has a fact in the address {target}", "write the address without it")
            return None
        if OUTSIDE.match(target):
            if image:
                what = f"shows an image of another site: {target}"
                self.problem(value, what, "copy it beside the document")
                return None
            if not re.match(r"(?i)https?://", target):
                self.problem(value, f"links to {target}", "start the address with https://")
                return None
            return target
        if SCHEME.match(target) or target.startswith("#"):
            return None if image else target
        try:
            return self.resolve(target, image=image)
        except BrokenLink as error:
            self.problem(value, error.what, error.mend)
            return None


def _beside(file: Path) -> Resolve:
    """Links to files in the folder of `file`; documents are there as .html."""

    def resolve(target: str, *, image: bool) -> str | None:
        path, mark, rest = target.partition("#")
        if not (file.parent / unquote(path)).is_file():
            raise BrokenLink(f"{'image' if image else 'link'} {target!r} leads nowhere", "mend the path")
        return (path.removesuffix(".md") + ".html" if path.endswith(".md") else path) + mark + rest

    return resolve


def _headings(tokens: list[Any], marks: Marks | None) -> Iterator[Heading]:
    for token in tokens:
        title = _plain(token["name"])
        yield Heading(
            token["id"], marks.plain(title) if marks else title, tuple(_headings(token["children"], marks))
        )


def _plain(name: str) -> str:
    """A heading as text: formulas without their marks."""
    return re.sub(r"\\[()]", "", html.unescape(name))


def _finish(clean: str, translate: Callable[[str], str]) -> str:
    """Adds what only drportal may add. The sanitiser's output is regular, so patterns are enough."""

    def link(match: re.Match[str]) -> str:
        outside = re.search(r' href="https?://', match[1], re.IGNORECASE)
        return f'<a{match[1]} rel="noopener external">' if outside else match[0]

    # A link that leads nowhere here is words: a reader should not take it for a link.
    clean = DROPPED_LINK.sub(lambda m: f"<span{m[1]}>{m[2]}</span>" if m[1] else m[2], clean)
    label = html.escape(translate("Table"))
    open_table = f'<div class="table-scroll" tabindex="0" role="group" aria-label="{label}"><table'
    clean = re.sub(r"<table(?=[ >])", open_table, OPENING_LINK.sub(link, clean))
    return clean.replace("</table>", "</table></div>").strip() + "\n"
