/** The search box of the finder: a field, and below it the hits while the reader types. Keys: arrows, Enter, Escape. */
import { t } from "../shared/strings.js";
import { SHOWN } from "./document-index.js";
import { highlight, snippet } from "./snippet.js";

/** @typedef {import("./document-index.js").Hit} Hit */

let count = 0;

/**
 * @param {string} tag
 * @param {string} name
 * @param {(string | Node)[]} inside
 */
function make(tag, name, ...inside) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside);
  return element;
}

/**
 * @param {string} text
 * @param {string[]} terms
 */
const marked = (text, terms) =>
  highlight(text, terms).map((part) => (part.found ? make("mark", "", part.text) : part.text));

export class Box {
  /**
   * @param {(query: string) => Hit[]} search
   * @param {string} base from the page to the site's folder
   */
  constructor(search, base) {
    this.search = search;
    this.base = base;
    this.current = -1;
    const id = `find-${(count += 1)}`;
    this.field = /** @type {HTMLInputElement} */ (make("input", "find-field"));
    this.field.type = "search";
    this.field.id = `${id}-field`;
    this.field.autocomplete = "off";
    this.field.spellcheck = false;
    this.field.placeholder = t("Words, a column, a unit…");
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": `${id}-list`,
      "aria-label": t("Find in documents and columns"),
    })) {
      this.field.setAttribute(name, value);
    }
    this.list = make("div", "find-list");
    this.list.id = `${id}-list`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", t("Found"));
    this.list.hidden = true;
    this.status = make("p", "find-status hint");
    this.status.setAttribute("role", "status");
    this.element = make("div", "find-box", this.field, this.status, this.list);
    this.field.addEventListener("input", () => this.show());
    this.field.addEventListener("keydown", (event) => this.key(event));
  }

  get options() {
    return /** @type {HTMLAnchorElement[]} */ ([...this.list.children]);
  }

  show() {
    const query = this.field.value.trim();
    const hits = query ? this.search(query) : [];
    this.list.replaceChildren(...hits.map((hit, at) => this.option(hit, at)));
    this.list.scrollTop = 0;
    this.list.hidden = !hits.length;
    this.field.setAttribute("aria-expanded", String(hits.length > 0));
    this.choose(hits.length ? 0 : -1);
    this.status.textContent = !query
      ? ""
      : !hits.length
        ? t("Nothing found for “{query}”. Try fewer or other words.", { query })
        : hits.length === SHOWN
          ? t("The best {n}", { n: SHOWN })
          : t("Found: {n}", { n: hits.length });
  }

  /**
   * @param {Hit} hit
   * @param {number} at
   */
  option({ record: [kind, title, heading, href, text], terms }, at) {
    const link = /** @type {HTMLAnchorElement} */ (make("a", "find-hit"));
    link.href = this.base + href;
    link.id = `${this.list.id}-${at}`;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    const name = make("span", kind === "column" ? "find-title mono" : "find-title", ...marked(title, terms));
    const head = make("span", "find-head", name);
    if (heading) head.append(make("span", "find-heading", ...marked(heading, terms)));
    head.append(make("span", "find-kind", this.kind(kind)));
    link.append(head);
    if (text) link.append(make("span", "find-text", ...marked(snippet(text, terms), terms)));
    link.addEventListener("pointermove", () => this.choose(at, false));
    return link;
  }

  /** @param {string} kind */
  kind(kind) {
    /** @type {Record<string, string>} */
    const names = {
      column: t("Column"),
      catalogue: t("Catalogue"),
      document: t("Document"),
      question: t("Question"),
      issue: t("Known issue"),
      page: t("Page"),
    };
    return names[kind] ?? "";
  }

  /**
   * @param {number} at
   * @param {boolean} [scroll]
   */
  choose(at, scroll = true) {
    this.options.forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    this.current = at;
    const option = this.options[at];
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    if (option && scroll) option.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing) return; // the keys of an input method choose characters, not hits
    const last = this.options.length - 1;
    if (event.key === "ArrowDown") this.choose(this.current >= last ? 0 : this.current + 1);
    else if (event.key === "ArrowUp") this.choose(this.current <= 0 ? last : this.current - 1);
    else if (event.key === "Escape" && this.field.closest("dialog")) this.field.closest("dialog")?.close();
    else if (event.key === "Enter") this.options[this.current]?.click();
    else return;
    event.preventDefault();
  }
}
