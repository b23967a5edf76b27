/**
 * Keyboard navigation of cells, after the grid pattern of the ARIA authoring practices: one cell is in the
 * Tab order, the others are reached from it. Rows are added and removed while the table scrolls, so a cell is identified by its
 * place and not by its element. Enter shows the row, Space marks it, Ctrl+C copies; Shift selects several cells.
 *
 * @typedef {import("./table.js").ResultsTable} ResultsTable
 * @typedef {{row: number, column: number}} Place column: counted over all cells of a row, including its tools
 */
import { format } from "../../shared/value-text.js";
import { whole } from "./line.js";

/** Rows that can be copied at once. */
const MOST = 10_000;

export class Grid {
  /** @type {Place} */
  #current;
  /** @type {Place | null} the other corner of the selected cells */
  #corner = null;
  /** @type {HTMLElement | undefined} the element in the Tab order */
  #tabbed;
  /** The focused row was scrolled out of sight: the next key scrolls back to it. */
  #away = false;
  /** Where a range of marks begins. */
  #anchor = 0;
  /** The focused cell is selected during a copy. */
  #copying = false;

  /** @param {ResultsTable} table */
  constructor(table) {
    this.table = table;
    this.body = table.body;
    this.scroll = table.scroll;
    /** Number of the first cell with a value. */
    this.tools = table.lines.tools;
    this.#current = { row: 0, column: this.tools };
    this.body.addEventListener("focusin", ({ target }) => this.#focused(target));
    this.body.addEventListener("pointerdown", (event) => this.#pressed(event));
    this.body.addEventListener("click", (event) => this.#clicked(event));
    this.body.addEventListener("copy", (event) => this.#copy(event));
    this.body.addEventListener("keyup", () => {
      if (this.#copying) getSelection()?.removeAllRanges();
      this.#copying = false;
    });
    const { signal } = table.listening;
    this.scroll.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  /** Place of the row that has the focus, -1 for none. */
  get focused() {
    return this.body.contains(document.activeElement) ? this.#current.row : -1;
  }

  /** The row that has the focus is about to be removed. */
  leave() {
    this.#away = true;
    this.scroll.focus({ preventScroll: true });
  }

  /** Other rows are shown: the first value is put into the Tab order. */
  forget() {
    this.#current = { row: 0, column: this.tools };
    this.#anchor = 0;
    this.#away = false;
    this.#corner = null;
  }

  /** Rows were drawn: one of their cells is put into the Tab order. */
  settle() {
    const there = this.#element(this.#current);
    if (this.#away && there) {
      this.#away = false;
      if (document.activeElement === this.scroll) there.focus({ preventScroll: true });
    }
    this.#tabTo(there ?? this.#element({ row: this.table.sight.first, column: this.tools }));
    if (this.#corner) this.#paint();
  }

  /** @param {Place} to */
  enter(to) {
    this.#current = to;
    this.table.reveal(to.row);
    const next = this.#element(to);
    this.#tabTo(next);
    next?.focus({ preventScroll: true });
    const cell = next?.closest("td");
    if (cell && to.column > this.tools)
      cell.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    else if (to.column === this.tools) this.scroll.scrollLeft = 0;
    this.#paint();
  }

  /** The cell of this row in the current column. @param {number} row */
  enterRow(row) {
    this.enter({ row: clamp(row, this.table.length - 1), column: this.#current.column });
  }

  /** The element of a cell that takes the focus: its control, or the cell. @param {Place} place */
  #element({ row, column }) {
    const cell = this.table.line(row)?.cells[column];
    return /** @type {HTMLElement | undefined} */ (cell?.querySelector("button, input, a") ?? cell);
  }

  /** @param {EventTarget | null} target @returns {Place | null} */
  #placeOf(target) {
    const cell = target instanceof Element ? target.closest("td") : null;
    const line = cell?.closest("tr");
    if (!cell || !line?.dataset.row || !this.body.contains(line)) return null;
    return { row: Number(line.dataset.row) - 1, column: cell.cellIndex };
  }

  #box() {
    const current = this.#current;
    const other = this.#corner ?? current;
    const [top, bottom] = [Math.min(current.row, other.row), Math.max(current.row, other.row)];
    const [left, right] = [Math.min(current.column, other.column), Math.max(current.column, other.column)];
    return { top, bottom, left: Math.max(left, this.tools), right };
  }

  #paint() {
    for (const cell of this.body.querySelectorAll(".taken")) cell.classList.remove("taken");
    if (!this.#corner) return;
    const { top, bottom, left, right } = this.#box();
    for (const line of this.body.rows) {
      const row = Number(line.dataset.row) - 1;
      if (row < top || row > bottom) continue;
      for (let column = left; column <= right; column++) line.cells[column].classList.add("taken");
    }
  }

  /** @param {Place | null} to */
  #take(to) {
    const before = this.#corner;
    this.#corner = to;
    if (before || to) this.#paint();
  }

  /** @param {HTMLElement | undefined} next */
  #tabTo(next) {
    if (!next || next === this.#tabbed) return;
    if (this.#tabbed) this.#tabbed.tabIndex = -1;
    this.#tabbed = next;
    this.#tabbed.tabIndex = 0;
  }

  /** @param {number} row @param {boolean} range */
  #mark(row, range) {
    const { table } = this;
    const on = !table.selection.has(table.rowAt(row));
    table.markBetween(range ? this.#anchor : row, row, range ? true : on);
    this.#anchor = row;
  }

  /** @param {EventTarget | null} target */
  #focused(target) {
    const place = this.#placeOf(target);
    if (!place) return;
    this.#away = false;
    this.#current = place;
    this.#tabTo(this.#element(place));
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    const place = this.#placeOf(event.target);
    if (!place) return;
    if (!event.shiftKey || place.column < this.tools) return this.#take(null);
    event.preventDefault();
    this.#take(this.#corner ?? this.#current);
    this.enter(place);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const { handlers } = this.table;
    const place = this.#placeOf(event.target);
    if (!place || !(event.target instanceof Element)) return;
    const button = event.target.closest("button");
    if (button?.classList.contains("row-open")) handlers.onRow(place.row);
    else if (button instanceof HTMLElement) handlers.onLinks(place.row, button);
    else if (place.column === 0) this.#mark(place.row, event.shiftKey);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target === this.scroll ? !this.#away : !this.#placeOf(event.target)) return;
    if (event.altKey) return;
    const all = event.ctrlKey || event.metaKey;
    const { row, column } = this.#current;
    const value = column >= this.tools;
    if (all && event.key.toLowerCase() === "c") return this.#select(value);
    const move = this.#moves(event.key, all);
    if (move) {
      this.#take(event.shiftKey && value ? (this.#corner ?? this.#current) : null);
      this.#move(move);
    } else if (event.key === "Enter" && event.target instanceof HTMLAnchorElement) return;
    else if (event.key === "Enter" && value) this.table.handlers.onRow(row);
    else if (event.key === " " && value) this.#mark(row, event.shiftKey);
    else if (event.key === "Escape" && this.#corner) this.#take(null);
    else return;
    event.preventDefault();
  }

  /** Not every browser fires a copy event where nothing is selected. @param {boolean} value the focus is on a value */
  #select(value) {
    const selected = getSelection();
    this.#copying = value && (selected?.isCollapsed ?? false);
    const cell = this.#element(this.#current);
    if (this.#copying && cell) selected?.selectAllChildren(cell);
  }

  /** @param {Place} to may be outside of the table */
  #move(to) {
    const end = this.table.lines.fields.length + this.tools - 1;
    const next = { row: clamp(to.row, this.table.length - 1), column: clamp(to.column, end) };
    const corner = this.#corner;
    if (corner) {
      next.column = Math.max(next.column, this.tools);
      next.row = clamp(next.row, corner.row + MOST - 1, corner.row - MOST + 1);
    }
    this.enter(next);
  }

  /** @param {string} key @param {boolean} all @returns {Place | undefined} */
  #moves(key, all) {
    const { row, column } = this.#current;
    const last = this.table.length - 1;
    const end = this.table.lines.fields.length + this.tools - 1;
    const { first, last: seen } = this.table.sight;
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
  }

  /** @param {ClipboardEvent} event */
  #copy(event) {
    const selected = getSelection();
    if (!this.#copying && selected && !selected.isCollapsed) return;
    if (this.#current.column < this.tools) return;
    const text = this.#corner ? this.#block() : whole(this.#element(this.#current));
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  }

  /** The selected cells, separated by tabs, for spreadsheets and TOPCAT. */
  #block() {
    const { tools } = this;
    const { top, bottom, left, right } = this.#box();
    const copied = [];
    for (let row = top; row <= bottom; row++) {
      const values = this.table.values(row) ?? [];
      const cells = this.table.lines.fields.slice(left - tools, right - tools + 1);
      copied.push(
        cells
          .map(({ type }, i) => format(values[left - tools + i], type).replace(/[\t\r\n]+/g, " "))
          .join("\t"),
      );
    }
    return copied.join("\n");
  }
}

/** @param {number} value @param {number} most @param {number} [least] */
function clamp(value, most, least = 0) {
  return Math.max(0, least, Math.min(value, most));
}
