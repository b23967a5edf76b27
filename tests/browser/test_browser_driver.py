"""Complaints of a page are assigned to the test that opened it."""

from __future__ import annotations

import time

import pytest

from ..browser import Browser

pytestmark = pytest.mark.browser


def test_a_complaint_is_heard_in_its_own_test(browser: Browser) -> None:
    browser.open("about:blank")
    browser.evaluate("console.error('now'); 0")
    (said,) = browser.heard()
    assert said.endswith("now")
    # The next test begins: complaints of this page before its next use do not belong to that test.
    browser.evaluate("setTimeout(() => console.error('late'), 300); 0")
    assert browser.heard() == []
    time.sleep(0.6)
    assert browser.heard() == []
    browser.evaluate("console.error('again'); 0")
    (said,) = browser.heard()
    assert said.endswith("again")
