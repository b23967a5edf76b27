/**
 * All values of one row, in a dialog: the columns of a wide table one below another, explained, and more than
 * the table shows. From row to row by buttons or by the arrow keys.
 */
import { format } from "../../shared/value-text.js";
import { bitsOf, readMask } from "../../search/mask-bits.js";
import { t } from "../../shared/strings.js";
import { writeCell } from "./line.js";
import { grouped, linkTo } from "./row-links.js";

/**
 * @typedef {Omit<import("../export/votable.js").Field, "type">} FieldFacts description of a column
 * @typedef {object} RowSource
 * @property {number} length rows in all
 * @property {FieldFacts[]} fields all fields of a row, in order
 * @property {(place: number) => Promise<Map<string, {value: unknown, type: string}>>} read returns the kept values, by column
 * @property {(row: Map<string, {value: unknown, type: string}>) => Promise<Map<string, {value: unknown, type: string}> | null>} more returns the remaining values
 * @property {(row: Map<string, {value: unknown, type: string}>, place: number) => import("./row-links.js").Place[]} links
 * @property {(text: string) => string | null} linkOf address of a text that is a link
 * @property {(place: number) => void} onLeave the dialog was closed at this row
 */

export class RowDialog {
  /** @type {RowSource | null} */
  #source = null;
  #place = 0;

  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.dialog = dialog;
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (dialog.querySelector(`[data-row-part="${name}"]`));
    this.title = /** @type {HTMLElement} */ (dialog.querySelector("h2"));
    this.body = /** @type {HTMLElement} */ (dialog.querySelector("tbody"));
    this.note = part("note");
    this.links = part("links");
    this.steps = /** @type {HTMLButtonElement[]} */ ([...dialog.querySelectorAll("[data-step]")]);
    for (const button of this.steps)
      button.addEventListener("click", () => this.#step(Number(button.dataset.step)));
    dialog.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#step(by);
    });
    dialog.addEventListener("close", () => this.#source?.onLeave(this.#place));
  }

  /** @param {RowSource} source @param {number} place from 0 */
  open(source, place) {
    this.#source = source;
    this.body.replaceChildren();
    this.#show(place);
    this.dialog.showModal();
  }

  /** The rows of the dialog are gone. */
  close() {
    this.#source = null;
    this.dialog.close();
  }

  /** @param {number} by */
  #step(by) {
    const to = this.#place + by;
    if (this.#source && to >= 0 && to < this.#source.length) this.#show(to);
  }

  /** @param {number} place */
  async #show(place) {
    const source = this.#source;
    if (!source) return;
    this.#place = place;
    const stale = () => this.#source !== source || this.#place !== place;
    const title = t("Row {n}", { n: place + 1 });
    if (!this.dialog.open) this.title.textContent = title;
    const [back, next] = this.steps;
    back.setAttribute("aria-disabled", String(place === 0));
    next.setAttribute("aria-disabled", String(place === source.length - 1));
    try {
      const row = await source.read(place);
      if (stale()) return;
      const unread = source.fields.some(({ name }) => !row.has(name));
      this.title.textContent = title;
      this.#fill(source.fields, row);
      this.#link(source.links(row, place));
      this.note.textContent = unread ? t("Reading the columns that the table does not show…") : "";
      const rest = unread ? await source.more(row) : null;
      if (stale()) return;
      if (rest) this.#fill(source.fields, new Map([...rest, ...row]));
      this.note.textContent =
        unread && !rest ? t("The other columns of this row cannot be found: it has no identifier here.") : "";
    } catch (error) {
      if (!stale()) this.note.textContent = /** @type {Error} */ (error).message;
    }
  }

  /** @param {FieldFacts[]} fields @param {Map<string, {value: unknown, type: string}>} row */
  #fill(fields, row) {
    this.body.replaceChildren(
      ...fields.map((field) => {
        const known = row.get(field.name);
        const link = known ? (this.#source?.linkOf(format(known.value, known.type)) ?? null) : null;
        return valueLine(field, known, link);
      }),
    );
  }

  /** @param {import("./row-links.js").Place[]} places */
  #link(places) {
    this.links.hidden = !places.length;
    this.links.replaceChildren(
      ...grouped(places).flatMap(([note, own]) => {
        const head = document.createElement("span");
        head.className = "hint";
        head.textContent = note;
        const list = document.createElement("ul");
        for (const place of own) {
          const item = document.createElement("li");
          item.append(linkTo(place));
          list.append(item);
        }
        return [head, list];
      }),
    );
  }
}

/**
 * The names of the bits that are set in a mask, each with its meaning.
 * @param {[number, string, string][]} bits @param {string} text
 */
function bitNames(bits, text) {
  const mask = readMask(text);
  const known = new Map(bits.map(([bit, name, about]) => [bit, { name, about }]));
  return (mask === null ? [] : bitsOf(mask)).map((bit) => {
    const { name, about } = known.get(bit) ?? { name: t("bit {n} (unknown)", { n: bit }), about: "" };
    const badge = document.createElement("span");
    badge.className = "badge warn bit-name";
    badge.textContent = name;
    badge.title = about;
    return badge;
  });
}

/**
 * One value of a row with its explanation.
 * @param {FieldFacts} field @param {{value: unknown, type: string} | undefined} known undefined where it is not read
 * @param {string | null} address where the value is a link
 */
export function valueLine(field, known, address) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.className = "mono";
  head.textContent = field.name;
  line.append(head);
  const cell = line.insertCell();
  cell.className = "value";
  if (known) {
    const text = format(known.value, known.type);
    writeCell(cell, text, address);
    if (field.bits) cell.append(...bitNames(field.bits, text));
    cell.classList.toggle(
      "missing",
      known.value === null || (field.missing ?? []).map(String).includes(text),
    );
  } else cell.classList.add("unread");
  line.insertCell().textContent = field.unit ?? "";
  line.insertCell().textContent = field.description ?? "";
  const ucd = line.insertCell();
  ucd.className = "mono";
  ucd.textContent = field.ucd ?? "";
  return line;
}
