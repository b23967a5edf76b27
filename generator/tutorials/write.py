"""Write the tutorials of a release."""

from __future__ import annotations

from pathlib import Path

from ..metadata.pack import Tutorial
from ..metadata.release_facts import ReleaseFacts
from . import with_astropy, with_duckdb, with_lsdb, with_pyvo, with_r, with_stilts
from .subject import Subject
from .text import Head, as_notebook, as_script

FOLDER = "tutorials"
"""Their folder in that of a release."""
LESSONS = (with_astropy, with_duckdb, with_lsdb, with_pyvo, with_stilts, with_r)


def write_tutorials(facts: ReleaseFacts, out: Path) -> list[Tutorial]:
    """Write those that the release has something for; `out` has its metadata already."""
    subject, head, made = Subject.of(facts, out), Head.of(facts), []
    for one in LESSONS:
        lesson = one.lesson(subject)
        if lesson is None:
            continue
        files = {f"{lesson.name}.{lesson.ending}": as_script(lesson, head)}
        if lesson.ending == "py":
            files = {f"{lesson.name}.ipynb": as_notebook(lesson, head), **files}
        (out / FOLDER).mkdir(exist_ok=True)
        for name, text in files.items():
            (out / FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
        paths = [f"{FOLDER}/{name}" for name in files]
        made.append(Tutorial(lesson.tool, lesson.about, lesson.needs, paths))
    return made
