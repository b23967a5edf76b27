"""Notices of `drportal check` besides faults: doubts (probably wrong) and notes (could be better)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from .problems import Problem
from .report import say_under

Level = Literal["said", "note", "doubt"]
NAMES_LETTERS = 64
"""Maximum length of the names in a folded line, so that it stays short."""


@dataclass(frozen=True)
class Notice:
    """One thing to look at. Notices of one level, file, `about` and `kind` fold into one line.

    A notice of level `said` is information, and is not counted.
    """

    level: Level
    problem: Problem
    about: str = ""
    """The catalogue or table, written as a place in the file."""
    kind: str = ""
    """Text after the number of notices of this kind: `columns without a description`."""
    subject: str = ""
    """The subject of this notice, usually a column."""
    fix: str = ""
    """What to do about all notices of the kind; by default that of the first."""

    def __str__(self) -> str:
        return str(self.problem).removesuffix(":")


def said(line: str) -> Notice:
    """A notice that is only information."""
    where, _, what = line.partition(": ")
    return Notice("said", Problem(where, "", what, ""))


def folded(notices: Iterable[Notice]) -> Iterator[tuple[Level, str]]:
    """One line per kind of notice."""
    groups: dict[object, list[Notice]] = {}
    for number, one in enumerate(notices):
        key = number if not one.kind else (one.level, one.problem.file, one.about, one.kind)
        groups.setdefault(key, []).append(one)
    for group in groups.values():
        first = group[0]
        if len(group) == 1:
            yield first.level, str(first)
            continue
        names = [one.subject for one in group]
        shown = _first(names)
        fix = first.fix or first.problem.fix
        what = f"{len(group):,} {first.kind}: {', '.join(shown)}"
        if len(shown) < len(names):
            what += f" and {len(names) - len(shown):,} more (--verbose lists them)"
        yield first.level, str(Problem(first.problem.file, first.about, what, fix))


def _first(names: list[str]) -> list[str]:
    """The first names, as many as fit in a line."""
    for count in range(2, len(names) + 1):
        if len(", ".join(names[:count])) > NAMES_LETTERS:
            return names[: count - 1]
    return names


def counted(faults: int, notices: list[Notice]) -> str:
    """The last line: the number of each kind."""
    doubts = sum(one.level == "doubt" for one in notices)
    notes = sum(one.level == "note" for one in notices)
    if not (faults or doubts or notes):
        return "no problems found"
    kinds = ((faults, "fault"), (doubts, "doubt"), (notes, "note"))
    return ", ".join(f"{f'{n:,}' if n else 'no'} {word}{'s' * (n != 1)}" for n, word in kinds)


def show(notices: list[Notice], verbose: bool) -> None:
    """Print information, then notes, then doubts, so that the most important are nearest to the last line."""
    lines = [(one.level, str(one)) for one in notices] if verbose else list(folded(notices))
    for level in get_args(Level):
        for line in (text for of, text in lines if of == level):
            say_under(_HEADS[level], line)


_HEADS = {"said": ("", ""), "note": ("note", "cyan"), "doubt": ("doubt", "yellow")}
