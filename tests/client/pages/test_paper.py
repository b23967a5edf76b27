"""Pages on paper and on a phone: nothing of a table, a text or a spectrum is cut off."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from ...browser import Browser
from ...conftest import Made

STACKED = "[...document.querySelectorAll('table.stacked')]"
CUT = """[...document.querySelectorAll('.table-scroll')].filter((e) => !e.querySelector('.results') &&
  e.scrollWidth > e.clientWidth + 1).length"""


def words_of(page: Path, part: str) -> list[str]:
    """The texts of the elements of a page, without white space."""
    found = re.findall(rf"<{part}[^>]*>(.*?)</{part}>", page.read_text(encoding="utf-8"), re.S)
    return ["".join(unescape(re.sub("<[^>]*>", "", text)).split()) for text in found]


def test_every_column_of_a_schema_is_printed(made: Made, watched: Browser, base: str, tmp_path: Path) -> None:
    watched.open(f"{base}catalogues/sim.html")
    paper = watched.paper(tmp_path / "schema.pdf")
    page = (made.moved / "catalogues" / "sim.html").read_text(encoding="utf-8")
    last = re.findall(r'<td class="num"[^>]*>([0-9.]+%)</td>', page)
    assert all(paper.count(share) >= last.count(share) for share in set(last))
    assert "Description" in paper


def test_every_value_of_a_printed_row_is_there(watched: Browser, base: str, tmp_path: Path) -> None:
    watched.open(f"{base}search.html?catalogue=sim&snrg=60..&limit=5")
    watched.wait("document.querySelectorAll('#results tbody tr:not(.pending)').length > 4")
    values = watched.evaluate(
        "[...document.querySelectorAll('#results tbody td[data-column]')].map((e) => e.textContent)"
    )
    names = watched.evaluate(
        "[...document.querySelectorAll('#results th[data-column]')].map((e) => e.dataset.column)"
    )
    paper = watched.paper(tmp_path / "result.pdf")
    assert len(names) > 8
    assert all("".join(text.split()) in paper for text in names + values)
    assert watched.evaluate(f"{STACKED}.length") == 0


def test_citations_are_printed_to_their_end(made: Made, watched: Browser, base: str, tmp_path: Path) -> None:
    watched.open(f"{base}cite.html")
    paper = watched.paper(tmp_path / "cite.pdf")
    blocks = words_of(made.moved / "cite.html", "pre")
    assert blocks and all(text in paper for text in blocks)


@pytest.mark.parametrize("page", ["catalogues/sim.html", "schema.html", "data.html"])
def test_rows_are_cards_on_a_phone(watched: Browser, base: str, page: str) -> None:
    watched.open(f"{base}{page}", width=390)
    watched.wait(f"{STACKED}.length")
    assert watched.evaluate(CUT) == 0
    assert watched.evaluate(f"{STACKED}[0].querySelector('tbody td[data-label]').dataset.label")
    watched.resize(1280)
    watched.wait(f"!{STACKED}.length")
