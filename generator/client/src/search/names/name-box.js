/**
 * A box of positions that also takes names of objects: it suggests them while the reader types, and shows which position a name
 * stands for, and where that is from. Keys: arrows, Enter, Escape.
 */
import { lazily } from "../../shared/lazy.js";
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { nameIn } from "./named.js";

/**
 * @typedef {import("./objects.js").Named} Named
 * @typedef {{ra: number, dec: number, radius?: number}} Place deg, deg, arcsec
 */

const lists = lazily(() => import("./parts.js"));
let count = 0;

/** The names of this page, from its element `names`; null where it has none. */
export const openNames = lazily(async () => {
  const facts = factsOf();
  if (!facts) return null;
  const { loadNames } = await lists();
  return loadNames(facts);
});

/** @returns {import("../../formats.d.ts").NamesBlock | null} */
const factsOf = () =>
  JSON.parse(globalThis.document?.querySelector("script[data-names]")?.textContent ?? "null");

/** @param {string} name */
export const unknownName = (name) =>
  new Refused(
    t(
      "“{name}” is neither a position nor a name in the lists of this page. Examples: 10.6847 +41.2690 · 00:42:44 +41:16:09 · M 31 · NGC 224 · Vega · HD 48915",
      { name },
    ),
  );

/**
 * The position of a name, perhaps with a radius after it.
 * @param {string} text
 * @returns {Promise<(Place & {object: Named, name: string}) | null>} null for what is no name; throws Refused where it is not known
 */
export async function placeOfName(text) {
  const asked = nameIn(text);
  const names = asked && (await openNames());
  if (!asked || !names) return null;
  const object = names.find(asked.name);
  if (!object) throw unknownName(asked.name);
  const { ra, dec } = object;
  return { ra, dec, radius: asked.radius, object, name: asked.name };
}

export class NameBox {
  /** @type {Named[]} */
  #shown = [];
  #current = -1;

  /**
   * @param {HTMLInputElement} input @param {HTMLElement} below element behind which messages stand
   * @param {(place: Place) => void} onChosen writes the position into the form
   * @param {() => boolean} [takes] whether the box takes names now
   */
  constructor(input, below, onChosen, takes = () => true) {
    this.input = input;
    this.onChosen = onChosen;
    this.takes = takes;
    const id = `names-${(count += 1)}`;
    this.list = document.createElement("ul");
    this.list.className = "name-list";
    this.list.id = id;
    this.list.hidden = true;
    this.note = document.createElement("p");
    this.note.className = "hint wide name-note";
    this.note.setAttribute("aria-live", "polite");
    this.note.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", t("Objects of this name"));
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": id,
    }))
      input.setAttribute(name, value);
    input.after(this.list);
    below.after(this.note);
    input.addEventListener("input", () => {
      this.#say("");
      this.#suggest();
    });
    input.addEventListener("compositionend", () => this.#suggest());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("li") : null;
      if (option) this.#choose([...this.list.children].indexOf(option));
    });
  }

  /** Suggest objects for what is typed so far. */
  async #suggest() {
    const { value } = this.input;
    const asked = this.takes() ? nameIn(value) : null;
    // one Chinese character says as much as several letters
    if (!asked || !/[^\p{ASCII}]|../u.test(asked.name)) return this.#close();
    const [names, { shownNames }] = await Promise.all([openNames().catch(() => null), lists()]);
    if (!names || this.input.value !== value || document.activeElement !== this.input) return;
    this.#shown = names.suggest(asked.name);
    const { lang } = document.documentElement;
    this.list.replaceChildren(
      ...this.#shown.map((object, i) => this.#option(object, shownNames(object, asked.name, lang), i)),
    );
    this.list.hidden = !this.#shown.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#mark(-1);
  }

  /** @param {Named} object @param {string[]} names @param {number} i */
  #option(object, names, i) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${i}`;
    option.setAttribute("role", "option");
    const name = document.createElement("strong");
    name.textContent = names[0];
    const others = document.createElement("span");
    others.textContent = names.slice(1).join(" · ");
    const place = document.createElement("span");
    place.className = "num";
    place.textContent = placeText(object);
    option.append(name, " ", others, " ", place);
    return option;
  }

  /** @param {number} at */
  #mark(at) {
    this.#current = at;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    const option = this.list.children[at];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || this.list.hidden) return;
    const last = this.#shown.length - 1;
    if (event.key === "ArrowDown") this.#mark(this.#current >= last ? 0 : this.#current + 1);
    else if (event.key === "ArrowUp") this.#mark(this.#current <= 0 ? last : this.#current - 1);
    else if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && this.#current >= 0) this.#choose(this.#current);
    else return;
    event.preventDefault();
  }

  /** @param {number} i of a suggestion */
  #choose(i) {
    const asked = nameIn(this.input.value);
    const object = this.#shown[i];
    if (!object || !asked) return;
    this.#close();
    this.#take(object, asked);
  }

  /** @param {Named} object @param {{name: string, radius?: number}} asked */
  async #take(object, { name, radius }) {
    this.onChosen({ ra: object.ra, dec: object.dec, radius });
    await this.tell(object, name);
  }

  /** Show what a name stands for. @param {Named} object @param {string} name as it was written */
  async tell(object, name) {
    const { shownNames } = await lists();
    const names = shownNames(object, name, document.documentElement.lang).join(" · ");
    this.#say(
      t("{names}: {place} (from {source})", { names, place: placeText(object), source: object.source }),
    );
  }

  /** @param {string} text "" for none */
  #say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }

  clear() {
    this.#say("");
    this.#close();
  }

  /** Replace a name that was typed, and not chosen, by its position. @returns {Promise<void>} throws Refused where it is not known */
  async settle() {
    try {
      const found = this.takes() ? await placeOfName(this.input.value) : null;
      if (found) await this.#take(found.object, found);
    } catch (error) {
      if (error instanceof Refused) this.#offerResolver();
      throw error;
    } finally {
      this.#close();
    }
  }

  /** Offer to ask the resolver that the team allows: nothing is sent before the reader presses the button. */
  #offerResolver() {
    const resolver = factsOf()?.resolver;
    const asked = nameIn(this.input.value);
    if (!resolver || !asked) return;
    const { hostname } = new URL(resolver);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = t("Ask {host} for “{name}”", { host: hostname, name: asked.name });
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const { askSesame } = await lists();
        await this.#take(await askSesame(resolver, asked.name), asked);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.#say(error.message);
      }
    });
    this.note.replaceChildren(button);
    this.note.hidden = false;
  }
}

/** @param {{ra: number, dec: number}} place */
const placeText = ({ ra, dec }) => `${ra.toFixed(4)} ${dec < 0 ? "−" : "+"}${Math.abs(dec).toFixed(4)}`;
