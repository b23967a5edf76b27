"""Columns in the browser: search, explanations, and the query behind every number."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import numpy as np
import pytest
from astropy.table import Table

from ...browser import Browser
from ...conftest import Made
from ..search.test_search_pages import follow

pytestmark = pytest.mark.browser

SHOWN = """[...document.querySelectorAll('#all-columns tbody tr:not([hidden]) .column-name')]
    .map(a => a.textContent)"""
STATUS = "document.getElementById('column-status')?.textContent"


@pytest.fixture(scope="module")
def sim(made: Made) -> Table:
    return Table.read(made.portal / "releases/test/v1/sim.fits")


def disk(made: Made) -> str:
    return made.moved.as_uri() + "/"


def ready(browser: Browser, address: str, **looks: Any) -> None:
    browser.open(address, **looks)
    browser.wait("document.readyState === 'complete'")


def test_columns_are_found_as_one_types(watched: Browser, base: str, sim: Table) -> None:
    ready(watched, base + "schema.html")
    everything = watched.evaluate(SHOWN)
    assert set(sim.colnames) <= set(everything)
    watched.press("/")
    watched.type("signal-to-noise")
    assert watched.evaluate(SHOWN) == ["snru", "snrg", "snrr", "snri", "snrz"]
    assert watched.evaluate("location.search") == "?find=signal-to-noise"
    assert watched.evaluate(STATUS) == f"5 of {len(everything)} columns"
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        watched.press(key)
    assert watched.evaluate("document.activeElement.textContent") == "snrg"
    watched.press("Enter")
    assert watched.wait("document.querySelector('#col-snrg details')?.open")


def test_the_address_is_the_question(watched: Browser, base: str) -> None:
    ready(watched, base + "schema.html?find=&ucd=phot&catalogue=sim&missing=1&sort=-name&theme=dark")
    names = watched.evaluate(SHOWN)
    assert names == sorted(names, reverse=True)
    assert "mag_ps_g" in names
    assert "snrg" not in names
    query = watched.evaluate("location.search")
    assert query == "?theme=dark&catalogue=sim&ucd=phot&sort=-name&missing=1"
    assert (
        watched.evaluate("document.querySelector('th[data-sort=name]').getAttribute('aria-sort')")
        == "descending"
    )
    watched.click("a.language")
    watched.wait(f"document.documentElement.lang === 'zh' && {STATUS}")
    assert watched.evaluate(SHOWN) == names
    watched.evaluate("document.querySelector('#column-search [type=reset]').click()")
    watched.wait("!location.search.includes('ucd')")
    assert len(watched.evaluate(SHOWN)) > len(names)


@pytest.mark.slow
def test_a_column_that_catalogues_describe_differently(watched: Browser, made: Made) -> None:
    ready(watched, disk(made) + "schema.html?find=class")
    places = "document.querySelectorAll('#all-columns tr[data-name=\"class\"] .column-places a')"
    assert watched.evaluate(f"[...{places}].map(a => a.textContent)")[:2] == ["sim", "odd"]
    ready(watched, disk(made) + "schema.html?differ=1")
    assert "class" in watched.evaluate(SHOWN), "one has a UCD, the other none"


def test_masks_are_taken_apart_and_put_together(watched: Browser, made: Made, sim: Table) -> None:
    ready(watched, disk(made) + "catalogues/sim.html#col-fibermask")
    form = "#col-fibermask form[data-decoder] "
    reported = f"document.querySelector('{form}output').textContent"
    watched.wait("document.querySelector('#col-fibermask details').open")
    watched.fill(f"{form}input[type=text]", "518")
    assert watched.evaluate(reported) == "<b>B</b>, BADFLAT, bit 9 (unknown)"
    checked = f"[...document.querySelectorAll('{form}input:checked')].map(box => box.value)"
    assert watched.evaluate(checked) == ["1", "2"]
    watched.fill(f"{form}input[type=text]", "-1")
    assert watched.evaluate(reported) == "A mask is a whole number from 0."
    watched.fill(f"{form}input[type=text]", "0")
    watched.click(f"{form}input[value='4']")
    assert watched.evaluate(f"document.querySelector('{form}input[type=text]').value") == "16"
    watched.click(f"{form}a[data-part=link]")
    reported = (
        "(document.querySelector('main [role=status]')?.textContent ?? '').match(/^([\\d,]+) rows/)?.[1]"
    )
    assert int(watched.wait(reported)) == int((sim["fibermask"] & 16 == 16).sum())


def asked(link: str) -> tuple[str, dict[str, str]]:
    """The page of a link, from the folder of the release, and its question."""
    page, _, query = link.replace("catalogues/../", "").partition("?")
    return page, dict(parse_qsl(query.partition("#")[0], keep_blank_values=True))


def links_of(page: Path, column: str) -> dict[str, str]:
    """The details of a column and the links of their numbers: text of the row -> address."""
    text = page.read_text(encoding="utf-8")
    part = re.search(rf'<tbody id="col-{column}">(.*?)</tbody>\n(?:<tbody|</table>)', text, re.S)
    assert part
    rows = re.findall(
        r'<th scope="row">((?:(?!</th>).)*)</th>\s*<td class="num"><a href="([^"]+)">([\d,]+)</a>',
        part[1],
        re.S,
    )
    return {re.sub(r"<[^>]+>", "", name).strip(): html.unescape(link) + "|" + n for name, link, n in rows}


def test_every_number_leads_to_its_query(watched: Browser, made: Made, sim: Table) -> None:
    z = np.asarray(sim["z"])
    truth = {"A value": int((z > -999).sum()), "-9999 means none": int((z == -9999).sum())}
    links = links_of(made.moved / "catalogues/sim.html", "z")
    subclass = np.char.strip(np.asarray(sim["subclass"]).astype(str))
    most = max(set(subclass) - {"Non"}, key=lambda name: (int((subclass == name).sum()), name))
    links |= {most: links_of(made.moved / "catalogues/sim.html", "subclass")[most]}
    truth[most] = int((subclass == most).sum())
    for name, count in truth.items():
        link, _, shown = links[name].rpartition("|")
        assert int(shown.replace(",", "")) == count, name
        follow(watched, disk(made), *asked(f"catalogues/{link}"))
        reported = (
            "(document.querySelector('main [role=status]')?.textContent ?? '').match(/^(\\d+) rows/)?.[1]"
        )
        assert int(watched.wait(reported)) == count, name


def test_the_field_of_a_column(watched: Browser, made: Made, sim: Table) -> None:
    at = sim.colnames.index("offset_v")
    ready(watched, disk(made) + f"search.html?catalogue=sim#f-sim-{at}")
    watched.wait(f"document.activeElement.id === 'f-sim-{at}'")
    assert watched.evaluate("document.activeElement.closest('[data-field]').dataset.field") == "offset_v"


def test_a_row_names_its_bits(watched: Browser, made: Made, sim: Table) -> None:
    row = sim[int(np.flatnonzero(np.asarray(sim["fibermask"]) == 2)[0])]
    query = {"catalogue": "sim", "obsid": str(row["obsid"]), "columns": "obsid,fibermask"}
    follow(watched, disk(made), "search.html", query)
    watched.wait("!!document.querySelector('#results .row-open')")
    watched.click("#results tr[data-row='1'] .row-open")
    badge = "document.querySelector('dialog[open] .bit-name')"
    assert watched.wait(f"{badge} && {badge}.textContent") == "<b>B</b>"
    assert watched.evaluate(f"{badge}.title") == "<img src=x onerror=alert(6)>"


def test_what_is_hostile_stays_text(made: Made) -> None:
    for page in ("schema.html", "catalogues/sim.html", "catalogues/odd.html", "zh/schema.html"):
        text = (made.moved / page).read_text(encoding="utf-8")
        body = text[text.index("<main") :]
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "<b>" not in body
    odd = (made.moved / "catalogues/odd.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(3)&lt;/script&gt; &amp; more" in odd
    assert quote("<script>alert(1)</script>", safe="").lower() in odd.lower().replace("+", "%20")
    assert "红移 &lt;script&gt;" in (made.moved / "zh/catalogues/sim.html").read_text(encoding="utf-8")
