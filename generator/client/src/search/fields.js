/** One column's field in the form: its controls on one side, items of a search on the other. */
import { t } from "../strings.js";
import { Bins } from "./bins.js";
import { Brush } from "./brush.js";
import { kindOf } from "./columns.js";
import { Refused, parseItems, writeItems } from "./grammar.js";
import { condition } from "./sql.js";

/**
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./grammar.js").Item} Item
 */

export class Field {
  /** @type {Brush | null} */
  #brush = null;

  /** @param {HTMLElement} element @param {Column} column */
  constructor(element, column) {
    this.element = element;
    this.column = column;
    this.widget = element.dataset.widget ?? "none";
    /** @type {(HTMLInputElement | HTMLTextAreaElement)[]} */
    this.inputs = [...element.querySelectorAll("input, textarea")].map(
      (e) => /** @type {HTMLInputElement} */ (e),
    );
  }

  /** @param {string} part */
  #part(part) {
    return this.inputs.find((input) => input.dataset.part === part);
  }

  /** @returns {HTMLInputElement[]} */
  #choices() {
    return /** @type {HTMLInputElement[]} */ (this.inputs.filter((input) => input.dataset.part === "choice"));
  }

  /** @returns {Item[]} empty when nothing is asked; throws Refused */
  read() {
    const items = this.#read();
    if (items.length) condition(this.column, items);
    return items;
  }

  /** @returns {Item[]} */
  #read() {
    const text = (this.#part("text")?.value ?? "").trim();
    if (this.widget === "choices") {
      const ticked = this.#choices()
        .filter((box) => box.checked)
        .map((box) => /** @type {Item} */ ({ kind: "value", text: box.value }));
      return [...ticked, ...parseItems(text)];
    }
    if (this.widget === "range")
      return readRange((this.#part("low")?.value ?? "").trim(), (this.#part("high")?.value ?? "").trim());
    if (this.widget === "ids") {
      const list = this.#part("list")?.value ?? "";
      const separators = kindOf(this.column) === "text" ? /[\n\r\t;]+/g : /[\s;]+/g;
      return parseItems(list.trim().replace(separators, ","));
    }
    return parseItems(text);
  }

  /** @param {Item[]} items */
  write(items) {
    for (const box of this.#choices()) {
      box.checked = items.some((item) => item.kind === "value" && item.text === box.value);
    }
    const boxed = new Set(this.#choices().map((box) => box.value));
    const others = items.filter((item) => !(item.kind === "value" && boxed.has(item.text)));
    for (const input of this.inputs) {
      const part = input.dataset.part;
      if (part === "text") input.value = writeItems(others);
      if (part === "list")
        input.value = writeItems(items).replaceAll(",", kindOf(this.column) === "text" ? "," : "\n");
      if (part === "low" || part === "high") input.value = writeRange(items)[part];
    }
  }

  /** Draw the column's histogram over its two inputs. @param {import("./bins.js").Packed} packed */
  draw(packed) {
    const place = this.element.querySelector("[data-brush]");
    const [low, high] = [this.#part("low"), this.#part("high")];
    if (this.#brush || !(place instanceof HTMLElement)) return;
    if (!(low instanceof HTMLInputElement && high instanceof HTMLInputElement)) return;
    const bins = new Bins(packed, kindOf(this.column) === "whole");
    const language = document.documentElement.lang;
    this.#brush = new Brush(place, bins, { low, high, unit: this.column.unit ?? "", language });
  }

  /** The inputs may say something else now. */
  follow() {
    this.#brush?.follow();
  }

  /** @param {string} message "" takes it away */
  complain(message) {
    complain(this.element, message);
  }
}

/** @param {string} low @param {string} high @returns {Item[]} */
function readRange(low, high) {
  if (high === "" && /,|\.\./.test(low)) return parseItems(low);
  if (low === "" && high === "") return [];
  // a range from there on, or up to there, would be everything
  if (high === "" && /^(null|nan|[+-]?inf(inity)?)$/i.test(low)) return parseItems(low);
  if (/,|\.\./.test(low + high)) throw new Refused(t("Write a list or low..high in the first field alone."));
  return low === high ? [{ kind: "value", text: low }] : [{ kind: "range", low, high }];
}

/** @param {Item[]} items */
function writeRange(items) {
  const [item] = items;
  if (items.length === 1 && item.kind === "range" && (item.low || item.high))
    return { low: item.low, high: item.high };
  if (items.length === 1 && item.kind === "value" && !/,|\.\./.test(item.text))
    return { low: item.text, high: item.text };
  return { low: writeItems(items), high: "" };
}

/**
 * Say next to a field what is wrong with it.
 * @param {HTMLElement} element a .search-field @param {string} message "" takes it away
 */
export function complain(element, message) {
  const place = element.querySelector(".error-text");
  if (place instanceof HTMLElement) {
    place.textContent = message;
    place.hidden = !message;
  }
  for (const input of element.querySelectorAll("input:not([type=checkbox]):not([type=radio]), textarea")) {
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}
