/** The form of one catalogue: its state as a search, and a search shown in it. */
import { t } from "../../shared/strings.js";
import { findColumn, separationName } from "../columns.js";
import { FIELDS, Field, complain, restore } from "./fields.js";
import { makeFilter } from "./column-finder.js";
import { drawLater } from "./histograms.js";
import { Refused } from "../grammar.js";
import { TargetInput } from "../targets/input.js";
import { MatchInput } from "../targets/match-input.js";
import { NameBox } from "../names/name-box.js";
import { writeCorners } from "../polygon-text.js";
import { CONE_RADIUS, greyRadius, looksLikeHours } from "../position.js";
import { RegionBoxes } from "./region-boxes.js";

/**
 * @typedef {import("../columns.js").Form} Form
 * @typedef {import("../permalink.js").Search} Search
 */

export class SearchForm {
  /** A reset of the form is not the reader's action, but the first step of showing a search. */
  writing = false;
  /** @type {Search["sort"]} further keys of a permalink's sort, for which the form has no control */
  #rest = [];
  /** @type {string[] | null} the order of columns in a permalink */
  #order = null;

  /** @param {HTMLFormElement} element @param {Form} form */
  constructor(element, form) {
    this.element = element;
    this.form = form;
    this.region = new RegionBoxes(element);
    /** @type {Field[]} */
    this.fields = [];
    for (const field of element.querySelectorAll("[data-field]")) {
      const place = /** @type {HTMLElement} */ (field);
      const column = findColumn(form, place.dataset.field ?? "");
      if (column && place.dataset.widget !== "none") this.fields.push(new Field(place, column));
    }
    /** @type {HTMLInputElement[]} */
    this.boxes = [...element.querySelectorAll('[data-part="show"]')].map(
      (box) => /** @type {HTMLInputElement} */ (box),
    );
    this.typical = this.boxes.filter((box) => "typical" in box.dataset).map((box) => box.value);
    if (form.position) {
      const option = new Option(t("distance from the centre"), separationName(form));
      this.#control("sort")?.options?.add(option, 1);
    }
    const place = element.querySelector("[data-targets]");
    this.targets = place instanceof HTMLElement ? new TargetInput(place, form, () => this.#listRead()) : null;
    const others = element.querySelector("[data-matching]");
    this.match = others instanceof HTMLElement ? new MatchInput(others) : null;
    this.names = this.#takeNames();
    element.addEventListener("change", () => {
      this.#hintHours();
      this.summarise();
    });
    for (const button of element.querySelectorAll("[data-preset]")) {
      button.addEventListener("click", () =>
        this.#preset(/** @type {HTMLElement} */ (button).dataset.preset ?? ""),
      );
    }
    makeFilter(element);
    drawLater(element, this.form.name, this.fields);
    this.summarise();
  }

  /** Let the box of the right ascension take names. */
  #takeNames() {
    const radius = this.#place("radius");
    if (!radius) return null;
    const onChosen = (/** @type {import("../names/name-box.js").Place} */ place) => {
      this.region.writeCone(place);
      this.clear();
      this.summarise();
    };
    return new NameBox(this.#control("ra"), radius, onChosen, () => !this.region.isSplit);
  }

  /** The list of targets has been read: select it as the region. */
  #listRead() {
    const radio = this.element.querySelector('[data-part="region"][value="list"]');
    if (radio instanceof HTMLInputElement && this.targets?.used) radio.checked = true;
    this.summarise();
  }

  /** @param {string} part @returns {any} an input or select */
  #control(part) {
    return this.element.querySelector(`[data-part="${part}"]`);
  }

  /** @param {string} part */
  #text(part) {
    return String(this.#control(part)?.value ?? "").trim();
  }

  /**
   * @returns {Search} throws the first Refused; each is also shown next to its field
   */
  read() {
    /** @type {Refused[]} */
    const refused = [];
    /** @template T, U @param {HTMLElement | null} place @param {() => T} read @param {U} otherwise @returns {T | U} */
    const attempt = (place, read, otherwise) => {
      try {
        const value = read();
        if (place) complain(place, "");
        return value;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (place) complain(place, error.message);
        refused.push(error);
        return otherwise;
      }
    };
    const region = this.form.position ? this.region.read(attempt) : null;
    const targets =
      this.targets && this.region.shape === "list"
        ? attempt(this.#place("targets"), () => this.targets?.read() ?? null, null)
        : null;
    const match =
      this.match && this.region.shape === "match"
        ? attempt(this.#place("match_with"), () => this.match?.read() ?? null, null)
        : null;
    const constraints = this.fields.flatMap((field) => {
      const items = attempt(field.element, () => field.read(), []);
      return items.length ? [{ column: field.column.name, items }] : [];
    });
    const limit = attempt(
      this.#place("limit"),
      () => {
        const text = this.#text("limit");
        if (text && !/^[1-9]\d{0,8}$/.test(text)) throw new Refused(t("Write a whole number above 0."));
        return text ? Number(text) : null;
      },
      null,
    );
    if (refused.length) throw refused[0];
    const first = this.#text("sort") && {
      column: this.#text("sort"),
      descending: this.#text("direction") === "down",
    };
    const sort = first ? [first, ...this.#rest.filter((order) => order.column !== first.column)] : [];
    const whole = Boolean(this.form.position) && !region && !targets && !match && !constraints.length;
    return {
      catalogue: this.form.name,
      region,
      whole,
      targets,
      match,
      constraints,
      columns: this.#columns(),
      sort,
      limit,
    };
  }

  /** Wait for what is still being read, and replace names by their positions. */
  async ready() {
    await this.targets?.ready();
    const { shape } = this.region;
    if (shape !== "cone" && shape !== "polygon") return;
    try {
      if (shape === "cone") await this.names?.settle();
      else await this.region.settleCorners();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.complain(new Refused(error.message, shape));
      throw error;
    }
  }

  /** @param {string} part */
  #place(part) {
    return /** @type {HTMLElement | null} */ (
      this.element.querySelector(`[data-field-part="${CSS.escape(part)}"]`)
    );
  }

  #columns() {
    const shown = this.boxes.filter((box) => box.checked).map((box) => box.value);
    const same = (/** @type {string[]} */ names) =>
      names.length === shown.length && names.every((name) => shown.includes(name));
    if (shown.length === 0 || same(this.typical))
      return this.#order && same(this.#order) ? this.#order : null;
    if (shown.length === this.boxes.length) return ["*"];
    return this.#order && same(this.#order) ? this.#order : shown;
  }

  /**
   * A search with texts as the catalogue writes them, if the form knows all values of a column.
   * @param {Search} search @returns {Search}
   */
  settle(search) {
    const constraints = search.constraints.map(({ column, items }) => {
      const field = this.fields.find((one) => one.column.name === column);
      return { column, items: field ? field.settle(items) : items };
    });
    return { ...search, constraints };
  }

  /** Show a search. @param {Search} search */
  write(search) {
    this.forget();
    this.writing = true;
    this.element.reset();
    this.writing = false;
    const { region } = search;
    const listed = search.targets || search.list ? "list" : search.match ? "match" : null;
    const shape = listed ?? region?.type ?? (search.whole ? "none" : "cone");
    if (search.targets) this.targets?.show(search.targets);
    if (search.match) this.match?.show(search.match);
    for (const radio of this.element.querySelectorAll('[data-part="region"]')) {
      /** @type {HTMLInputElement} */ (radio).checked =
        /** @type {HTMLInputElement} */ (radio).value === shape;
    }
    if (region?.type === "polygon") this.#control("polygon").value = writeCorners(region);
    else if (region) {
      for (const [part, value] of Object.entries(region))
        if (part !== "type") this.#control(part).value = String(value);
    }
    for (const field of this.fields) {
      field.write(search.constraints.find((c) => c.column === field.column.name)?.items ?? []);
    }
    const chosen =
      search.columns?.[0] === "*" ? this.boxes.map((box) => box.value) : (search.columns ?? this.typical);
    for (const box of this.boxes) box.checked = chosen.includes(box.value);
    this.#order = search.columns?.[0] === "*" ? null : search.columns;
    if (search.sort.length) {
      this.#control("sort").value = search.sort[0].column;
      this.#control("direction").value = search.sort[0].descending ? "down" : "up";
    }
    this.#rest = search.sort.slice(1);
    this.#control("limit").value = search.limit ?? "";
    this.clear();
    this.summarise(true);
  }

  /** Forget the parts that only a permalink can have. */
  forget() {
    this.targets?.clear();
    this.names?.clear();
    this.#rest = [];
    this.#order = null;
  }

  /** Remove all error messages. */
  clear() {
    for (const place of this.element.querySelectorAll(".search-field"))
      complain(/** @type {HTMLElement} */ (place), "");
    for (const hint of this.element.querySelectorAll("[data-hours]"))
      /** @type {HTMLElement} */ (hint).hidden = true;
  }

  /**
   * Show an error in a parameter of a permalink next to its field, and the value there that was refused.
   * @param {Refused} refused @param {string | null} [value] of the parameter
   * @returns {boolean} whether it has a field
   */
  complain({ parameter, message }, value = null) {
    const column = findColumn(this.form, parameter.replace(/^column\./, ""))?.name;
    const field = FIELDS[parameter] ? undefined : this.fields.find((f) => f.column.name === column);
    const place = field?.element ?? this.#place(FIELDS[parameter]?.field ?? parameter);
    if (!place) return false;
    const shape = FIELDS[parameter]?.shape ?? parameter;
    const radio = this.element.querySelector(`[data-part="region"][value="${CSS.escape(shape)}"]`);
    if (radio instanceof HTMLInputElement) radio.checked = true;
    if (value !== null && field) field.restore(value);
    else if (value !== null) restore(this.element, parameter, value);
    complain(place, message);
    place.closest("details")?.setAttribute("open", "");
    return true;
  }

  /** Move the focus to the first field with an error. */
  focusComplaint() {
    const wrong = this.element.querySelector('[aria-invalid="true"]');
    if (!(wrong instanceof HTMLElement)) return;
    wrong.closest("details")?.setAttribute("open", "");
    wrong.focus();
  }

  /** @param {string} preset */
  #preset(preset) {
    for (const box of this.boxes) box.checked = preset === "all" || preset in box.dataset;
    this.#order = null;
    this.summarise();
  }

  /**
   * Show in the head of each group how much of it is in use.
   * @param {boolean} [reveal] open the groups in use
   */
  summarise(reveal = false) {
    for (const group of this.element.querySelectorAll("details[data-group]")) {
      const inside = this.fields.filter(
        (field) => group.contains(field.element) && field.inputs.some(inUse),
      ).length;
      const region = group.querySelector("[data-position]") ? Number(this.#regionInUse()) : 0;
      const badge = group.querySelector("[data-count]");
      if (badge instanceof HTMLElement) {
        badge.textContent = String(inside + region);
        badge.hidden = inside + region === 0;
      }
      if (reveal && inside + region > 0) group.setAttribute("open", "");
    }
    for (const field of this.fields) field.follow();
    this.#grey();
    const shown = this.element.querySelector("[data-shown]");
    const count = this.boxes.filter((box) => box.checked).length;
    if (shown) shown.textContent = t("{n} of {all}", { n: count, all: this.boxes.length });
  }

  /** A right ascension below 24 that was typed without a unit may have been meant in hours. */
  #hintHours() {
    for (const part of ["ra", "ra_min", "ra_max", "polygon"]) {
      const hint = this.#place(part)?.querySelector("[data-hours]");
      const lines = this.#text(part).split("\n");
      if (hint instanceof HTMLElement) hint.hidden = !lines.every(looksLikeHours);
    }
  }

  /** The default radius is the same in every unit. */
  #grey() {
    const radius = this.#control("radius");
    if (radius) radius.placeholder = greyRadius(CONE_RADIUS, this.#text("unit"));
    this.targets?.grey();
    this.match?.grey();
  }

  #regionInUse() {
    const { shape } = this.region;
    if (shape === "list") return this.targets?.used ?? false;
    return shape === "match" ? (this.match?.used ?? false) : this.region.used;
  }
}

/** @param {HTMLInputElement | HTMLTextAreaElement} input */
function inUse(input) {
  return input instanceof HTMLInputElement && input.type === "checkbox"
    ? input.checked
    : input.value.trim() !== "";
}
