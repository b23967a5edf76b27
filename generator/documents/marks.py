"""Facts in Markdown: `{{ stats.lrs.rows }}`, and parts that only some releases have: `{% if stats.lrs %}`.

There is no template language here, only names. Each `{{ … }}` is one private-use character while Markdown
and the sanitiser run, so a value can neither be taken for markup nor get into code.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from ..i18n import Language
from .facts import ROOTS, Absent, Facts, Unknown

FIRST = 0xF0000
PRIVATE = re.compile("[\U000f0000-\U000ffffd]")
MARK = re.compile(r"(?<!\\)\{\{([^{}\n]*)(\}\})?")
BLOCK = re.compile(r"\{%\s*(.*?)\s*%\}\s*")
FENCE = re.compile(r"\s*(`{3,}|~{3,})")
EXPRESSION = re.compile(
    r'\s*(?P<name>[^\s|{}"]*(?:"[^"]*"[^\s|{}"]*)*)\s*'
    r'(?P<options>(?:\|\s*(?:raw|compact|else\s+"[^"]*")\s*)*)'
)
OPTION = re.compile(r'\|\s*(raw|compact|else)(?:\s+"([^"]*)")?')
CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
SHOWN = "\ufffc"
"""Replaces a fact where the text is searched for numbers written by hand."""

Complain = Callable[[int, str, str], None]
"""Called for a problem: line, what is wrong, how to fix it."""


@dataclass(frozen=True)
class Mark:
    """One {{ … }}."""

    source: str
    expression: str
    closed: bool
    line: int


class Marks:
    """The facts of one document while it is rendered."""

    def __init__(self, facts: Facts, language: Language, complain: Complain) -> None:
        self.facts, self.language, self.complain = facts, language, complain
        self.marks: list[Mark] = []

    def take(self, text: str, line: int = 1) -> str:
        """The text with a character for each {{ … }}; `line` is the number of its first line in the file."""

        def one(match: re.Match[str]) -> str:
            at = line + text.count("\n", 0, match.start())
            self.marks.append(Mark(match[0], match[1].strip(), match[2] is not None, at))
            return chr(FIRST + len(self.marks) - 1)

        return MARK.sub(one, PRIVATE.sub("\ufffd", text))

    def source(self, text: str) -> str:
        """The text as it was written."""
        return PRIVATE.sub(lambda m: self._mark(m[0]).source, text)

    def in_formula(self, formula: str) -> str:
        """Put facts into LaTeX, which uses {{ … }} itself: only what begins like a fact is one."""

        def one(match: re.Match[str]) -> str:
            mark = self._mark(match[0])
            return match[0] if mark.expression.partition(".")[0] in ROOTS else mark.source

        return PRIVATE.sub(one, formula)

    def put(self, clean: str) -> str:
        """Put the values into sanitised HTML; code keeps what was written."""
        return self._parts(clean, lambda text: PRIVATE.sub(lambda m: html.escape(self._value(m[0])), text))

    def hide(self, clean: str) -> str:
        """The HTML with a blank in place of each fact."""
        return self._parts(clean, lambda text: PRIVATE.sub(SHOWN, text))

    def plain(self, text: str) -> str:
        """Put the values into text that is not HTML."""
        return PRIVATE.sub(lambda m: self._value(m[0]), text)

    def _parts(self, clean: str, change: Callable[[str], str]) -> str:
        if not self.marks:
            return clean
        parts, at = [], 0
        for code in CODE.finditer(clean):
            written = PRIVATE.sub(lambda m: html.escape(self._mark(m[0]).source), code[0])
            parts += [change(clean[at : code.start()]), written]
            at = code.end()
        return "".join([*parts, change(clean[at:])])

    def _mark(self, letter: str) -> Mark:
        return self.marks[ord(letter) - FIRST]

    def _value(self, letter: str) -> str:
        mark = self._mark(letter)
        if not mark.closed:
            fix = "end it with }} on the same line, or write \\{{ for the braces themselves"
            self.complain(mark.line, "opens {{ but does not end it", fix)
            return ""
        found = EXPRESSION.fullmatch(mark.expression)
        if not found or not found["name"]:
            fix = 'write a name, then at most | raw, | compact or | else "…"'
            self.complain(mark.line, f"cannot read {mark.source}", fix)
            return ""
        options = dict(OPTION.findall(found["options"]))
        try:
            fact = self.facts.find(found["name"])
        except Absent:
            if "else" in options:
                return str(options["else"])
            what = f"{self.facts.label or 'this release'} has no {found['name']}"
            fix = f'write {{{{ {found["name"]} | else "…" }}}}, or put it between {{% if … %}} and '
            fix += "{% endif %}"
            self.complain(mark.line, what, fix)
            return ""
        except Unknown as error:
            self.complain(mark.line, error.what, error.fix)
            return ""
        if "raw" in options:
            return fact.raw(self.language)
        if "compact" in options and fact.kind == "count" and isinstance(fact.value, int):
            return f"{fact.about}{self.language.compact(fact.value)}"
        return fact.text(self.language)


def choose_parts(text: str, facts: Facts, complain: Complain) -> str:
    """Leave out text between {% if … %} and {% endif %} about things that the release lacks.

    Lines keep their numbers: those left out become empty.
    """
    if "{%" not in text:
        return text
    lines: list[str] = []
    open_at: list[int] = []
    wanted: list[bool] = []
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        mark = FENCE.match(line)
        if mark and (not fence or (mark[1].startswith(fence) and not line[mark.end() :].strip())):
            fence = "" if fence else mark[1]
        block = None if fence else BLOCK.fullmatch(line)
        if block is None:
            lines.append(line if all(wanted) else "")
            continue
        lines.append("")
        word, _, name = block[1].partition(" ")
        negative = name.split()[:1] == ["not"]
        name = name.strip().removeprefix("not ").strip() if negative else name.strip()
        if word == "if" and name:
            open_at.append(number)
            try:
                wanted.append(facts.has(name) != negative)
            except Unknown as error:
                complain(number, error.what, error.fix)
                wanted.append(False)
        elif word == "else" and not name and wanted:
            wanted[-1] = not wanted[-1]
        elif word == "endif" and not name and wanted:
            wanted.pop()
            open_at.pop()
        else:
            fix = "write {% if stats.lrs %}, {% else %} and {% endif %}, each on a line of its own"
            complain(number, f"cannot use {block[0].strip()} here", fix)
    for number in open_at:
        complain(number, "has an {% if … %} without its {% endif %}", "add it below")
    return "\n".join(lines)
