"""Errors that people can act on: the file, the place in it, what is wrong, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 1_000
"""Maximum length of a line: some libraries repeat the input that they could not read."""


def clean(text: str, longest: int = 4 * LONGEST) -> str:
    """Text as one line that is safe to print.

    Text from external files must not control a terminal, start a new line, or change the writing direction.
    """
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: longest + 1])
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def clean_json(text: str) -> str:
    """Equivalent JSON that is safe to print."""
    return "".join(c if c.isprintable() or c == "\n" else _unit(c) for c in text)


def _unit(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


@dataclass(frozen=True)
class Problem:
    """One fault in a file that the team wrote or supplied."""

    file: str
    place: str
    what: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        line = f"{where}: {self.what}; {self.fix}" if self.fix else f"{where}: {self.what}"
        return clean(" ".join(line.split()), LONGEST)


class InputError(Exception):
    """Input that cannot be used. Has every problem found in it, so that all can be fixed at once."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(p) for p in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[list[Problem]]]:
        """From another process it comes with its problems."""
        return type(self), (self.problems,)


def several(count: int, word: str, words: str = "") -> str:
    """A count with its noun: 1 row, 1,234 rows; `words` is the plural if it is not regular."""
    return f"{count:,} {plural(count, word, words)}"


def plural(count: int, word: str, words: str = "") -> str:
    """The singular or plural of a noun."""
    return word if count == 1 else words or f"{word}s"
