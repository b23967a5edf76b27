"""References: BibTeX files beside the documents, `[@key]` in their text, and the list at the end."""

from __future__ import annotations

import difflib
import functools
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from ..escape import web_address
from ..problems import InputError, Problem

FILE = "references.bib"
CITE = r"\[(@[^\[\]\n]+)\](?![\[(])"
PART = re.compile(r"\s*@([\w:.+/-]*\w)\s*(?:,\s*(.*?))?\s*")
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
BIBCODE = re.compile(r"\d{4}[A-Za-z0-9.&]{14}[A-Z]")
ARXIV = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7}")
HAN = re.compile(r"[\u4e00-\u9fff]")
LISTED = 5
"""Up to this many authors are all named; of longer lists, the first three."""
JOURNALS = {
    "aap": "Astronomy and Astrophysics",
    "aaps": "Astronomy and Astrophysics Supplement Series",
    "aj": "Astronomical Journal",
    "apj": "Astrophysical Journal",
    "apjl": "Astrophysical Journal Letters",
    "apjs": "Astrophysical Journal Supplement Series",
    "araa": "Annual Review of Astronomy and Astrophysics",
    "chjaa": "Chinese Journal of Astronomy and Astrophysics",
    "mnras": "Monthly Notices of the Royal Astronomical Society",
    "nat": "Nature",
    "pasa": "Publications of the Astronomical Society of Australia",
    "pasj": "Publications of the Astronomical Society of Japan",
    "pasp": "Publications of the Astronomical Society of the Pacific",
    "procspie": "Proceedings of SPIE",
    "raa": "Research in Astronomy and Astrophysics",
}
MACRO = re.compile(r"\{?\\(" + "|".join(sorted(JOURNALS, key=len, reverse=True)) + r")(?![a-zA-Z])\}?")


@dataclass(frozen=True)
class Reference:
    """One publication."""

    key: str
    authors: tuple[tuple[str, str], ...]
    """Family name and initials; a group has no initials."""
    more: bool
    """BibTeX's "and others"."""
    year: str
    title: str
    where: str
    """Journal or book, volume, pages."""
    links: tuple[tuple[str, str], ...]
    """Name and address."""

    @property
    def anchor(self) -> str:
        return f"ref-{self.key}"

    def short(self, words: Callable[[str], str]) -> str:
        """The authors as cited in the text."""
        names = [name for name, _ in self.authors]
        if len(names) == 2 and not self.more:
            return f"{names[0]}{words(' & ')}{names[1]}"
        return names[0] + (words(" et al.") if len(names) > 1 or self.more else "")

    def full(self, words: Callable[[str], str]) -> str:
        """The authors as given in the list."""
        shown = self.authors if len(self.authors) <= LISTED else self.authors[:3]
        joined = ", ".join(_named(name, initials) for name, initials in shown)
        return joined + (words(", et al.") if len(shown) < len(self.authors) or self.more else "")


def _named(name: str, initials: str) -> str:
    if not initials:
        return name
    return f"{name}{initials}" if HAN.search(name) else f"{name}, {initials}"


def read_bibliography(file: Path) -> dict[str, Reference]:
    """The entries of a BibTeX file by key. Raises InputError."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(str(file), f"byte {error.start}", "is not UTF-8", "save it as UTF-8")
        raise InputError(problem) from None
    return _parsed(text, file)


@functools.lru_cache(maxsize=64)
def _parsed(text: str, file: Path) -> dict[str, Reference]:
    """The entries of a text; cached, because releases share bibliographies."""
    import bibtexparser
    from bibtexparser import middlewares

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # failures are reported below, with lines
    text = MACRO.sub(lambda m: "{" + JOURNALS[m[1]] + "}", text)
    library = bibtexparser.parse_string(  # type: ignore[attr-defined]
        text,
        append_middleware=[
            middlewares.SeparateCoAuthors(),
            middlewares.SplitNameParts(),
            middlewares.LatexDecodingMiddleware(),
        ],
    )
    problems = []
    for block in library.failed_blocks:
        what = re.sub(r"\s+", " ", str(getattr(block, "error", "") or "")) or "the entry is not complete"
        place = f"line {(block.start_line or 0) + 1}"
        problems.append(Problem(str(file), place, f"is not BibTeX: {what}", "correct this entry"))
    found: dict[str, Reference] = {}
    for entry in library.entries:
        fields = {key.lower(): each.value for key, each in entry.fields_dict.items()}
        wanted = [name for name in ("title", "year") if not str(fields.get(name) or "").strip()]
        wanted += [] if fields.get("author") or fields.get("editor") else ["author"]
        if wanted:
            place, fix = f"line {(entry.start_line or 0) + 1}", f"add `{wanted[0]} = {{…}}`"
            problems.append(Problem(str(file), place, f"{entry.key} has no {wanted[0]}", fix))
        else:
            found[entry.key] = _reference(entry.key, fields)
    if problems:
        raise InputError(problems)
    return found


def _reference(key: str, fields: Mapping[str, Any]) -> Reference:
    people = fields.get("author") or fields.get("editor") or []
    names = [_name(one) for one in people] if isinstance(people, list) else [(str(people), "")]
    authors = tuple(name for name in names if name != ("others", ""))

    def words(name: str) -> str:
        return " ".join(str(fields.get(name) or "").split())

    where = words("journal") or words("booktitle") or words("publisher") or words("howpublished")
    parts = [where, words("volume"), words("pages").replace("--", "–")]
    links = []
    doi = DOI.search(words("doi"))
    if doi:
        links.append(("doi:" + doi[0], f"https://doi.org/{quote(doi[0], safe='/:;()')}"))
    bibcode = words("bibcode") or words("adsurl").rpartition("/")[2].replace("%26", "&")
    if BIBCODE.fullmatch(bibcode):
        links.append(("ADS", f"https://ui.adsabs.harvard.edu/abs/{quote(bibcode)}"))
    eprint = words("eprint").removeprefix("arXiv:")
    if ARXIV.fullmatch(eprint):
        links.append((f"arXiv:{eprint}", f"https://arxiv.org/abs/{eprint}"))
    if not links and (address := web_address(words("url"))):
        links.append((address, address))
    return Reference(
        key, authors, len(authors) < len(names), words("year"), words("title"),
        ", ".join(part for part in parts if part), tuple(links),
    )  # fmt: skip


def _name(one: Any) -> tuple[str, str]:
    """Family name and initials of one of BibTeX's people; braces, which kept a name together, are removed."""
    from pylatexenc.latex2text import LatexNodes2Text

    if isinstance(one, str):
        return one, ""
    decode = LatexNodes2Text(math_mode="verbatim").latex_to_text
    family, given = (decode(" ".join(parts)) for parts in ([*one.von, *one.last, *one.jr], one.first))
    given = given.replace(" -", "-")
    if HAN.search(given):
        return family, given
    initials = re.sub(r"([^\W\d_])[^\s.-]*\.?", r"\1.", given)
    return family, initials


@dataclass
class Bibliography:
    """The references a document may cite, and those it has cited."""

    entries: Mapping[str, Reference]
    words: Callable[[str], str]
    complain: Callable[[str, str, str], None]
    """Called for a problem: words near it, what is wrong, how to fix it."""
    cited: dict[str, Reference] = field(default_factory=dict)

    def cite(self, key: str) -> Reference | None:
        entry = self.entries.get(key)
        if entry:
            self.cited[key] = entry
            return entry
        near = difflib.get_close_matches(key, list(self.entries), n=1)
        fix = f"did you mean [@{near[0]}]?" if near else f"add it to {FILE} beside the documents"
        self.complain(f"@{key}", f"cites {key!r}, which no {FILE} has", fix)
        return None

    def marks(self) -> dict[str, str]:
        """Letters that distinguish works of the same authors and year."""
        alike: dict[tuple[str, str], list[str]] = {}
        for key in sorted(self.cited):
            entry = self.cited[key]
            alike.setdefault((entry.short(self.words), entry.year), []).append(key)
        return {
            key: chr(ord("a") + at) for keys in alike.values() if len(keys) > 1 for at, key in enumerate(keys)
        }


class Citations(markdown.Extension):  # type: ignore[misc]
    """`[@key]` and `[@a, p. 5; @b]`, and the list of what was cited."""

    bibliography: Bibliography
    """The bibliography of the text that is converted next."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.inlinePatterns.register(_Cite(CITE, md, self), "cite", 175)  # before links, after code
        md.treeprocessors.register(_List(md, self), "references", 15)  # after inline, before toc


class _Cite(InlineProcessor):  # type: ignore[misc]
    def __init__(self, pattern: str, md: markdown.Markdown, citations: Citations) -> None:
        super().__init__(pattern, md)
        self.citations = citations

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | None, int | None, int | None]:
        parts = [PART.fullmatch(part) for part in re.split("[;；]", m[1])]
        if not all(parts):
            return None, None, None
        words, span = self.citations.bibliography.words, Element("span", {"class": "cite"})
        span.text, last = words("("), None
        for part in (part for part in parts if part):
            if last is not None:
                last.tail = (last.tail or "") + words("; ")
            entry = self.citations.bibliography.cite(part[1])
            last = SubElement(span, "a", {"href": f"#{quote(entry.anchor)}"} if entry else {})
            last.set("class", "cite-link")
            last.text = markdown.util.AtomicString(part[1])  # the list below knows the letter after the year
            last.tail = f", {part[2]}" if part[2] else ""
        if last is not None:
            last.tail = (last.tail or "") + words(")")
        return span, m.start(0), m.end(0)


class _List(Treeprocessor):  # type: ignore[misc]
    def __init__(self, md: markdown.Markdown, citations: Citations) -> None:
        super().__init__(md)
        self.citations = citations

    def run(self, root: Element) -> None:
        of, words = self.citations.bibliography, self.citations.bibliography.words
        if not of.cited:
            return
        marks = of.marks()
        for link in root.iter("a"):
            if link.get("class") == "cite-link" and (entry := of.cited.get(link.text or "")):
                label = f"{entry.short(words)} {entry.year}{marks.get(entry.key, '')}"
                link.text = markdown.util.AtomicString(label)
        taken = {element.get("id") for element in root.iter()}
        name = next(n for n in ("references", "bibliography", "cited-works", "ref-list") if n not in taken)
        heading = SubElement(root, "h2", {"id": name})
        heading.text = words("References")
        # A section, so that the check of numbers can skip what the document did not write itself.
        items = SubElement(SubElement(root, "section", {"class": "references"}), "ul")
        for entry in sorted(of.cited.values(), key=lambda e: (e.short(str).casefold(), e.year, e.key)):
            item = SubElement(items, "li", {"id": entry.anchor})
            title = entry.title if entry.title.endswith(("?", "!", ".")) else f"{entry.title}."
            where = f" {entry.where}." if entry.where else ""
            text = f"{entry.full(words)} {entry.year}{marks.get(entry.key, '')}. {title}{where} "
            item.text = markdown.util.AtomicString(text)
            for label, address in entry.links:
                link = SubElement(item, "a", {"href": address})
                link.text, link.tail = markdown.util.AtomicString(label), " "
