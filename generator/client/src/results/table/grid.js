/**
 * Cells to move about in with the arrow keys, by the grid pattern of the ARIA authoring practices: one cell is in the
 * order of Tab, the others are reached from it. Rows come and go while the table scrolls, so a cell is known here by its
 * place and not by its element. Enter shows the row, Space marks it, Ctrl+C copies; with Shift several cells are taken.
 *
 * @typedef {import("./table.js").ResultsTable} ResultsTable
 * @typedef {{row: number, column: number}} Place column: of the cells of a row, its tools among them
 */
import { format } from "../../shared/value-text.js";
import { whole } from "./line.js";

/** Rows that can be copied at once. */
const MOST = 10_000;

/** @param {ResultsTable} table */
export function makeGrid(table) {
  const { body, scroll, lines } = table;
  const { tools } = lines;
  /** @type {Place} */
  let current = { row: 0, column: tools };
  /** @type {Place | null} the other corner of the cells taken */
  let corner = null;
  /** @type {HTMLElement | undefined} what Tab leads to */
  let tabbed;
  /** The focused row was scrolled out of sight: the next key leads back to it. */
  let away = false;
  /** Where a range of marks begins. */
  let anchor = 0;
  /** The focused cell is selected for the time of a copy. */
  let copying = false;

  /** What takes the focus in a cell: its control, or the cell. @param {Place} place */
  const element = ({ row, column }) => {
    const cell = table.line(row)?.cells[column];
    return /** @type {HTMLElement | undefined} */ (cell?.querySelector("button, input, a") ?? cell);
  };
  /** @param {EventTarget | null} target @returns {Place | null} */
  const placeOf = (target) => {
    const cell = target instanceof Element ? target.closest("td") : null;
    const line = cell?.closest("tr");
    if (!cell || !line?.dataset.row || !body.contains(line)) return null;
    return { row: Number(line.dataset.row) - 1, column: cell.cellIndex };
  };
  const box = () => {
    const other = corner ?? current;
    const [top, bottom] = [Math.min(current.row, other.row), Math.max(current.row, other.row)];
    const [left, right] = [Math.min(current.column, other.column), Math.max(current.column, other.column)];
    return { top, bottom, left: Math.max(left, tools), right };
  };
  const paint = () => {
    for (const cell of body.querySelectorAll(".taken")) cell.classList.remove("taken");
    if (!corner) return;
    const { top, bottom, left, right } = box();
    for (const line of body.rows) {
      const row = Number(line.dataset.row) - 1;
      if (row < top || row > bottom) continue;
      for (let column = left; column <= right; column++) line.cells[column].classList.add("taken");
    }
  };
  /** @param {Place | null} to */
  const take = (to) => {
    const before = corner;
    corner = to;
    if (before || to) paint();
  };
  /** @param {HTMLElement | undefined} next */
  const tabTo = (next) => {
    if (!next || next === tabbed) return;
    if (tabbed) tabbed.tabIndex = -1;
    tabbed = next;
    tabbed.tabIndex = 0;
  };
  /** @param {Place} to */
  const enter = (to) => {
    current = to;
    table.reveal(to.row);
    const next = element(to);
    tabTo(next);
    next?.focus({ preventScroll: true });
    const cell = next?.closest("td");
    if (cell && to.column > tools)
      cell.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    else if (to.column === tools) scroll.scrollLeft = 0;
    paint();
  };
  /** @param {number} row @param {boolean} range */
  const mark = (row, range) => {
    const on = !table.selection.has(table.rowAt(row));
    table.markBetween(range ? anchor : row, row, range ? true : on);
    anchor = row;
  };

  body.addEventListener("focusin", ({ target }) => {
    const place = placeOf(target);
    if (!place) return;
    away = false;
    current = place;
    tabTo(element(place));
  });
  body.addEventListener("pointerdown", (event) => {
    const place = placeOf(event.target);
    if (!place) return;
    if (!event.shiftKey || place.column < tools) return take(null);
    event.preventDefault();
    take(corner ?? current);
    enter(place);
  });
  body.addEventListener("click", (event) => {
    const place = placeOf(event.target);
    if (!place || !(event.target instanceof Element)) return;
    const button = event.target.closest("button");
    if (button?.classList.contains("row-open")) table.handlers.onRow(place.row);
    else if (button instanceof HTMLElement) table.handlers.onLinks(place.row, button);
    else if (place.column === 0) mark(place.row, event.shiftKey);
  });
  scroll.addEventListener(
    "keydown",
    (event) => {
      if (event.target === scroll ? !away : !placeOf(event.target)) return;
      if (event.altKey) return;
      const all = event.ctrlKey || event.metaKey;
      const { row, column } = current;
      const value = column >= tools;
      if (all && event.key.toLowerCase() === "c") {
        // not every browser tells of a copy where nothing is selected
        const selected = getSelection();
        copying = value && (selected?.isCollapsed ?? false);
        const cell = element(current);
        if (copying && cell) selected?.selectAllChildren(cell);
        return;
      }
      const move = moves(event.key, all);
      if (move) {
        if (event.shiftKey && value) take(corner ?? current);
        else take(null);
        const to = {
          row: clamp(move.row, table.length - 1),
          column: clamp(move.column, lines.fields.length + tools - 1),
        };
        if (corner) {
          to.column = Math.max(to.column, tools);
          to.row = clamp(to.row, corner.row + MOST - 1, corner.row - MOST + 1);
        }
        enter(to);
      } else if (event.key === "Enter" && event.target instanceof HTMLAnchorElement) return;
      else if (event.key === "Enter" && value) table.handlers.onRow(row);
      else if (event.key === " " && value) mark(row, event.shiftKey);
      else if (event.key === "Escape" && corner) take(null);
      else return;
      event.preventDefault();
    },
    { signal: table.listening.signal },
  );
  /** @param {string} key @param {boolean} all @returns {Place | undefined} */
  const moves = (key, all) => {
    const { row, column } = current;
    const last = table.length - 1;
    const end = lines.fields.length + tools - 1;
    const { first, last: seen } = table.sight;
    const page = Math.max(1, seen - first);
    /** @type {Record<string, Place>} */
    const known = {
      ArrowUp: { row: all ? 0 : row - 1, column },
      ArrowDown: { row: all ? last : row + 1, column },
      ArrowLeft: { row, column: all ? 0 : column - 1 },
      ArrowRight: { row, column: all ? end : column + 1 },
      Home: { row: all ? 0 : row, column: 0 },
      End: { row: all ? last : row, column: end },
      PageUp: { row: row - page, column },
      PageDown: { row: row + page, column },
    };
    return Object.hasOwn(known, key) ? known[key] : undefined;
  };
  body.addEventListener("copy", (event) => {
    const selected = getSelection();
    if (!copying && selected && !selected.isCollapsed) return;
    if (current.column < tools) return;
    event.clipboardData?.setData("text/plain", corner ? block() : whole(element(current)));
    event.preventDefault();
  });
  /** The cells taken, with tabs between them, as spreadsheets and TOPCAT take them. */
  const block = () => {
    const { top, bottom, left, right } = box();
    const copied = [];
    for (let row = top; row <= bottom; row++) {
      const values = table.values(row) ?? [];
      const cells = lines.fields.slice(left - tools, right - tools + 1);
      copied.push(
        cells
          .map(({ type }, i) => format(values[left - tools + i], type).replace(/[\t\r\n]+/g, " "))
          .join("\t"),
      );
    }
    return copied.join("\n");
  };
  body.addEventListener("keyup", () => {
    if (copying) getSelection()?.removeAllRanges();
    copying = false;
  });
  return {
    /** Place of the row that has the focus, -1 for none. */
    get focused() {
      return body.contains(document.activeElement) ? current.row : -1;
    },
    /** The row that has the focus is about to go. */
    leave() {
      away = true;
      scroll.focus({ preventScroll: true });
    },
    /** Other rows are shown: Tab leads to the first value. */
    forget() {
      current = { row: 0, column: tools };
      anchor = 0;
      away = false;
      corner = null;
    },
    /** Rows were drawn: one of them is in the order of Tab. */
    settle() {
      const there = element(current);
      if (away && there) {
        away = false;
        if (document.activeElement === scroll) there.focus({ preventScroll: true });
      }
      tabTo(there ?? element({ row: table.sight.first, column: tools }));
      if (corner) paint();
    },
    enter,
    /** The cell of this row in the column where the reader was. @param {number} row */
    enterRow: (row) => enter({ row: clamp(row, table.length - 1), column: current.column }),
  };
}

/** @param {number} value @param {number} most @param {number} [least] */
function clamp(value, most, least = 0) {
  return Math.max(0, least, Math.min(value, most));
}
