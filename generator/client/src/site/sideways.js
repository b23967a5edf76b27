/** Parts of a page that scroll sideways, and short lists that scroll, show it: their edges fade where there is more. */
import { markEdges } from "../shared/edges.js";

const PARTS =
  ".table-scroll, .chart-scroll, .chips, .tabs, .math, .plan, .output-table, .region-list textarea, pre, .schema, .choices";

/** Follow all such parts of the page, also those that come later. */
export function showSideways() {
  /** @type {WeakSet<Element>} */
  const known = new WeakSet();
  const sizes = new ResizeObserver((changes) => {
    const parts = changes.map(({ target }) => target.closest(PARTS));
    for (const part of new Set(parts)) if (part) markEdges(/** @type {HTMLElement} */ (part));
  });
  const look = () => {
    for (const part of document.querySelectorAll(PARTS)) {
      if (known.has(part)) continue;
      known.add(part);
      for (const one of [part, ...part.children]) sizes.observe(one);
    }
  };
  let frame = 0;
  const soon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      look();
    });
  };
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => target instanceof Element && !target.closest(".results"))) soon();
  }).observe(document.body, { childList: true, subtree: true });
  document.addEventListener(
    "scroll",
    ({ target }) => {
      if (target instanceof HTMLElement && target.matches(PARTS)) markEdges(target);
    },
    { capture: true, passive: true },
  );
  look();
}

/** Descriptions that are cut off at the end of their line open when they are pressed; with the keyboard, when their field has the focus. */
export function openClipped() {
  document.addEventListener("click", ({ target }) => {
    const text = target instanceof Element ? target.closest(".hint, .schema-title") : null;
    if (!(text instanceof HTMLElement) || /** @type {Element} */ (target).closest("a, button, summary"))
      return;
    if (text.classList.contains("whole") || text.scrollWidth > text.clientWidth + 1)
      text.classList.toggle("whole");
  });
}
