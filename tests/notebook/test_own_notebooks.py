"""Notebooks of a team: which are read, for whom they are, and what is said of files that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from drportal.model import Audience, Edition
from drportal.notebook.own import own_notebooks
from drportal.problems import InputError

PUBLIC = Edition(Audience.public, "2026-01-01")


def write(release: Path, name: str, metadata: dict[str, Any] | None = None, *cells: Any) -> Path:
    made = nbformat.v4.new_notebook(cells=list(cells), metadata=metadata or {})
    file = release / "notebooks" / f"{name}.ipynb"
    file.parent.mkdir(exist_ok=True)
    file.write_text(nbformat.writes(made))
    return file


def test_they_are_read_by_name_with_their_headings(tmp_path: Path) -> None:
    output = nbformat.v4.new_output("stream", name="stdout", text="2\n")
    code = nbformat.v4.new_code_cell("1 + 1", outputs=[output], execution_count=7)
    text = nbformat.v4.new_markdown_cell("Text\n\n# The *first* heading #\n# b")
    write(tmp_path, "second", None, code, text)
    write(tmp_path, "first-of_all")
    first, second = own_notebooks(tmp_path, PUBLIC)
    assert (first.title, first.path) == ("first of all", "notebooks/first-of_all.ipynb")
    assert (second.title, second.name) == ("The *first* heading", "second")
    bare = nbformat.reads(second.without_outputs().text(), as_version=4)
    nbformat.validate(bare)
    assert (bare.cells[0].outputs, bare.cells[0].execution_count, bare.cells[0].source) == ([], None, "1 + 1")
    assert own_notebooks(tmp_path / "none", PUBLIC) == []


def test_each_edition_has_those_for_its_readers(tmp_path: Path) -> None:
    for name in ("public", "partners", "team"):
        write(tmp_path, name, {"drportal": {"audience": name}})
    seen = {
        who: [one.name for one in own_notebooks(tmp_path, Edition(who, "2026-01-01"))] for who in Audience
    }
    assert seen == {
        Audience.public: ["public"],
        Audience.partners: ["partners", "public"],
        Audience.team: ["partners", "public", "team"],
    }


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("A", "{}", "A.ipynb: file name: cannot be a name on the site; use lower-case letters"),
        ("a", "no", "a.ipynb: is not a notebook of nbformat 4.5: Invalid JSON"),
        (
            "a",
            '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}',
            "a.ipynb: nbformat_minor: is not",
        ),
        (
            "a",
            '{"cells": [{"cell_type": "code"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
            "a.ipynb: cells.0.code.id: is not a notebook of nbformat 4.5: Field required; open it in Jupyter",
        ),
        (
            "a",
            json.dumps(
                {
                    "cells": [],
                    "metadata": {"drportal": {"audience": "us"}},
                    "nbformat": 4,
                    "nbformat_minor": 5,
                }
            ),
            "metadata.drportal.audience: 'us' is no audience; use public, partners or team",
        ),
    ],
)
def test_what_is_no_notebook_is_reported_in_one_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    write(tmp_path, "sound")
    (tmp_path / "notebooks" / f"{name}.ipynb").write_text(text)
    with pytest.raises(InputError) as raised:
        own_notebooks(tmp_path, PUBLIC)
    [problem] = raised.value.problems
    assert said in str(problem)
    assert "\n" not in str(problem)
