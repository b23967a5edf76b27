/**
 * Tables that are wider than the page: on a phone and on paper each row becomes a card, with the column's name beside every value.
 * Nothing of a table is cut off on paper; a phone scrolls only tables of numbers that are compared across, such as a calendar.
 */

import { PAPER } from "../shared/paper.js";

/** A table that is too wide by less than this is printed in small letters. */
const TIGHT = 1.35;
const NARROW = "(max-width: 40rem)";
const WIDE = "table.table:not(.results, .calendar, .snr)";

/**
 * The columns' names, one for each column. A name that spans several columns stands for each.
 * @param {HTMLTableElement} table @returns {string[]}
 */
function headings(table) {
  const rows = [...(table.tHead?.rows ?? [])].filter((row) => !row.classList.contains("filters"));
  return [...(rows.at(-1)?.cells ?? [])].flatMap((cell) => {
    const text = (cell.dataset.column ?? cell.textContent ?? "").trim().replace(/\s+/g, " ");
    return Array.from({ length: cell.colSpan }, () => text);
  });
}

/** Write the name of its column beside every cell of the body. @param {HTMLTableElement} table */
function label(table) {
  const names = headings(table);
  for (const row of table.querySelectorAll(":scope > tbody > tr")) {
    let at = 0;
    for (const cell of /** @type {HTMLTableRowElement} */ (row).cells) {
      if (cell.colSpan === 1 && names[at]) cell.dataset.label = names[at];
      at += cell.colSpan;
    }
  }
}

/** The least width of a table in pixels; 0 where it is not shown. @param {HTMLElement} table */
function leastWidth(table) {
  table.classList.add("at-least");
  const width = table.offsetWidth;
  table.classList.remove("at-least");
  return width;
}

/** Pixels that the borders and paddings around a table take of the width. @param {Element} table */
function around(table) {
  let sum = 0;
  for (let at = table.parentElement; at && !at.matches(".wrap, body"); at = at.parentElement) {
    const { paddingLeft, paddingRight, borderLeftWidth, borderRightWidth } = getComputedStyle(at);
    for (const width of [paddingLeft, paddingRight, borderLeftWidth, borderRightWidth])
      sum += parseFloat(width) || 0;
  }
  return sum;
}

/** @param {HTMLTableElement} table @param {number} room in pixels @param {number} tight how much too wide it may be in small letters */
function arrange(table, room, tight) {
  table.classList.remove("stacked", "tight");
  const width = leastWidth(table);
  if (width <= room) return;
  if (width <= room * tight) return table.classList.add("tight");
  label(table);
  table.classList.add("stacked");
}

/** Every table of the page, for the screen. */
function forScreen() {
  const narrow = matchMedia(NARROW).matches;
  for (const element of document.querySelectorAll(`${WIDE}, .stacked, .tight`)) {
    const table = /** @type {HTMLTableElement} */ (element);
    if (narrow && table.matches(WIDE)) arrange(table, table.parentElement?.clientWidth ?? 0, 1);
    else table.classList.remove("stacked", "tight");
  }
}

/** Every table of the page, for paper. */
function forPaper() {
  for (const table of document.querySelectorAll("table")) arrange(table, PAPER - around(table), TIGHT);
}

/** Arrange tables whenever the page is narrow, and before it is printed. */
export function stackTables() {
  addEventListener("beforeprint", forPaper);
  addEventListener("afterprint", forScreen);
  const narrow = matchMedia(NARROW);
  let frame = 0;
  const soon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      forScreen();
    });
  };
  // Tables that come later, and rows that come into one.
  const watch = new MutationObserver((changes) => {
    if (changes.some(({ target }) => target instanceof Element && !target.closest(".results"))) soon();
  });
  const follow = () => {
    if (narrow.matches) watch.observe(document.body, { childList: true, subtree: true });
    else watch.disconnect();
    soon();
  };
  narrow.addEventListener("change", follow);
  document.addEventListener("toggle", () => narrow.matches && soon(), true);
  follow();
}
