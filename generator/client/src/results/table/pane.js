/** The table of a result with its controls: order, filters, marks, columns, rows in full. */
import { Refused } from "../../search/grammar.js";
import { t } from "../../shared/strings.js";
import { lazily } from "../../shared/lazy.js";
import { makeChooser } from "./chooser.js";
import { addComputed } from "../query/add-computed.js";
import { readExpression, readName } from "../../search/computed.js";
import { canFilter, readFilter } from "./head-filter.js";
import { asColumn } from "../../search/columns.js";
import { titlesOf } from "./row-issues.js";
import { LinksMenu } from "./row-links.js";
import { placesOf } from "./row-places.js";
import { makeMarks } from "./marks.js";
import { makeMenu } from "../menu.js";
import { RowOrder } from "../query/order.js";
import { RowDialog } from "./row.js";
import { ResultsTable } from "./table.js";
import { nextSort } from "./head.js";

/**
 * @typedef {import("../view.js").Shown} Shown
 * @typedef {import("./table.js").Order} Order
 * @typedef {import("../../search/computed.js").Computed} Computed
 * @typedef {import("../export/votable.js").Field} Field
 */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const get = (id) => /** @type {T} */ (document.getElementById(id));

export class TablePane {
  /** @type {ResultsTable | null} */
  #table = null;
  #linked = false;
  #order = new RowOrder(null, 0);
  /** Texts of the filters below the heads, by column. @type {Map<string, string>} */
  #filters = new Map();
  /** SQL of the marked rows, while they alone are shown. */
  #only = "";
  #onlyCount = 0;
  /** Set by the reader, by column. @type {Map<string, number>} */
  #widths = new Map();
  /** The page is sorting the same rows: filters and marks stay. */
  #keeping = false;
  #filtering = Promise.resolve();
  #sight = { first: 0, last: -1 };
  /** The filters in effect, as in a permalink. */
  filter = "";
  /** Shows the same rows instead of the table, and can go to one of them. @type {{goTo(place: number): void} | null} */
  stead = null;

  /** @param {import("../view.js").ResultsView} view */
  constructor(view) {
    this.view = view;
    this.scroll = get("results-scroll");
    this.at = get("page-at");
    const row = /** @type {HTMLInputElement} */ (get("go-row"));
    row.addEventListener("change", () => this.#goTo(row));
    row.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#goTo(row);
    });
    this.marks = makeMarks(get("marks-tools"), view.selection, {
      all: () => this.#order,
      onOnly: (on) => this.#showOnly(on),
    });
    this.rows = new RowDialog(get("row-dialog"));
    this.links = new LinksMenu(get("links-menu"));
    makeMenu(
      /** @type {HTMLButtonElement} */ (get("columns-as")),
      /** @type {HTMLElement} */ (get("columns-list")),
    );
    const choose = makeChooser(get("column-chooser"), (names) => this.#choose(names));
    get("choose-columns").addEventListener("click", () => {
      const { shown } = view;
      if (!shown) return;
      const names = shown.hits.fields.map((field) => field.name);
      choose(
        shown.columns,
        names.filter((name) => shown.columns.includes(name)),
      );
    });
    const adder = lazily(async () => (await import("./adder.js")).makeAdder(get("column-adder")));
    get("add-column").addEventListener("click", async () => {
      const { shown } = view;
      const open = await adder().catch((error) => view.problem([error.message], false));
      if (shown && open)
        open({
          columns: this.#known(shown),
          get computed() {
            return view.shown?.computed ?? [];
          },
          add: (computed) => this.#add(computed),
          remove: (name) => this.#remove(name),
        });
    });
  }

  visible() {
    const { first, last } = this.#sight;
    return { first, last };
  }

  get order() {
    return this.#order;
  }

  clear() {
    this.rows.close();
    this.#table?.close();
    this.#table = null;
    this.#order = new RowOrder(null, 0);
    this.#sight = { first: 0, last: -1 };
    this.scroll.replaceChildren();
  }

  /** Other rows. @param {Shown} shown */
  async show(shown) {
    const before = this.#keeping ? this.#filters : new Map();
    const { fields } = shown.hits;
    this.#filters = new Map(fields.filter(canFilter).map(({ name }) => [name, before.get(name) ?? ""]));
    this.#linked = Boolean(shown.position ?? shown.spectra);
    this.filter = "";
    this.#only = "";
    this.marks.only(false);
    this.rows.close();
    this.#table?.close();
    this.#table = null;
    if ([...this.#filters.values()].some(Boolean)) await this.#applyFilters(shown);
    else await this.#refill(shown);
  }

  /** Show the rows again, from the first: their order, number or columns have changed. @param {Shown} shown */
  async #refill(shown) {
    const { hits, sort } = shown;
    try {
      const order = await hits.inOrder(shown.order(sort));
      if (this.view.shown !== shown || shown.hits !== hits) return;
      this.#order = order;
      if (this.#table?.fields !== hits.fields) {
        this.#table?.close();
        this.#table = new ResultsTable(
          this.scroll,
          hits.fields,
          {
            filters: this.#filters,
            widths: this.#widths,
            selection: this.view.selection,
            linked: this.#linked,
            linkOf: this.#linkOf(shown),
            issues: titlesOf(hits.fields, shown.issues),
          },
          {
            onSort: (column, further) => this.#sort(column, further),
            onFilter: (column, text) => this.#narrow(column, text),
            onMove: (column, before) => this.#move(column, before),
            onRow: (place) => this.#openRow(shown, place),
            onLinks: (place, button) => this.#openLinks(shown, place, button),
            onSight: (first, last) => this.stead ?? this.reportSight(shown, first, last),
            onError: (error) => this.view.say(error.message, true),
          },
        );
      }
      const { length } = order;
      const range = length ? t("{first}–{last} of {n}", { first: 1, last: length, n: length }) : t("no rows");
      const caption = t("Results: {at}", { at: this.#filtered(shown, range) });
      await this.#table.show(order, (first, end) => hits.rows(order, first, end), [...sort], caption);
      this.view.notify("ordered");
    } catch (error) {
      this.view.say(/** @type {Error} */ (error).message, true);
    }
  }

  /** @param {Shown} shown @param {string} range */
  #filtered({ hits }, range) {
    return hits.matching < hits.kept ? t("{at}, filtered from {n}", { at: range, n: hits.kept }) : range;
  }

  /** @param {Shown} shown @param {number} first @param {number} last */
  reportSight(shown, first, last) {
    this.#sight = { first, last };
    const { length } = this.#order;
    const range = length
      ? t("{first}–{last} of {n}", { first: first + 1, last: last + 1, n: length })
      : t("no rows");
    const text = this.#filtered(shown, range);
    if (this.at.textContent !== text) this.at.textContent = text;
  }

  /** Bring a row into sight. @param {number} place */
  reveal(place) {
    if (this.stead) this.stead.goTo(place);
    else this.#table?.reveal(place, true);
  }

  /** @param {HTMLInputElement} input */
  #goTo(input) {
    const text = input.value.replace(/[\s,_]/g, "");
    input.removeAttribute("aria-invalid");
    input.title = "";
    if (!text || !this.#table) return;
    const { length } = this.#order;
    if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > length) {
      input.title = t("Write a number from 1 to {n}.", { n: length });
      input.setAttribute("aria-invalid", "true");
      return;
    }
    const place = Number(text) - 1;
    this.reveal(place);
    if (!this.stead) this.#table.grid.enter({ row: place, column: this.#table.lines.tools });
  }

  /** Sort after a header was pressed. @param {string} column @param {boolean} further */
  async #sort(column, further) {
    const { shown } = this.view;
    if (!shown) return;
    const sort = nextSort(shown.sort, column, further);
    if (!(await this.#asking(() => this.view.handlers.onSort(sort)))) {
      shown.sort = sort;
      await this.#refill(shown);
    }
    this.#focusHead(column);
  }

  /** Restore the focus after the heads were redrawn. @param {string} column */
  #focusHead(column) {
    const now = document.activeElement;
    if (now !== this.scroll && (this.scroll.contains(now) || now?.matches("input, textarea, select"))) return;
    const again = document.querySelector(`#results th[data-column="${CSS.escape(column)}"] .sort`);
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  }

  /** Run an action of the page that shows the same rows again. @template T @param {() => Promise<T>} act */
  async #asking(act) {
    this.#keeping = true;
    try {
      return await act();
    } finally {
      this.#keeping = false;
    }
  }

  /** Apply the text of a filter. @param {string} column @param {string} text */
  async #narrow(column, text) {
    const { shown } = this.view;
    if (!shown || this.#filters.get(column) === text) return;
    this.#filters.set(column, text);
    await this.#applyFilters(shown);
  }

  /** @param {boolean} on */
  async #showOnly(on) {
    const { shown, selection } = this.view;
    if (!shown) return;
    this.#only = on ? await selection.condition(shown.hits.engine, "only") : "";
    this.#onlyCount = selection.size;
    this.marks.only(this.#only !== "");
    await this.#applyFilters(shown);
  }

  /** Apply the filters one after another: an earlier answer must not arrive after a later one. @param {Shown} shown */
  #applyFilters(shown) {
    return (this.#filtering = this.#filtering.then(() => this.#filterNow(shown)));
  }

  /** @param {Shown} shown */
  async #filterNow(shown) {
    if (this.view.shown !== shown) return;
    const holds = [];
    for (const field of shown.hits.fields) {
      try {
        const read = readFilter(field, this.#filters.get(field.name) ?? "");
        if (read) holds.push(read);
        this.#table?.complain(field.name, "");
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.#table?.complain(field.name, error.message);
        this.at.textContent = t("{parameter}: {message}", { parameter: field.name, message: error.message });
        return;
      }
    }
    if (this.#only) holds.push({ sql: this.#only, written: `(${this.#onlyCount} marked rows)` });
    try {
      await shown.hits.filter(holds.map(({ sql }) => `(${sql})`).join(" AND "));
    } catch (error) {
      return this.view.say(/** @type {Error} */ (error).message, true);
    }
    this.filter = holds.map(({ written }) => written).join("&");
    if (this.view.shown !== shown) return;
    await this.#refill(shown);
    this.view.notify("filtered");
  }

  /** @param {string} column @param {string | null} before */
  async #move(column, before) {
    const { shown } = this.view;
    if (!shown) return;
    const names = shown.hits.fields.map(({ name }) => name).filter((name) => name !== column);
    names.splice(before === null ? names.length : names.indexOf(before), 0, column);
    await this.#choose(names.filter((name) => shown.columns.includes(name)));
    this.#focusHead(column);
  }

  /** @param {string[]} names */
  async #choose(names) {
    const { shown } = this.view;
    const fields = await this.#asking(() => this.view.handlers.onColumns(names));
    if (!shown || !fields || this.view.shown !== shown) return;
    await this.#rearrange(shown, fields);
  }

  /** @param {Shown} shown @param {Field[]} fields */
  async #rearrange(shown, fields) {
    shown.hits = shown.hits.withFields(fields);
    for (const name of this.#filters.keys())
      if (!fields.some((field) => field.name === name)) this.#filters.delete(name);
    for (const field of fields)
      if (canFilter(field) && !this.#filters.has(field.name)) this.#filters.set(field.name, "");
    await this.#applyFilters(shown);
    this.view.notify("columns");
  }

  /** Columns that an expression may name, and that describe a row. @param {Shown} shown @returns {import("./row.js").FieldFacts[]} */
  #known({ hits, described = [] }) {
    const own = hits.fields.filter(({ name }) => !described.some((field) => field.name === name));
    return [...own, ...described];
  }

  /** @param {Computed} asked @returns {Promise<string>} an error message, or "" */
  async #add(asked) {
    const { shown } = this.view;
    if (!shown) return "";
    try {
      const { hits, computed = [] } = shown;
      /** @type {import("../../search/columns.js").Column[]} */
      const columns = shown.described ?? hits.fields.map(asColumn);
      const names = await hits.names();
      const name = readName(asked.name, [...names, ...columns.map((column) => column.name)]);
      const one = { ...asked, name };
      const { words } = readExpression(one.expression, columns);
      const list = [...computed, one];
      const here = new Set(names.map((one) => one.toLowerCase()));
      const unread = columns.some((c) => words.has(c.name.toLowerCase()) && !here.has(c.name.toLowerCase()));
      if (unread)
        return await this.#asking(async () => (await this.view.handlers.onComputed?.(list, true)) ?? "");
      const field = await addComputed(hits, one, columns);
      shown.computed = list;
      shown.columns = [...shown.columns, name];
      await this.view.handlers.onComputed?.(list, false, field);
      await this.#rearrange(shown, [...hits.fields, field]);
      this.scroll.scrollLeft = this.scroll.scrollWidth;
      return "";
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.message;
    }
  }

  /** @param {string} name */
  async #remove(name) {
    const { shown } = this.view;
    if (!shown) return;
    shown.computed = (shown.computed ?? []).filter((one) => one.name !== name);
    shown.columns = shown.columns.filter((one) => one !== name);
    shown.sort = shown.sort.filter(({ column }) => column !== name);
    await this.view.handlers.onComputed?.(shown.computed, false);
    await this.#rearrange(
      shown,
      shown.hits.fields.filter((field) => field.name !== name),
    );
    await shown.hits.drop(name);
  }

  /** @param {Shown} shown */
  #linkOf = ({ linkOf }) => linkOf ?? (() => null);

  /** @param {Shown} shown @param {number} place */
  #openRow(shown, place) {
    const { hits } = shown;
    const table = this.#table;
    const order = this.#order;
    this.rows.open(
      {
        length: order.length,
        fields: this.#known(shown),
        read: (at) => hits.row(order.at(at)),
        more: async (row) => (await shown.detail?.(row)) ?? null,
        links: (row, at) => placesOf(shown, order, row, at),
        linkOf: this.#linkOf(shown),
        onLeave: (at) => table === this.#table && table?.grid.enterRow(at),
      },
      place,
    );
  }

  /** @param {Shown} shown @param {number} place @param {HTMLElement} button */
  async #openLinks(shown, place, button) {
    const order = this.#order;
    const row = await shown.hits.row(order.at(place));
    this.links.open(button, placesOf(shown, order, row, place));
  }
}
