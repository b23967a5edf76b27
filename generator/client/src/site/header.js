/**
 * The header of every page is one stop of the Tab key: arrow keys, Home and End lead along it. Of an open menu, Tab leads through
 * its links and then to the control after it; arrow down opens a menu.
 */
import { rove } from "../shared/roving.js";

const CONTROLS = ".brand a, details > summary, .nav-bar a, .site-tools > a, .site-tools > button";

/** @param {HTMLElement} bar */
export function oneStop(bar) {
  const settle = rove(bar, CONTROLS);
  const shown = () =>
    /** @type {HTMLElement[]} */ ([...bar.querySelectorAll(CONTROLS)]).filter((one) => one.offsetParent);
  // A narrow window hides some of the controls, perhaps the one that Tab leads to.
  addEventListener("resize", () => {
    if (!shown().some((one) => one.tabIndex === 0)) settle(shown()[0] ?? null);
  });
  for (const menu of bar.querySelectorAll("details")) {
    menu.addEventListener("keydown", (event) => alongMenu(event, menu, shown));
  }
}

/**
 * @param {KeyboardEvent} event @param {HTMLDetailsElement} menu
 * @param {() => HTMLElement[]} shown the controls of the header
 */
function alongMenu(event, menu, shown) {
  if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
  const summary = /** @type {HTMLElement} */ (menu.querySelector("summary"));
  const links = [...menu.querySelectorAll("a")];
  const at = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
  /** @type {HTMLElement | undefined} */
  let to;
  if (event.key === "Tab" && at === links.length - 1) {
    const all = shown();
    to = all[all.indexOf(summary) + 1];
  } else if (event.key === "ArrowDown") {
    menu.open = true;
    to = links[Math.min(at + 1, links.length - 1)];
  } else if (event.key === "ArrowUp" && at >= 0) {
    to = links[at - 1] ?? summary;
  }
  if (!to) return;
  event.preventDefault();
  to.focus();
}
