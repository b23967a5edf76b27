/** One column's field in the form: its controls on one side, items of a search on the other. */
import { t } from "../../shared/strings.js";
import { Bins } from "./bins.js";
import { Brush } from "./brush.js";
import { kindOf } from "../columns.js";
import { Refused, writeItems } from "../grammar.js";
import { readItems } from "../habits.js";
import { condition } from "../conditions.js";

/**
 * @typedef {import("../columns.js").Column} Column
 * @typedef {import("../grammar.js").Item} Item
 */

/** Where an error in a parameter of a permalink is shown: next to which field, with which region selected. @type {Record<string, { field: string, shape?: string }>} */
export const FIELDS = {
  cone: { field: "ra" },
  box: { field: "ra_min" },
  targets: { field: "targets", shape: "list" },
  match: { field: "targets", shape: "list" },
  match_radius: { field: "targets", shape: "list" },
  match_with: { field: "match_with", shape: "match" },
  match_columns: { field: "match_with", shape: "match" },
};

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
    this.#describe();
  }

  /** Say which texts describe the controls. */
  #describe() {
    const hint = this.element.querySelector(":scope > .hint");
    const error = this.element.querySelector(":scope > .error-text");
    if (hint instanceof HTMLElement) hint.title = hint.textContent ?? "";
    const ids = [hint?.id, error?.id].filter(Boolean).join(" ");
    const controls = this.inputs.filter((input) => input.dataset.part !== "choice");
    for (const one of [...controls, ...this.element.querySelectorAll("fieldset, [role=group]")])
      one.setAttribute("aria-describedby", ids);
  }

  /** @param {string} part */
  #part(part) {
    return this.inputs.find((input) => input.dataset.part === part);
  }

  /** @returns {HTMLInputElement[]} */
  #choices() {
    return /** @type {HTMLInputElement[]} */ (this.inputs.filter((input) => input.dataset.part === "choice"));
  }

  /** @returns {Item[]} empty for an empty field; throws Refused */
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
      return this.settle([...ticked, ...readItems(this.column, this.#separated(text))]);
    }
    if (this.widget === "range") return this.#readRange();
    if (this.widget === "ids") {
      const list = this.#part("list")?.value ?? "";
      return readItems(this.column, this.#separated(list));
    }
    return readItems(this.column, this.#separated(text));
  }

  /** A list with commas between its values, whatever separated them; quoted text is literal. @param {string} text */
  #separated(text) {
    const kind = kindOf(this.column);
    if (kind !== "text" && this.widget !== "ids") return text;
    const between = kind === "text" ? /\s*[\n\r\t;，；、]+\s*/g : /[\s;，；、]+/g;
    return text
      .trim()
      .split(/("(?:[^"]|"")*"?)/)
      .map((part, i) => (i % 2 ? part : part.replace(between, ",")))
      .join("");
  }

  /**
   * A text that is not among the column's values is replaced by one that differs from it only in letter case or blanks.
   * @param {Item[]} items @returns {Item[]}
   */
  settle(items) {
    const values = kindOf(this.column) === "text" ? this.#choices().map((box) => box.value) : [];
    const same = (/** @type {string} */ one, /** @type {string} */ other) =>
      one.trim().toLowerCase() === other.trim().toLowerCase();
    return items.map((item) => {
      if (item.kind !== "value" || values.includes(item.text)) return item;
      const found = values.filter((value) => same(value, item.text));
      return found.length === 1 ? { kind: "value", text: found[0] } : item;
    });
  }

  /** Two boxes: the ends of a range, or the whole condition in one of them. @returns {Item[]} */
  #readRange() {
    const boxes = [this.#part("low"), this.#part("high")];
    const [low, high] = boxes.map((input) => (input?.value ?? "").trim());
    if (low === "" && high === "") return [];
    // the extremes of the column are shown in the boxes in grey
    const [least, most] = boxes.map((input) => (input?.placeholder ? Number(input.placeholder) : NaN));
    const read = (/** @type {string} */ text) => {
      const items = readItems(this.column, text, { low: least, high: most });
      const [item, ...more] = items;
      // a number alone is an end, =50 is not
      return /^[=＝]/.test(text) && item?.kind === "value" && !more.length
        ? [/** @type {Item} */ ({ kind: "range", low: item.text, high: item.text })]
        : items;
    };
    return joinEnds(low ? read(low) : [], high ? read(high) : []);
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

  /** Show a text that was refused. @param {string} text */
  restore(text) {
    const part = { range: "low", ids: "list" }[this.widget] ?? "text";
    for (const input of this.inputs) if (input.dataset.part === part) input.value = text;
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

  /** Called when the inputs may have changed. */
  follow() {
    this.#brush?.follow();
  }

  /** @param {string} message "" removes it */
  complain(message) {
    complain(this.element, message);
  }
}

/** Items that are literal when alone: as the start or end of a range they would match everything. */
const NO_END = /^(nan|[+\-\u2212]?inf(inity)?)$/i;

/**
 * A number alone is the end of a range that belongs to its box; anything else is the whole condition, or an end with a sign.
 * @param {Item[]} first @param {Item[]} second @returns {Item[]}
 */
function joinEnds(first, second) {
  const low = endOf(first, "low");
  const high = endOf(second, "high");
  if (!second.length)
    return low && low.kind === "value" && !NO_END.test(low.text)
      ? [{ kind: "range", low: low.text, high: "" }]
      : first;
  if (!first.length)
    return high && high.kind === "value" && !NO_END.test(high.text)
      ? [{ kind: "range", low: "", high: high.text }]
      : second;
  if (!low || !high) throw new Refused(t("Write a list or low..high in the first field alone."));
  if (low.kind === "value" && high.kind === "value" && low.text === high.text) return [low];
  return [
    {
      kind: "range",
      low: low.kind === "value" ? low.text : low.low,
      high: high.kind === "value" ? high.text : high.high,
      ...(low.kind === "range" && low.above ? { above: true } : {}),
      ...(high.kind === "range" && high.below ? { below: true } : {}),
    },
  ];
}

/**
 * Read the end of a range from its box: a value, or `>50` in the first and `<=100` in the second.
 * @param {Item[]} items @param {"low" | "high"} end
 */
function endOf([item, ...more], end) {
  if (!item || more.length || item.kind === "pattern" || item.kind === "null") return null;
  return item.kind === "value" || item[end === "low" ? "high" : "low"] === "" ? item : null;
}

/** @param {Item[]} items */
function writeRange(items) {
  const [item] = items;
  if (items.length === 1 && item.kind === "range" && (item.low || item.high))
    return { low: `${item.above ? ">" : ""}${item.low}`, high: `${item.below ? "<" : ""}${item.high}` };
  if (items.length === 1 && item.kind === "value" && !/,|\.\./.test(item.text))
    return { low: item.text, high: item.text };
  // a blank after the comma: without one it may separate thousands
  return { low: items.map((one) => writeItems([one])).join(", "), high: "" };
}

/**
 * Show an error next to a field.
 * @param {HTMLElement} element a .search-field @param {string} message "" removes it
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

/**
 * Show a value of a permalink that was refused, where it is not that of a column.
 * @param {HTMLElement} form @param {string} parameter @param {string} value
 */
export function restore(form, parameter, value) {
  const parts = { box: ["ra_min", "ra_max", "dec_min", "dec_max"], cone: ["ra"] }[parameter] ?? [parameter];
  const values = parts.length > 1 ? value.split(",") : [value];
  parts.forEach((part, i) => {
    const name = CSS.escape(part);
    const control = form.querySelector(part === "targets" ? '[data-target="text"]' : `[data-part="${name}"]`);
    if (!(control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement)) return;
    // the last field shows what there is more
    control.value = (i < parts.length - 1 ? values[i] : values.slice(i).join(",")) ?? "";
  });
}

/** Scroll to a field, and open the folds around it. @param {HTMLElement} field */
function goTo(field) {
  for (let at = field.closest("details"); at; at = at.parentElement?.closest("details") ?? null)
    at.open = true;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}

/** Go to the field that the address names. @param {string} hash */
export function goToField(hash) {
  const field = hash.startsWith("#f-") && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (field) goTo(field);
}

/** Go to the field of a part of the search. @param {HTMLElement} form @param {import("./chips.js").Part} part */
export function showPart(form, { column, place }) {
  const inside = column === undefined ? null : `[data-field="${CSS.escape(column)}"] :is(input, textarea)`;
  const field = form.querySelector(inside ?? place ?? "input");
  if (field instanceof HTMLElement) goTo(field);
}
