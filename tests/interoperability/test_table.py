"""The table of docs/interoperability.md is that of the tests, and has no empty cell without a reason."""

from __future__ import annotations

from . import test_opens
from .cells import ARTEFACTS, BEGIN, DOCUMENT, END, OPENS, REASONS, TOOLS, table


def test_the_document_has_the_table_of_the_tests() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert text.strip() == table(), "run python -m tests.interoperability"


def test_every_cell_has_a_test_or_a_reason() -> None:
    cells = {(tool, artefact) for tool in TOOLS for artefact in ARTEFACTS}
    assert set(OPENS) | set(REASONS) == cells
    assert not set(OPENS) & set(REASONS)
    assert all(callable(getattr(test_opens, one.test)) for one in OPENS.values())
