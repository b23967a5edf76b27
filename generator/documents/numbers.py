"""Finds numbers and release names typed by hand that do not agree with the data.

Counts of rows, spectra, stars and the like must be numbers of the release, and so must any whole number of
10,000 or more; a release's own documents name no other release. The front matter lists exceptions in
`numbers` and `mentions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

from ..model import Portal, Release
from ..problems import Problem
from .facts import Fact, Facts, Tree
from .front import line_of
from .markdown import Document


def _words(text: str) -> list[str]:
    return text.split()


SMALLEST, LARGE = 10, 10_000
SCALES = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "亿": 10**8,
}
NUMBER = re.compile(
    r"(?<![\w.,/:=+\-–−^~])(?P<digits>\d{1,3}(?:[,\u2009\u202f\u00a0 ]\d{3})+|\d+)(?P<part>\.\d+)?"
    r"(?![\d:/]|[.,]\d|[A-Za-z])(?:[\s\u00a0]*(?P<scale>thousand|million|billion|百万|千|万|亿))?"
)
NUMBER_ZH = re.compile(NUMBER.pattern.replace(r"(?<![\w", r"(?<![A-Za-z0-9_", 1))
"""The same next to Chinese characters, which also count as letters."""
NOUNS = (
    r"rows|spectra|stars|galaxies|quasars|QSOs|objects|targets|sources|plates|nights|exposures|visits|observations"
    r"|entries|records|columns|catalogues|catalogs"
)
NOUNS_ZH = r"(?:多|余)?(?:条|行|颗|列|夜|晚|个(?:天体|恒星|星系|类星体|目标|源|观测夜|观测计划|天区|星表))"
NOUN = re.compile(
    rf"(?:[\s\u00a0]+[A-Za-z-]+){{0,3}}?[\s\u00a0]+(?:{NOUNS})\b|[\s\u00a0]*{NOUNS_ZH}", re.IGNORECASE
)
BETWEEN = frozenset(
    _words("""
    of in with and or per to from for at on by as the a an is are
    km nm mag months years days s h
""")
)
HEAD = re.compile(
    rf"\b(?:{NOUNS})\b|QSO|光谱|行数|恒星|星系|类星体|天体|目标数|观测夜|观测计划|列数|天区",
    re.IGNORECASE,
)
BEFORE = re.compile(
    rf"\b(?:{NOUNS})\s*[:=]\s*$"
    r"|(?:光谱|恒星|星系|类星体|天体|行|天区|观测夜|观测计划)(?:总数|数)?\s*(?:[:：=]|共有?|有|为)\s*$",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"[\s\u00a0]*(?:K|km|m/s|nm|Å|AA|deg|°|arcsec|mag|MB|GB|kB|TB|Hz|pc|kpc|Mpc|ly|yr|years?|s|%|eV|keV|年|度|光年|秒)(?![A-Za-z])"
)
ROUGHLY = re.compile(
    r"(?:about|around|roughly|nearly|almost|over|more than|some|~|≈|约|近|超过|逾|多于)[\s\u00a0]*$",
    re.IGNORECASE,
)
LIMIT = re.compile(
    r"(?:up to|at most|at least|the first|limit of|至多|最多|不超过|至少|前)[\s\u00a0]*$", re.IGNORECASE
)
NAMED = re.compile(r"\b[A-Z]{2,5}[\s\u00a0]+$")
"""HD 209458, MJD 55911: the number is a name."""
ELSEWHERE = re.compile(
    r"(?:Gaia|SDSS|BOSS|APOGEE|MaNGA|DESI|Pan-STARRS1?|PS1|GALAH|RAVE|SkyMapper|Legacy Surveys?|DECaLS|ZTF"
    r"|Rubin|LSST|Euclid|KiDS|VHS|VVV|UKIDSS|DES|HSC|GAMA|Hipparcos|TESS|Kepler)\W{1,2}$"
)
"""Surveys that number their releases in the same way."""
BLOCKS = frozenset(
    _words("""
    p li dt dd h2 h3 h4 h5 h6 tr div
    figcaption blockquote summary caption td th table figure pre
""")
)


@dataclass
class Block:
    """Text that belongs together: a paragraph, or the cells of a row of a table."""

    cells: list[str] = field(default_factory=lambda: [""])
    head: list[str] | None = None


class _Text(HTMLParser):
    """The text of a document by blocks, without that of the elements left out."""

    def __init__(self, without: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.without, self.depth = without, 0
        self.blocks: list[Block] = [Block()]
        self.head: list[str] = []
        self.in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.without:
            self.depth += 1
        elif tag == "thead":
            self.in_head = True
        elif tag == "table":
            self.head = []
        if tag in ("td", "th"):
            self.blocks[-1].cells.append("")
        elif tag in BLOCKS:
            self.blocks.append(Block(head=list(self.head) if tag == "tr" else None))
        elif tag == "img":
            self.blocks += [Block([dict(attrs).get("alt") or ""]), Block()]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.without:
            self.depth -= 1
        elif tag == "thead":
            self.in_head, self.head = False, self.blocks[-1].cells
        elif tag in BLOCKS - {"td", "th"} and not (tag == "tr" and self.in_head):
            self.blocks.append(Block())

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.blocks[-1].cells[-1] += data


def _blocks(bare: str, *without: str) -> list[Block]:
    reader = _Text(frozenset(without))
    reader.feed(bare)
    reader.close()
    return [block for block in reader.blocks if any(cell.strip() for cell in block.cells)]


def wrong_numbers(
    document: Document, file: Path, text: str, facts: Facts, portal: Portal
) -> Iterator[Problem]:
    """Problems for numbers of a document, whose file contains `text`, that are not numbers of the release."""
    allowed = {_value(str(n)) for n in document.front.numbers}
    classes = set(_classes(facts.tree))
    others = {
        r.spectra: release.label for release in portal.releases for r in release.resolutions if r.spectra
    }
    for block in _blocks(document.bare, "code", "pre", "math", "section"):
        for at, cell in enumerate(block.cells):
            first = block.cells[1].strip() if at > 1 else ""
            named = bool(HEAD.search(first)) or first in classes
            named = named or bool(block.head and at < len(block.head) and HEAD.search(block.head[at]))
            for said, value in _suspects(cell, named, facts):
                if value in allowed or _value(re.sub(r"[^\d.,\s]", "", said)) in allowed:
                    continue
                whose = others.get(int(value))
                what = f"says {said}, which is not a number of {facts.label}"
                what += f" but of {whose}" if whose and whose != facts.label else ""
                near = _near(facts.tree, value)
                fix = f"write {{{{ {near} }}}}" if near else "write a fact, such as {{ stats.….rows }}"
                fix += f', or add numbers = ["{said}"] to the front matter if it is right'
                fix += "" if facts.measured else " (more is known once the release has been built)"
                yield Problem(str(file), f"line {line_of(text, said) or 1}", what, fix)


def _classes(tree: Tree) -> Iterator[str]:
    """The names of all classes, which a table of the document may have as heads of rows."""
    for below in tree["stats"].values():
        if isinstance(below, dict):
            for key in ("classes", "subclasses"):
                yield from below.get(key, {})


def _suspects(cell: str, named: bool, facts: Facts) -> Iterator[tuple[str, Decimal]]:
    """Numbers of a text that count something or are large, but are not facts: as written, and their value."""
    pattern = NUMBER_ZH if re.search(r"[\u4e00-\u9fff]", cell) else NUMBER
    for match in pattern.finditer(cell):
        scale = SCALES.get(match["scale"] or "", 1)
        value = (_value(match["digits"]) + Decimal(match["part"] or 0)) * scale
        before, after = cell[: match.start()], cell[match.end() :]
        noun = NOUN.match(after)
        counts = bool(noun and not BETWEEN & set(noun[0].lower().split())) or bool(BEFORE.search(before))
        alone = named and not re.search(r"[^\s~≈*]", before + after)
        whole = value == value.to_integral_value()
        if not whole or value < SMALLEST or LIMIT.search(before):
            continue
        large = value >= LARGE and not UNIT.match(after) and not NAMED.search(before)
        if not (counts or alone or large):
            continue
        step = Decimal(scale) / (10 ** (len(match["part"] or ".") - 1))
        if ROUGHLY.search(before):
            digits = match["digits"]
            zeros = len(digits) - len(digits.rstrip("0,"))
            step = max(step, Decimal(scale) * 10 ** (zeros - digits[len(digits) - zeros :].count(",")))
        if not any(abs(count - value) < step for count in facts.counts):
            yield match[0].strip(), value


def _value(digits: str) -> Decimal:
    found = re.sub(r"[^\d.]", "", digits)
    return Decimal(found) if re.fullmatch(r"\d+(\.\d+)?", found) else Decimal(-1)


def _near(tree: Tree, value: Decimal) -> str | None:
    """The name of the fact with nearly that value, except facts of columns."""
    best: tuple[Decimal, str] | None = None
    for root in ("stats", "release", "spectra"):
        for name, below in tree[root].items():
            for leaf, fact in below.items() if isinstance(below, dict) else [("", below)]:
                if not isinstance(fact, Fact) or fact.kind != "count" or not fact.value:
                    continue
                far = abs(Decimal(int(fact.value)) - value) / value  # type: ignore[arg-type]
                if far < Decimal("0.2") and (best is None or far < best[0]):
                    best = far, ".".join(part for part in (root, name, leaf) if part)
    return best[1] if best else None


def wrong_labels(
    document: Document, file: Path, text: str, portal: Portal, release: Release | None
) -> Iterator[Problem]:
    """Problems for other releases named in a release's document; in shared ones, for names of no release."""
    stems = sorted({m[1] for r in portal.releases if (m := re.fullmatch(r"([A-Za-z]+)\d+", r.name))})
    if not stems:
        return
    stem = "|".join(map(re.escape, stems))
    pattern = re.compile(
        rf"(?<![A-Za-z0-9])(?P<name>(?:{stem})\d+)(?![A-Za-z0-9])(?:[\s\u00a0]+(?P<version>v\d[\w.]*\w|v\d))?"
    )
    seen: set[str] = set()
    for block in _blocks(document.bare, "code", "pre", "math", "a", "blockquote", "section"):
        for cell in block.cells:
            for match in pattern.finditer(cell):
                name, label = match["name"], " ".join(match[0].split())
                if {name, label} & set(document.front.mentions) or label in seen:
                    continue
                if ELSEWHERE.search(cell[: match.start()]):
                    continue
                if _fits(name, match["version"], [release] if release else portal.releases):
                    continue
                seen.add(label)
                fix = f'name this release, or add mentions = ["{label}"] to the front matter if it is meant'
                what = f"names {label}, which is not a release of this portal"
                if release:
                    what = f"names {label}, in a document of {release.label}"
                yield Problem(str(file), f"line {line_of(text, match[0]) or 1}", what, fix)


def _fits(name: str, version: str | None, releases: Sequence[Release]) -> bool:
    """Whether a release has that name, and a version that begins with the one given."""
    versions = [r.version for r in releases if r.name == name]
    return bool(versions) and (
        not version or any(v == version or v.startswith(f"{version}.") for v in versions)
    )
