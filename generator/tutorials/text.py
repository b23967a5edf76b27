"""A tutorial as a notebook and as a script: texts become Markdown in one and comments in the other."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..metadata import ReleaseFacts, citation
from ..notebook.ipynb import notebook
from ..problems import clean

Cell = tuple[Literal["text", "code"], str]
MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
"""What Markdown or HTML would take for more than text."""
WIDTH = 100


@dataclass(frozen=True)
class Lesson:
    """A tutorial for one tool."""

    name: str
    """Of its files, without ending."""
    tool: str
    needs: str
    """What a reader installs first."""
    about: str
    """What it shows: a key of templates/data.html."""
    cells: Sequence[Cell]
    ending: Literal["py", "sh", "R"] = "py"


@dataclass(frozen=True)
class Head:
    """The beginning of every tutorial: the release, and how to cite it."""

    title: str
    citation: str
    link: str
    """Address of the page about citing; without one its path from the folder of tutorials."""
    release: dict[str, str]
    """The release, as notebooks name it."""

    @classmethod
    def of(cls, facts: ReleaseFacts) -> Head:
        link = facts.link("cite.html") if facts.address else "../cite.html"
        release = {
            "release": facts.release.id,
            **({"address": facts.address} if facts.address else {}),
        }
        return cls(facts.title, citation.sentence(facts), link, release)


def as_notebook(lesson: Lesson, head: Head) -> str:
    """The file of Jupyter."""
    cells: list[tuple[Literal["code", "markdown"], str]] = [
        ("markdown", f"# {markdown(f'{head.title}: {lesson.tool}')}"),
        ("markdown", f"{markdown(head.citation)}\n\n[How to cite]({head.link})\n\n`{lesson.needs}`"),
    ]
    for kind, text in lesson.cells:
        cells.append(("code", text) if kind == "code" else ("markdown", markdown(text)))
    return notebook(cells, head.release).text()


def as_script(lesson: Lesson, head: Head) -> str:
    """The same cells one after the other, with texts as comments."""
    about = [f"{head.title}: {lesson.tool}", f"How to cite: {head.citation}", head.link, lesson.needs]
    parts = ["\n".join(map(comment, about))]
    parts += [comment(text) if kind == "text" else text for kind, text in lesson.cells]
    first = "#!/bin/sh\n" if lesson.ending == "sh" else ""
    return first + "\n\n".join(parts) + "\n"


def markdown(text: str) -> str:
    """Text as Markdown that shows it as it is, on one line."""
    return MARKS.sub(r"\\\1", line(text))


def comment(text: str) -> str:
    """Text as comments of Python, R and the shell."""
    return "\n".join(f"# {part}" for part in textwrap.wrap(line(text), WIDTH, break_long_words=False))


def line(text: str) -> str:
    """Text on one line, without characters that could leave it."""
    return clean(" ".join(text.split()))
