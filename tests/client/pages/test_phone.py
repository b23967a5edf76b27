"""Pages at 390 px: nothing is out of sight without a sign, and fingers hit what they aim at."""

from __future__ import annotations

import pytest

from ...browser import Browser
from ...conftest import Made
from ...spectral_portal import Spectral
from .faults import faults

pytestmark = pytest.mark.browser


def test_results_and_objects_on_a_phone(chromium: Browser, made: Made, spectral: Spectral) -> None:
    """Pages with content that scripts write; `test_pages_of_a_release_in_turn` looks at all others."""
    pages = [
        (made.moved, "search.html?catalogue=sim&snrg=50..&limit=20", "#results tbody tr"),
        (spectral.release, "object.html?designation=J185438.33+100135.1", "#observations tbody tr"),
        (spectral.release, "object.html", ".object-example"),
        (spectral.release, "spectrum.html?obsid=907167&set=lrs", ".spectrum-stage"),
    ]
    chromium.open("about:blank", width=390)
    for release, page, part in pages:
        chromium.goto(f"{release.as_uri()}/{page}")
        chromium.wait(f"!!document.querySelector('{part}')")
        assert faults(chromium) == [], page


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
