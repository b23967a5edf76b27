"""What a page has that a phone's reader does not see or cannot press."""

from __future__ import annotations

from ...browser import Browser

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
