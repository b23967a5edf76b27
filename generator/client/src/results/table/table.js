/**
 * The result as one scrolling table, however many rows it has: those in sight are drawn, and read when they come into sight.
 * It is given an order of rows and does not depend on how they were found.
 */
import { Blocks } from "./blocks.js";
import { Grid } from "./grid.js";
import { makeHead, markSort } from "./head.js";
import { HEADS, Lines } from "./line.js";
import { Tall } from "./tall.js";
import { Widths } from "./widths.js";
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("../export/votable.js").Field} Field
 * @typedef {import("../query/order.js").RowOrder} RowOrder
 * @typedef {{column: string, descending: boolean}} Order
 * @typedef {object} Handlers
 * @property {(column: string, further: boolean) => void} onSort further: in addition to the columns already sorted by
 * @property {(column: string, text: string) => void} onFilter
 * @property {(column: string, before: string | null) => void} onMove
 * @property {(place: number) => void} onRow show all of a row; counted from 0
 * @property {(place: number, button: HTMLElement) => void} onLinks
 * @property {(first: number, last: number) => void} onSight places of the rows in sight
 * @property {(error: Error) => void} onError
 */

/** Rows drawn beyond those in sight, on either side. */
const MORE = 12;
/** Shorter tables are drawn completely, so that the browser's own search works. */
const WHOLE = 150;
/** Rows fetched ahead. */
const AHEAD = 120;
/** Milliseconds without scrolling after which the scroll bar is corrected. */
const QUIET = 160;

export class ResultsTable {
  /** @type {Map<number, HTMLTableRowElement>} drawn, by place */
  #drawn = new Map();
  /** @type {RowOrder | null} */
  #order = null;
  /** @type {Blocks | null} */
  #blocks = null;
  /** Those requested last, until their first rows arrive. @type {Blocks | null} */
  #coming = null;
  #tall = new Tall();
  #rowHeight = 0;
  #headHeight = 0;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #quiet;

  /**
   * @param {HTMLElement} scroll its content stays until the first rows arrive
   * @param {Field[]} fields
   * @param {{filters: Map<string, string>, widths: Map<string, number>, selection: import("./selection.js").Selection, linked: boolean,
   *   linkOf: (text: string) => string | null, issues?: ((row: unknown[]) => string[]) | null}} state
   * @param {Handlers} handlers
   */
  constructor(scroll, fields, { filters, widths, selection, linked, linkOf, issues }, handlers) {
    this.scroll = scroll;
    this.fields = fields;
    this.selection = selection;
    this.handlers = handlers;
    this.lines = new Lines(fields, linked, linkOf, issues);
    const table = (this.table = document.createElement("table"));
    table.id = "results";
    table.className = linked ? "table results linked" : "table results";
    table.setAttribute("role", "grid");
    table.setAttribute("aria-multiselectable", "true");
    this.caption = table.createCaption();
    this.caption.className = "visually-hidden";
    const head = makeHead(table, fields, this.lines.tools, filters, {
      ...handlers,
      onWiden: (name, by) => (by === null ? this.widths.fit(name) : this.widths.widen(name, by)),
      onTick: () => this.#markAll(),
    });
    this.heads = head.names;
    this.allBox = head.box;
    const names = fields.map((field) => field.name);
    this.widths = new Widths(table, names, this.lines.tools, widths);
    this.body = table.createTBody();
    this.track = document.createElement("div");
    this.track.className = "rows-track";
    this.track.append(table);
    this.listening = new AbortController();
    this.grid = new Grid(this);
    const { signal } = this.listening;
    scroll.addEventListener("scroll", this.#scrolled, { signal, passive: true });
    selection.addEventListener("change", this.#marked, { signal });
    const watch = new ResizeObserver(() => this.#measure());
    watch.observe(scroll);
    signal.addEventListener("abort", () => watch.disconnect());
    addEventListener("beforeprint", () => this.#printed(), { signal });
  }

  /** Say which of the rows are on paper: those that are drawn. */
  #printed() {
    const places = [...this.#drawn.keys()];
    const [first, last] = [Math.min(...places) + 1, Math.max(...places) + 1];
    const n = this.length;
    this.track.dataset.printed = places.length < n ? t("{first}–{last} of {n}", { first, last, n }) : "";
  }

  /** It is no longer shown. */
  close() {
    this.listening.abort();
    this.#coming = null;
    this.#blocks?.close();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#quiet);
  }

  get length() {
    return this.#order?.length ?? 0;
  }

  /**
   * Show rows from the first on.
   * @param {RowOrder} order @param {(first: number, end: number) => Promise<unknown[][]>} read
   * @param {Order[]} sort @param {string} caption
   */
  async show(order, read, sort, caption) {
    const { onError } = this.handlers;
    const blocks = new Blocks(order.length, read, () => this.#fill(), onError);
    this.#coming = blocks;
    await blocks.want(0, Math.min(order.length, WHOLE));
    if (this.#coming !== blocks) return;
    this.#coming = null;
    this.#blocks?.close();
    this.#blocks = blocks;
    this.#order = order;
    this.caption.textContent = caption;
    this.table.ariaRowCount = String(order.length + HEADS);
    markSort(this.heads, sort);
    if (!this.track.isConnected) this.scroll.replaceChildren(this.track);
    this.#place(this.#tall.to(0));
    this.grid.forget();
    this.body.replaceChildren();
    this.#drawn.clear();
    this.#measure();
    this.#marked();
  }

  /** @param {number} place @returns {unknown[] | undefined} values, where they are here */
  values(place) {
    return this.#blocks?.get(place);
  }

  /** @param {number} place @returns {number} number of its row */
  rowAt(place) {
    return this.#order?.at(place) ?? -1;
  }

  /** @param {number} place @returns {HTMLTableRowElement | undefined} undefined where it is not drawn */
  line(place) {
    return this.#drawn.get(place);
  }

  /** Places of the first and last row in sight; last < first where there is none. */
  get sight() {
    const { top } = this.#tall;
    const height = this.#rowHeight || 1;
    const view = this.scroll.clientHeight - this.#headHeight;
    const first = Math.min(
      Math.max(0, Math.floor((top + height / 3) / height)),
      Math.max(0, this.length - 1),
    );
    const last = Math.min(this.length - 1, Math.max(first, Math.floor((top + view - height / 3) / height)));
    return { first, last };
  }

  /** Scroll to a row. @param {number} place @param {boolean} [middle] to the middle, where it was out of sight */
  reveal(place, middle = false) {
    const [from, height] = [place * this.#rowHeight, this.#rowHeight];
    const view = this.scroll.clientHeight - this.#headHeight;
    const { top } = this.#tall;
    if (from < top) this.#go(middle ? from - view / 2 : from);
    else if (from + height > top + view) this.#go(middle ? from - view / 2 : from + height - view);
    this.#draw();
  }

  /** @param {number} top */
  #go(top) {
    this.#place(this.#tall.to(top));
  }

  /** @param {number} at */
  #place(at) {
    this.scroll.scrollTop = at;
    this.#tall.at = this.scroll.scrollTop;
    if (this.#tall.ratio === 1) this.#tall.top = this.#tall.at;
  }

  #scrolled = () => {
    this.#tall.moved(this.scroll.scrollTop);
    if (this.#tall.stuck) this.#settle();
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#settle();
      this.#draw();
    }, QUIET);
    if (!this.#frame)
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#draw();
      });
  };

  #settle() {
    const { place, at, ratio } = this.#tall;
    if (ratio !== 1 && Math.abs(place - at) > 1) this.#place(place);
  }

  /** Measure the heights of rows and heads, and hence the total height. */
  #measure() {
    if (!this.track.isConnected || !this.scroll.clientHeight) return;
    if (!this.widths.fixed) {
      this.#draw(true);
      this.widths.fix();
      this.widths.grow(this.#drawn.values());
    }
    const line = this.#drawn.values().next().value;
    this.#headHeight = this.table.tHead?.getBoundingClientRect().height ?? 0;
    this.#rowHeight = line?.getBoundingClientRect().height || this.#rowHeight || 24;
    this.#tall.resize(this.#headHeight + this.length * this.#rowHeight, this.scroll.clientHeight);
    this.track.style.height = `${this.#tall.height}px`;
    this.#tall.moved(this.scroll.scrollTop);
    this.#draw();
  }

  /** Draw the rows in sight and some more. @param {boolean} [first] heights are not known yet */
  #draw(first = false) {
    const { length } = this;
    const { first: from, last } = first ? { first: 0, last: 30 } : this.sight;
    const whole = length <= WHOLE;
    const begin = whole ? 0 : Math.max(0, from - MORE);
    const end = whole ? length : Math.min(length, last + 1 + MORE);
    const spare = this.#leaving(begin, end);
    const fresh = [];
    let after = this.body.firstElementChild;
    for (let place = begin; place < end; place++) {
      const known = this.#drawn.get(place);
      if (known) {
        after = known.nextElementSibling;
        continue;
      }
      const line = this.#renewed(spare.shift(), place);
      if (!line.classList.contains("pending")) fresh.push(line);
      if (line === after) after = line.nextElementSibling;
      else this.body.insertBefore(line, after);
      this.#drawn.set(place, line);
    }
    for (const line of spare) line.remove();
    if (first) return;
    const offset = this.#tall.at + begin * this.#rowHeight - this.#tall.top;
    this.table.style.marginTop = `${offset}px`;
    // Widths are measured after all that changes the page, so that it is laid out once.
    this.handlers.onSight(from, last);
    this.grid.settle();
    if (fresh.length) this.widths.grow(fresh);
    this.#blocks?.want(Math.max(0, begin - AHEAD), Math.min(length, end + AHEAD));
  }

  /**
   * The drawn rows that are used for other places, in their order. Where many have left, that is all of them: only their texts change then, which
   * costs the browser much less than rows that move.
   * @param {number} begin @param {number} end places that are drawn next
   */
  #leaving(begin, end) {
    const { focused } = this.grid;
    const gone = [...this.#drawn.keys()].filter((place) => place < begin || place >= end);
    if (gone.includes(focused)) this.grid.leave();
    const chosen = getSelection();
    const held =
      (focused >= begin && focused < end) ||
      (chosen && !chosen.isCollapsed && this.body.contains(chosen.anchorNode));
    if (!held && gone.length * 3 > this.#drawn.size) {
      this.#drawn.clear();
      return [...this.body.rows];
    }
    return gone.map((place) => {
      const line = /** @type {HTMLTableRowElement} */ (this.#drawn.get(place));
      this.#drawn.delete(place);
      return line;
    });
  }

  /** A row for a place: with its values, or pending. @param {HTMLTableRowElement | undefined} line @param {number} place */
  #renewed(line, place) {
    const made = line ?? this.lines.make(place);
    const row = this.#blocks?.get(place);
    if (line) this.lines.number(line, place);
    if (row) this.lines.fill(made, row);
    else if (line) this.lines.blank(line);
    this.lines.mark(made, this.selection.has(this.rowAt(place)));
    return made;
  }

  /** Fill rows that were drawn empty and have arrived. */
  #fill() {
    const fresh = [];
    for (const [place, line] of this.#drawn) {
      if (!line.classList.contains("pending")) continue;
      const row = this.#blocks?.get(place);
      if (!row) continue;
      this.lines.fill(line, row);
      fresh.push(line);
    }
    if (fresh.length && this.widths.fixed) this.widths.grow(fresh);
  }

  #marked = () => {
    for (const [place, line] of this.#drawn) this.lines.mark(line, this.selection.has(this.rowAt(place)));
    const { size } = this.selection;
    this.allBox.indeterminate = size > 0 && size < this.length;
    this.allBox.checked = size > 0 && size >= this.length;
  };

  #markAll() {
    if (!this.#order) return;
    if (this.selection.size) this.selection.clear();
    else this.selection.set(this.#order);
  }

  /** Mark the rows between two places, or remove their marks. @param {number} one @param {number} other @param {boolean} on */
  markBetween(one, other, on) {
    const rows = this.#order?.slice(Math.min(one, other), Math.max(one, other) + 1) ?? [];
    if (on) this.selection.add(rows);
    else this.selection.remove(rows);
  }

  /** Show an error at a filter's field. @param {string} column @param {string} message "" for none */
  complain(column, message) {
    const input = this.table.querySelector(`input[data-filter="${CSS.escape(column)}"]`);
    if (!(input instanceof HTMLInputElement)) return;
    input.title = message;
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}
