/** All columns of all catalogues: found as the reader types, sorted, with the query in the address. */
import { t } from "../shared/strings.js";

/**
 * @typedef {object} Wanted
 * @property {string} find words that must all occur
 * @property {string} catalogue
 * @property {string} type
 * @property {string} ucd beginning of a word of the UCD
 * @property {boolean} missing rows without a value
 * @property {boolean} differ descriptions differ between catalogues
 * @property {string} sort key, `-` before it for the reverse
 */
/** @typedef {{text: string, catalogues: string[], types: string[], ucds: string[], missing: number, differ: boolean}} Facts */

const WORDS = /** @type {const} */ (["find", "catalogue", "type", "ucd", "sort"]);
const MARKS = /** @type {const} */ (["missing", "differ"]);

/** @param {string} query @returns {Wanted} */
export function readWanted(query) {
  const given = new URLSearchParams(query);
  const words = Object.fromEntries(WORDS.map((name) => [name, given.get(name) ?? ""]));
  const marks = Object.fromEntries(MARKS.map((name) => [name, given.get(name) === "1"]));
  return /** @type {any} */ ({ ...words, ...marks });
}

/**
 * The address's query, with the parameters of others unchanged.
 * @param {Wanted} wanted @param {string} query
 */
export function writeWanted(wanted, query) {
  const given = new URLSearchParams(query);
  for (const name of [...WORDS, ...MARKS]) given.delete(name);
  for (const name of WORDS) if (wanted[name].trim()) given.set(name, wanted[name].trim());
  for (const name of MARKS) if (wanted[name]) given.set(name, "1");
  const text = String(given);
  return text && `?${text}`;
}

/** @param {Facts} facts @param {Wanted} wanted */
export function matches(facts, wanted) {
  const words = wanted.find.toLowerCase().split(/\s+/).filter(Boolean);
  const tree = wanted.ucd.toLowerCase();
  return (
    words.every((word) => facts.text.includes(word)) &&
    (!wanted.catalogue || facts.catalogues.includes(wanted.catalogue)) &&
    (!wanted.type || facts.types.includes(wanted.type)) &&
    (!tree || facts.ucds.some((ucd) => ucd === tree || ucd.startsWith(`${tree}.`))) &&
    (!wanted.missing || facts.missing > 0) &&
    (!wanted.differ || facts.differ)
  );
}

/** @param {HTMLElement} row @returns {Facts} */
function factsOf(row) {
  const { name = "", words = "", catalogues = "", type = "", ucd = "", missing, differ } = row.dataset;
  const list = (/** @type {string} */ text, /** @type {RegExp} */ by) => text.split(by).filter(Boolean);
  return {
    text: `${name} ${row.textContent ?? ""} ${words}`.toLowerCase(),
    catalogues: list(catalogues, /\s+/),
    types: list(type, /\s+/),
    ucds: list(ucd.toLowerCase(), /[;\s]+/),
    missing: Number(missing),
    differ: Boolean(differ),
  };
}

/** @param {HTMLElement} row @param {string} key */
const keyOf = (row, key) =>
  key === "missing" ? Number(row.dataset.missing) : (row.dataset[key] ?? "").trim().toLowerCase();

/** @param {HTMLFormElement} form */
export function columnSearch(form) {
  new ColumnSearch(form).begin();
}

class ColumnSearch {
  #sort = "";

  /** @param {HTMLFormElement} form */
  constructor(form) {
    const table = /** @type {HTMLTableElement} */ (document.getElementById("all-columns"));
    this.form = form;
    this.status = /** @type {HTMLElement} */ (document.getElementById("column-status"));
    this.body = table.tBodies[0];
    this.rows = [...this.body.rows];
    this.facts = new Map(this.rows.map((row) => [row, factsOf(row)]));
    this.heads = /** @type {HTMLElement[]} */ ([...table.querySelectorAll("th[data-sort]")]);
  }

  begin() {
    const { form } = this;
    this.#write(readWanted(location.search));
    for (const head of this.heads) this.#makeButton(head);
    form.addEventListener("input", () => this.#apply());
    form.addEventListener("reset", () => {
      this.#sort = "";
      setTimeout(() => {
        this.#order();
        this.#apply();
      });
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    keys(/** @type {HTMLInputElement} */ (form.elements.namedItem("find")), this.rows);
    form.hidden = false;
    for (const note of document.querySelectorAll("#find-keys"))
      /** @type {HTMLElement} */ (note).hidden = false;
    if (this.#sort) this.#order();
    this.#apply();
  }

  /** Show a query in the form. @param {Wanted} asked */
  #write(asked) {
    const { elements } = this.form;
    for (const name of WORDS) {
      const element = /** @type {HTMLInputElement | null} */ (elements.namedItem(name));
      if (element) element.value = asked[name];
    }
    for (const name of MARKS)
      /** @type {HTMLInputElement} */ (elements.namedItem(name)).checked = asked[name];
    const known = this.heads.map((head) => head.dataset.sort);
    this.#sort = known.includes(asked.sort.replace(/^-/, "")) ? asked.sort : "";
  }

  /** The query in the form. @returns {Wanted} */
  #wanted() {
    const given = new FormData(this.form);
    const word = (/** @type {string} */ name) => String(given.get(name) ?? "");
    return {
      find: word("find"),
      catalogue: word("catalogue"),
      type: word("type"),
      ucd: word("ucd"),
      missing: given.has("missing"),
      differ: given.has("differ"),
      sort: this.#sort,
    };
  }

  /** @param {HTMLElement} head */
  #makeButton(head) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort-head";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const key = head.dataset.sort ?? "";
      this.#sort = this.#sort === key ? `-${key}` : this.#sort === `-${key}` ? "" : key;
      this.#order();
      this.#apply();
    });
  }

  #order() {
    const key = this.#sort.replace(/^-/, "");
    const way = this.#sort.startsWith("-") ? -1 : 1;
    const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
    const by = (/** @type {HTMLElement} */ a, /** @type {HTMLElement} */ b) => {
      const [one, other] = [keyOf(a, key), keyOf(b, key)];
      if (one === "" || other === "") return Number(one === "") - Number(other === "");
      return way * (typeof one === "number" ? one - Number(other) : compare(one, String(other)));
    };
    this.body.append(...(key ? this.rows.toSorted(by) : this.rows));
    for (const head of this.heads) {
      const on = head.dataset.sort === key;
      if (on) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  }

  /** Show the matching rows, and update the address. */
  #apply() {
    const now = this.#wanted();
    let found = 0;
    for (const row of this.rows) {
      const shown = matches(/** @type {Facts} */ (this.facts.get(row)), now);
      row.hidden = !shown;
      found += Number(shown);
    }
    this.status.textContent = found
      ? t("{n} of {all} columns", { n: found, all: this.rows.length })
      : t("No column matches.");
    const query = writeWanted(now, location.search);
    history.replaceState(history.state, "", `${location.pathname}${query}${location.hash}`);
  }
}

/**
 * `/` focuses the field, the arrows move through the columns found.
 * @param {HTMLInputElement} field @param {HTMLElement[]} rows
 */
function keys(field, rows) {
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = /** @type {HTMLElement} */ (event.target);
    const inRow = at.closest("#all-columns tbody th");
    if (event.key === "/" && !at.closest("input, select, textarea")) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (inRow || at === field)) {
      const table = rows[0]?.parentElement;
      const links = [
        .../** @type {NodeListOf<HTMLElement>} */ (
          table?.querySelectorAll("tr:not([hidden]) .column-name") ?? []
        ),
      ];
      const next = links.indexOf(at) + (event.key === "ArrowDown" ? 1 : -1);
      if (at === field && event.key === "ArrowUp") return;
      event.preventDefault();
      (links[next] ?? (next < 0 ? field : at)).focus();
    }
  });
}
