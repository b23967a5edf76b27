"""Errors that people can act on: which file, which place in it, what is wrong, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 1_000
"""Letters of a line: some libraries repeat what they could not read."""


def clean(text: str, longest: int = 4 * LONGEST) -> str:
    """Text as one line that is safe to print.

    Names and words of others' files must not steer a terminal, begin a line, nor turn its direction.
    """
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: longest + 1])
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def clean_json(text: str) -> str:
    """JSON that is safe to print and means the same."""
    return "".join(c if c.isprintable() or c == "\n" else _unit(c) for c in text)


def _unit(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in what the team wrote or supplied."""

    file: str
    place: str
    what: str
    mend: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        line = f"{where}: {self.what}; {self.mend}" if self.mend else f"{where}: {self.what}"
        return clean(" ".join(line.split()), LONGEST)


class InputError(Exception):
    """Input that cannot be used. Holds every problem found in it, so that all can be mended in one go."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


def several(count: int, word: str, words: str = "") -> str:
    """So many of something: 1 row, 1,234 rows; `words` are several that do not end in s."""
    return f"{count:,} {plural(count, word, words)}"


def plural(count: int, word: str, words: str = "") -> str:
    """The word for one of something, or for several."""
    return word if count == 1 else words or f"{word}s"
