/** Columns of the other catalogue to carry, chosen from a list that is made when it is opened. */
import { t } from "../../shared/strings.js";

/** @typedef {{ name: string, unit?: string | null, description?: string | null }} Offered */

/** With fewer columns there is nothing to find. */
const MANY = 12;

export class CarriedInput {
  /** @type {string[] | null} null for the usual ones */
  names = null;
  /** Number of the list that is being made: an older one may still arrive. */
  #turn = 0;

  /** @param {HTMLDetailsElement} place @param {() => Promise<Offered[]>} offer */
  constructor(place, offer) {
    this.place = place;
    this.offer = offer;
    const get = (/** @type {string} */ name) =>
      /** @type {any} */ (place.querySelector(`[data-carried="${name}"]`));
    /** @type {HTMLElement} */
    this.list = get("list");
    /** @type {HTMLElement} */
    this.count = get("count");
    /** @type {HTMLElement} */
    this.note = get("note");
    /** @type {HTMLInputElement} */
    this.find = get("find");
    place.addEventListener("toggle", () => place.open && !this.list.childElementCount && this.#fill());
    this.list.addEventListener("change", () => this.#read());
    this.find.addEventListener("input", () => this.#filter());
    this.find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    this.#say();
  }

  /** Another catalogue has been chosen. */
  clear() {
    this.show(null);
  }

  /** @param {string[] | null} names */
  show(names) {
    this.names = names;
    this.#turn++;
    this.list.replaceChildren();
    this.#note("");
    this.#say();
    if (this.place.open) void this.#fill();
  }

  async #fill() {
    const turn = ++this.#turn;
    this.#note(t("Reading the columns…"));
    try {
      const columns = await this.offer();
      if (turn !== this.#turn) return;
      this.list.replaceChildren(...columns.map((column) => this.#choice(column)));
      this.#note(columns.length ? "" : t("Choose a catalogue first."));
      const field = /** @type {HTMLElement} */ (this.find.parentElement);
      field.hidden = columns.length < MANY;
      this.#filter();
    } catch (error) {
      if (turn === this.#turn)
        this.#note(/** @type {Error} */ (error).message, !(error instanceof DOMException));
    }
  }

  /** @param {Offered} column */
  #choice({ name, unit, description }) {
    const label = document.createElement("label");
    label.className = "choice";
    if (description) label.title = description;
    const box = document.createElement("input");
    box.type = "checkbox";
    box.value = name;
    box.checked = this.names?.includes(name) ?? false;
    const text = document.createElement("span");
    text.className = "mono";
    text.textContent = name;
    label.append(box, text);
    if (unit) {
      const small = document.createElement("span");
      small.className = "unit";
      small.textContent = unit;
      label.append(small);
    }
    return label;
  }

  get #boxes() {
    return /** @type {HTMLInputElement[]} */ ([...this.list.querySelectorAll("input")]);
  }

  /** Columns keep the order in which they were chosen. */
  #read() {
    const checked = this.#boxes.filter((box) => box.checked).map((box) => box.value);
    const before = (this.names ?? []).filter((name) => checked.includes(name));
    const names = [...before, ...checked.filter((name) => !before.includes(name))];
    this.names = names.length ? names : null;
    this.#say();
  }

  #filter() {
    const wanted = this.find.value.trim().toLowerCase();
    for (const label of /** @type {Iterable<HTMLElement>} */ (this.list.children))
      label.hidden = !`${label.textContent} ${label.title}`.toLowerCase().includes(wanted);
  }

  #say() {
    this.count.textContent = this.names ? String(this.names.length) : t("the usual ones");
  }

  /** @param {string} text @param {boolean} [bad] */
  #note(text, bad = false) {
    this.note.textContent = text;
    this.note.hidden = !text;
    this.note.classList.toggle("error-text", bad);
  }
}
