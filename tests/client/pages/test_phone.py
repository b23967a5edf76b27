"""Every kind of page at 390 px: nothing is out of sight without a sign, and fingers hit what they aim at."""

from __future__ import annotations

import pytest

from ...browser import Browser
from ...conftest import Made
from ...python_portal import WithPython
from ...spectral_portal import Spectral
from .test_every_page import PYTHON, paths

pytestmark = pytest.mark.browser

FAULTS = """(() => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const name = (e) => `${e.localName}${e.id && '#' + e.id}.${e.getAttribute('class') ?? ''}`;
  const how = (e) => getComputedStyle(e).overflowX;
  const found = new Set();
  for (const e of document.body.querySelectorAll('*')) {
    if (e.closest('svg, .visually-hidden, .skip-link, .print-head') || !seen(e)) continue;
    const { left, right, width, height } = e.getBoundingClientRect();
    if (!width || !height) continue;
    const scrolls = e.scrollWidth > e.clientWidth + 3 && /auto|scroll/.test(how(e));
    if (scrolls && !/before|after/.test(e.dataset.more))
      found.add(`scrolls without a sign: ${name(e)}`);
    if (right > innerWidth + 1 || left < -1) {
      let up = e.parentElement;
      while (up && how(up) === 'visible') up = up.parentElement;
      if (!up || up === document.body) found.add(`outside: ${name(e)}`);
    }
    const isTarget = e.matches('a[href], button, input, select, summary, textarea, [role=slider]');
    const isInline = e.localName === 'a' && getComputedStyle(e).display === 'inline';
    const inText = isInline && e.closest('p, li, td, dd, label');
    const { parentElement: around } = e;
    const inLabel = e.matches('label input') && e.closest('label').getBoundingClientRect().height >= 24;
    if (isTarget && !inText && !inLabel && (width < 23.5 || height < 23.5))
      found.add(`${Math.round(width)}x${Math.round(height)}: ${name(e)} in ${name(around)}`);
  }
  return [...found];
})()"""
"""What is outside or scrolls without a sign, and targets below 24 px; links in a text may be lower."""


def faults(browser: Browser) -> list[str]:
    browser.wait(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    )
    found: list[str] = browser.evaluate(FAULTS)
    return found


def test_each_kind_of_page_on_a_phone(
    chromium: Browser, made: Made, with_python: WithPython, spectral: Spectral
) -> None:
    pages = [made.site / "index.html", with_python.release / PYTHON]
    pages += [made.moved / page for page in paths(made)]
    pages += [spectral.release / page for page in ("object.html", "spectrum.html", "data.html")]
    addresses = [page.as_uri() for page in pages]
    addresses.append(made.moved.as_uri() + "/search.html?catalogue=sim&snrg=50..&limit=20")
    addresses.append(spectral.release.as_uri() + "/object.html?designation=J185438.33+100135.1")
    chromium.open("about:blank", width=390)
    wrong = {}
    for address in addresses:
        chromium.goto(address)
        if "?" in address:
            chromium.wait("document.querySelectorAll('#results tbody tr, #observations tbody tr').length > 1")
        if found := faults(chromium):
            wrong[address.rpartition("/")[2]] = found
    assert wrong == {}


def test_what_is_cut_off_opens(chromium: Browser, made: Made) -> None:
    """A description that ends in dots, by touch and when its field has the focus."""
    chromium.open(made.moved.as_uri() + "/search.html?catalogue=sim", width=390)
    cut = """[...document.querySelectorAll('.search-field > .hint')].find((hint) =>
      hint.checkVisibility() && hint.scrollWidth > hint.clientWidth + 1)"""
    chromium.wait(f"!!({cut})")
    chromium.evaluate(f"globalThis.cut = {cut}; cut.click(); 0")
    whole = "cut.scrollWidth <= cut.clientWidth + 1 && cut.scrollHeight <= cut.clientHeight + 1"
    assert chromium.evaluate(whole)
    chromium.evaluate("cut.click()")
    assert not chromium.evaluate(whole)
    chromium.evaluate("cut.closest('.search-field').querySelector('input, select, textarea').focus()")
    assert chromium.evaluate(whole)


def test_no_button_covers_a_command(chromium: Browser, made: Made) -> None:
    for page in ("verify.html", "meta/index.html", "data.html"):
        chromium.open((made.moved / page).as_uri(), width=390)
        over = """[...document.querySelectorAll('.copy')].filter((button) => {
          if (!button.checkVisibility()) return false;
          const box = button.getBoundingClientRect();
          return [...document.querySelectorAll('pre')].some((pre) => {
            const { left, right, top, bottom } = pre.getBoundingClientRect();
            return box.left < right && box.right > left && box.top < bottom - 1 && box.bottom > top + 1;
          });
        }).length"""
        assert chromium.evaluate("document.querySelectorAll('.copy').length"), page
        assert chromium.evaluate(over) == 0, page
