"""Markdown documents as HTML that is safe to show."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..i18n import Language
from ..problems import InputError, Problem
from .addresses import Resolve, beside
from .bibliography import Reference
from .draft import make_draft
from .drafts import Drafts, Heading
from .facts import Facts
from .front import FrontMatter, front_matter, key_line, line_of
from .marks import Marks, choose_parts

DROPPED_LINK = re.compile(r'<a((?: (?!href)[\w:-]+="[^"]*")*)>(.*?)</a>', re.DOTALL)
OPENING_LINK = re.compile(r'<a((?: [\w:-]+="[^"]*")*)>')


@dataclass(frozen=True)
class Document:
    """A rendered document. `html` is sanitised and has no h1: the page around it shows the title."""

    title: str
    html: str
    toc: tuple[Heading, ...]
    description: str = ""
    order: float = 100
    ids: frozenset[str] = field(default=frozenset(), repr=False)
    """Anchors in `html`."""
    bare: str = field(default="", repr=False)
    """`html`, title and description as written by hand: without the values of facts."""
    front: FrontMatter = field(default_factory=lambda: FrontMatter(), repr=False)


def render_markdown(
    text: str,
    *,
    file: Path,
    resolve: Resolve | None = None,
    translate: Callable[[str], str] = str,
    facts: Facts | None = None,
    language: Language | None = None,
    references: Mapping[str, Reference] | None = None,
    drafts: Drafts | None = None,
) -> Document:
    """Render one document.

    `file` names it in errors. `resolve` resolves relative links and images; without it, they must
    be files beside `file`. `translate` translates the few words that rendering adds (such as "Note") into the
    document's language. `facts` are those {{ … }} may name; without them, {{ … }} is plain text.
    `references` are those [@key] may cite, `drafts` the cache shared by releases and languages.
    Raises InputError with every problem of the document, with its line.
    """
    problems: list[Problem] = []
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    front, body = front_matter(text, file)
    marks = None

    def problem(near: str, what: str, fix: str) -> None:
        if marks:
            near, what = marks.source(near), marks.source(what)
        problems.append(Problem(str(file), _place(text, near), what, fix))

    def at_line(line: int, what: str, fix: str) -> None:
        problems.append(Problem(str(file), f"line {line}", what, fix))

    if facts is not None:
        body = choose_parts(body, facts, at_line)
        marks = Marks(facts, language or Language("en"), at_line)
        body = marks.take(body)
        for key in ("title", "description"):
            if said := getattr(front, key):
                front = front.model_copy(update={key: marks.take(said, key_line(text, key))})
    draft = make_draft(body, resolve or beside(file), translate, references or {}, marks, problem, drafts)
    title, description = front.title or draft.title, front.description
    if not title:
        problem("", "has no title", "start it with `# Title`")
    bare = f"<p>{html.escape(title)}</p><p>{html.escape(description)}</p>{draft.html}"
    clean, toc = draft.html, draft.toc
    if marks:
        toc = tuple(_with_values(heading, marks) for heading in toc)
        bare, clean = marks.hide(bare), marks.put(clean)
        title, description = marks.plain(title), marks.plain(description)
    if problems:
        raise InputError(dict.fromkeys(problems))
    return Document(title, _finish(clean, translate), toc, description, front.order, draft.ids, bare, front)


def _place(text: str, near: str) -> str:
    line = line_of(text, near.strip()) or line_of(text, near.strip().partition("\n")[0])
    return f"line {line or 1}"


def _with_values(heading: Heading, marks: Marks) -> Heading:
    """A heading with the values of its facts."""
    return Heading(
        heading.id, marks.plain(heading.title), tuple(_with_values(h, marks) for h in heading.children)
    )


def _finish(clean: str, translate: Callable[[str], str]) -> str:
    """Add what documents themselves may not. The sanitiser's output is regular, so patterns are enough."""

    def link(match: re.Match[str]) -> str:
        outside = re.search(r' href="https?://', match[1], re.IGNORECASE)
        return f'<a{match[1]} rel="noopener external">' if outside else match[0]

    # A link without a target here becomes plain words, so that it does not look like a link.
    clean = DROPPED_LINK.sub(lambda m: f"<span{m[1]}>{m[2]}</span>" if m[1] else m[2], clean)
    label = html.escape(translate("Table"))
    open_table = f'<div class="table-scroll" tabindex="0" role="group" aria-label="{label}"><table'
    clean = re.sub(r"<table(?=[ >])", open_table, OPENING_LINK.sub(link, clean))
    return clean.replace("</table>", "</table></div>").strip() + "\n"
