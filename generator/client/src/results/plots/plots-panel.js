/** The plots on the page, side by side. They follow the table, and the table follows them. */
import { sayInAddress } from "../../shared/page.js";
import { t } from "../../shared/strings.js";
import { ROW } from "../query/hits.js";
import { coverOf } from "./data.js";
import { questions, suggestedPlots } from "./default-plots.js";
import { PlotCard } from "./plot-card.js";
import { plotColumns, positionOf } from "./plot-columns.js";
import { MOST, complete, readPlot, readPlots, writePlot, writePlots } from "./plot-state.js";

/**
 * @typedef {import("./plots-button.js").Host} Host
 * @typedef {import("./plot-state.js").PlotState} PlotState
 * @typedef {import("../../formats.d.ts").SkyCover} Sky coverage of a catalogue's positions
 */

/** Shorter work needs no notice. */
const SOON = 200;

export class Panel {
  /** @type {PlotCard[]} */
  #cards = [];
  #open = false;
  /** Why the plots are out of date: other rows, or another filter. @type {"rows" | "filter" | ""} */
  #stale = "rows";
  /** The plots requested by the address or the reader, kept when other rows come. @type {Partial<PlotState>[] | null} */
  #asked = null;
  /** The plot parameter last written to the address. */
  #written = "";
  /** @type {import("./plot-columns.js").PlotColumn[]} */
  #columns = [];
  /** The form of the catalogue. @type {Partial<import("../../formats.d.ts").FormBlock>} */
  #form = {};
  /** What the columns ask for. @type {PlotState[]} */
  #suggested = [];
  #work = Promise.resolve();
  /** New rows whose plots are not chosen yet. */
  #beginning = 0;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    const { section, view } = host;
    const get = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (section.querySelector(selector));
    this.place = get(".plot-cards");
    this.marked = get("#plot-marked");
    this.saving = get("#plot-save-marked");
    this.none = get("#plot-mark-none");
    this.adding = /** @type {HTMLButtonElement} */ (get("#plot-add"));
    /** @type {Record<string, Sky>} */
    this.skies = JSON.parse(get("#plot-sky").textContent ?? "{}");
    const first = get(".plot-card");
    this.pattern = /** @type {HTMLElement} */ (first.cloneNode(true));
    this.#cards = [this.#card(first)];
    this.adding.addEventListener("click", () => this.#add());
    this.none.addEventListener("click", () => view.selection.clear());
    this.saving.addEventListener("click", openSaving);
    view.events.addEventListener("shown", () => this.#follow("rows"));
    view.events.addEventListener("filtered", () => this.#follow("filter"));
    view.events.addEventListener("columns", () => this.#follow("rows"));
    view.selection.addEventListener("change", () => this.#count());
    view.pointed.addEventListener("change", () => {
      if (this.#open) for (const card of this.#cards) card.point(view.pointed.row);
    });
    const paint = () => this.#cards.forEach((card) => card.paint());
    new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  }

  open() {
    this.#open = true;
    this.#count();
    if (this.#stale) this.#follow(this.#stale);
    else this.#write();
  }

  close() {
    this.#open = false;
    this.#write();
  }

  /** @param {HTMLElement} element */
  #card(element) {
    const { section } = this.host;
    return new PlotCard(element, {
      host: this.host,
      open: () => this.#open,
      tool: () => /** @type {any} */ (section.querySelector(".plot-tool input:checked"))?.value ?? "box",
      catalogue: () => this.#catalogue(),
      id: () => this.#form.id ?? "",
      choose: (card, state) => this.#choose(card, state),
      remove: (card) => this.#remove(card),
      work: (cards, deed) => this.#do(cards, deed),
    });
  }

  /** Show as many plots as there are states. @param {number} n */
  #provide(n) {
    while (this.#cards.length > n) this.#cards.pop()?.close();
    while (this.#cards.length < n) {
      const used = new Set(this.#cards.map(({ element }) => element.dataset.copy));
      const copy = ["2", "3", "4"].find((one) => !used.has(one)) ?? "";
      const element = copyOf(this.pattern, copy);
      this.place.append(element);
      this.#cards.push(this.#card(element));
    }
    this.#arrange();
  }

  #arrange() {
    const n = this.#cards.length;
    this.host.section.classList.toggle("many", n > 1);
    this.adding.hidden = n >= MOST;
    this.#cards.forEach(({ element }, i) => {
      element.setAttribute("aria-label", t("Plot {n}", { n: i + 1 }));
      const remove = element.querySelector('[data-plot="remove"]');
      if (remove instanceof HTMLElement) remove.hidden = n === 1;
    });
  }

  /** @param {"rows" | "filter"} what */
  #follow(what) {
    this.#stale = this.#stale === "rows" ? "rows" : what;
    const whole = this.#stale === "rows";
    for (const card of this.#cards) card.forget(whole);
    if (!this.#open) return;
    this.#stale = "";
    if (whole) this.#beginning++;
    this.#do(this.#cards, () =>
      whole ? this.#begin().finally(() => this.#beginning--) : this.#ask(this.#cards),
    );
  }

  /** The fields are still those of other rows: new ones have come, or the address asks for other plots. */
  get #outdated() {
    const asked = new URLSearchParams(location.search).get("plot");
    return Boolean(this.#stale || this.#beginning || (asked && asked !== this.#written));
  }

  /** Run actions one after another, with a notice for slow ones. @param {PlotCard[]} cards concerned @param {() => Promise<void>} deed */
  #do(cards, deed) {
    const some = [...cards];
    const slow = setTimeout(() => some.forEach((card) => (card.wait.hidden = false)), SOON);
    for (const card of some) card.busy(true);
    this.#work = this.#work
      .then(deed)
      .catch((error) => some.forEach((card) => card.fail(error)))
      .finally(() => {
        clearTimeout(slow);
        for (const card of some) card.busy(false);
      });
    return this.#work;
  }

  /** The catalogue of the rows. @returns {string} */
  #catalogue() {
    const { catalogue = "", query = "" } = this.host.view.shown?.about ?? {};
    if (this.skies[catalogue]) return catalogue;
    const words = new Set(query.toLowerCase().match(/\w+/g));
    return Object.keys(this.skies).find((name) => words.has(name.toLowerCase())) ?? "";
  }

  #position() {
    return positionOf(this.#columns, this.skies[this.#catalogue()]?.position);
  }

  /** Other rows are shown: find out which columns there are, and which plots. */
  async #begin() {
    const { view, table } = this.host;
    const { shown } = view;
    if (!shown) return;
    const parameter = new URLSearchParams(location.search).get("plot");
    if (parameter && parameter !== this.#written) this.#asked = readPlots(parameter);
    const { names, types } = await shown.hits.engine.rows(`SELECT * EXCLUDE (${ROW}) FROM ${table} LIMIT 0`);
    const kept = names.map((name, i) => ({ name, type: types[i] }));
    const data = document.querySelector(`script[data-form="${CSS.escape(shown.about.catalogue)}"]`);
    this.#form = JSON.parse(data?.textContent ?? "{}");
    this.#columns = plotColumns(kept, shown.hits.fields, this.#form.columns ?? []);
    this.#suggested = await this.#suggest(shown.hits);
    const stated = (this.#form.plots ?? []).flatMap((text) => readPlot(text) ?? []);
    const chosen = [this.#asked ?? [], stated].find((list) => list.length);
    const position = Boolean(this.#position());
    const states = chosen
      ? chosen.map((state) => complete(state, this.#columns, position))
      : [this.#suggested[0] ?? complete(null, this.#columns, false)];
    this.#provide(states.length);
    this.#cards.forEach((card, i) => this.#state(card, states[i]));
    await this.#ask(this.#cards);
  }

  /** @param {import("../query/hits.js").Hits} hits */
  async #suggest({ engine }) {
    const ask = questions(this.#columns);
    const share = (/** @type {string} */ sql) => (sql ? `avg((${sql})::INTEGER)` : "NULL");
    const sql = `SELECT ${share(ask.stars)}, ${share(ask.far)} FROM ${this.host.table}`;
    const [stars, far] = (await engine.rows(sql)).rows[0].map((value) => Number(value ?? NaN));
    const position = this.#position();
    // by default, the columns that were read are plotted
    const here =
      position &&
      [position.ra, position.dec].every((name) => this.#columns.find((c) => c.name === name)?.read);
    return suggestedPlots(this.#columns, Boolean(here), { stars, far });
  }

  /** @param {PlotCard} card @param {PlotState} state */
  #state(card, state) {
    card.state = state;
    card.controls.offer(this.#columns, Boolean(this.#position()));
    card.controls.show(state);
  }

  #states() {
    return this.#cards.flatMap(({ state }) => state ?? []);
  }

  /** Apply the reader's choice. @param {PlotCard} card @param {PlotState} state */
  #choose(card, state) {
    if (!this.#open || this.#outdated) return;
    this.#do([card], async () => {
      this.#state(card, complete(state, this.#columns, Boolean(this.#position())));
      this.#asked = this.#states();
      await this.#ask([card]);
    });
  }

  /** Add a plot of what is not plotted yet. */
  #add() {
    const shown = this.#states().map(writePlot);
    const next = this.#suggested.find((state) => !shown.includes(writePlot(state))) ?? this.#suggested[0];
    if (this.#cards.length >= MOST || !this.host.view.shown || !next || this.#outdated) return;
    this.#provide(this.#cards.length + 1);
    const card = this.#cards[this.#cards.length - 1];
    this.#choose(card, next);
    card.stage.focus({ preventScroll: true });
    card.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {PlotCard} card */
  #remove(card) {
    if (this.#cards.length === 1) return;
    this.#cards = this.#cards.filter((one) => one !== card);
    card.close();
    this.#asked = this.#states();
    this.#arrange();
    this.adding.focus();
    this.#write();
  }

  /** Request columns that were not read from the page, which searches again. @param {PlotCard[]} cards @returns {Promise<boolean>} all are here */
  async #read(cards) {
    const { view } = this.host;
    const { shown } = view;
    const position = this.#position();
    const named = cards.flatMap(({ state }) => {
      if (!state) return [];
      const { kind, x, y, colour } = state;
      if (kind === "sky") return [position?.ra, position?.dec, colour];
      return kind === "histogram" ? [x.column, colour] : [x.column, y.column, colour];
    });
    const wanted = named.filter((name) => name && this.#columns.some((c) => c.name === name && !c.read));
    if (!wanted.length || !shown) return true;
    const names = shown.hits.fields.map((f) => f.name).filter((name) => shown.columns.includes(name));
    this.#asked = this.#states();
    await view.handlers.onColumns([...new Set([...names, .../** @type {string[]} */ (wanted)])]);
    return false;
  }

  /** Query the engine for the data of plots. @param {PlotCard[]} cards */
  async #ask(cards) {
    const { view, table } = this.host;
    const { shown } = view;
    if (!shown || !(await this.#read(cards))) return;
    this.#write();
    const sky = this.skies[this.#catalogue()];
    for (const card of [...cards]) {
      if (!card.state || !this.#cards.includes(card)) continue;
      const setting = {
        engine: shown.hits.engine,
        table,
        where: shown.hits.where,
        state: card.state,
        columns: this.#columns,
        position: this.#position(),
        cover: sky ? { order: sky.order, has: coverOf(sky.cover) } : null,
        selection: view.selection,
      };
      await card.ask(setting).catch((error) => card.fail(error));
    }
  }

  /** Show how many rows are marked, here and in the plots. */
  #count() {
    const { size } = this.host.view.selection;
    this.marked.textContent = size ? t("{n} rows marked", { n: size }) : "";
    this.saving.textContent = t("Save {n} marked rows", { n: size });
    this.saving.hidden = this.none.hidden = !size;
    if (this.#open) for (const card of this.#cards) card.marks();
  }

  /** Write the plots to the address, from which they are restored. */
  #write() {
    this.#written = this.#open ? writePlots(this.#states()) : "";
    sayInAddress("plot", this.#written);
  }
}

/** Another card. @param {HTMLElement} pattern @param {string} copy its number, which distinguishes ids and names */
function copyOf(pattern, copy) {
  const made = /** @type {HTMLElement} */ (pattern.cloneNode(true));
  made.dataset.copy = copy;
  const own = new Set([...pattern.querySelectorAll("[id]")].map(({ id }) => id));
  for (const name of ["id", "for", "aria-describedby"])
    for (const element of made.querySelectorAll(`[${name}]`)) {
      const words = (element.getAttribute(name) ?? "").split(" ");
      element.setAttribute(name, words.map((id) => (own.has(id) ? `${id}-${copy}` : id)).join(" "));
    }
  for (const input of made.querySelectorAll("input[name]"))
    if (input instanceof HTMLInputElement) input.name += `-${copy}`;
  return made;
}

/** Open the menu of formats, which saves the marked rows. */
function openSaving() {
  const menu = document.getElementById("save-as");
  if (!menu) return;
  // on a narrow page the tools are folded
  if (!menu.offsetParent) document.getElementById("tools-open")?.click();
  menu.scrollIntoView({ block: "center" });
  menu.focus();
  menu.click();
}
