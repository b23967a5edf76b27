/** One row of a table: its tick box, its tools, its values as text, never as markup. */
import { format } from "../../shared/value-text.js";
import { t } from "../../shared/strings.js";
import { isNumeric } from "../format.js";

/** @typedef {import("../export/votable.js").Field} Field */

/** Rows of the head, which are counted first for screen readers. */
export const HEADS = 2;

export function tickBox(label = "") {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.className = "tick";
  box.tabIndex = -1;
  box.setAttribute("aria-label", label);
  return box;
}

/** @param {string} name of its class */
function tool(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = name;
  button.tabIndex = -1;
  return button;
}

/** @param {HTMLElement} cell @param {string} text @param {string | null} address where the text is a link */
export function writeCell(cell, text, address) {
  const inside = cell.firstChild;
  // only the text of a reused cell changes, which costs the browser less than a new node
  if (text && inside instanceof Text && !inside.nextSibling) inside.data = text;
  else cell.textContent = text;
  if (address === null) return;
  const link = document.createElement("a");
  link.href = address;
  link.tabIndex = cell.tabIndex;
  link.textContent = text;
  cell.replaceChildren(link);
}

/** A cell's full value, where the table shows a part of its digits. @param {HTMLElement | null | undefined} cell */
export const whole = (cell) => cell?.dataset.whole ?? cell?.textContent ?? "";

/** Creates and fills the rows of one table. */
export class Lines {
  /**
   * @param {Field[]} fields @param {boolean} linked rows have links to elsewhere
   * @param {(text: string) => string | null} linkOf address of a text that is a link
   * @param {((row: unknown[]) => string[]) | null} [issues] titles of the known issues of a row
   */
  constructor(fields, linked, linkOf, issues = null) {
    this.issues = issues;
    this.fields = fields;
    this.linked = linked;
    this.linkOf = linkOf;
    this.missing = fields.map((field) => new Set((field.missing ?? []).map(String)));
    this.numeric = fields.map((field) => isNumeric(field.type));
  }

  /** Number of cells in front of the values. */
  get tools() {
    return this.linked ? 3 : 2;
  }

  /** @param {number} place from 0 */
  make(place) {
    const line = document.createElement("tr");
    const tools = [tickBox(), tool("row-open"), ...(this.linked ? [tool("row-links")] : [])];
    tools.forEach((one, i) => {
      const cell = line.insertCell();
      cell.className = `row-tools tool-${i}`;
      cell.append(one);
    });
    this.fields.forEach((field, i) => {
      const cell = line.insertCell();
      cell.dataset.column = field.name;
      cell.tabIndex = -1;
      if (this.numeric[i]) cell.className = "num";
      if (i === 0) cell.classList.add("pinned");
    });
    this.number(line, place);
    line.className = "pending";
    return line;
  }

  /** @param {HTMLTableRowElement} line @param {number} place */
  number(line, place) {
    const n = place + 1;
    line.dataset.row = String(n);
    line.ariaRowIndex = String(n + HEADS);
    const labels = [
      t("Mark row {n}", { n }),
      t("All values of row {n}", { n }),
      t("Row {n} elsewhere", { n }),
    ];
    for (let i = 0; i < this.tools; i++)
      /** @type {HTMLElement} */ (line.cells[i].firstElementChild).ariaLabel = labels[i];
  }

  /** Remove the values of a row that is used for another one. @param {HTMLTableRowElement} line */
  blank(line) {
    line.className = "pending";
    for (const cell of [...line.cells].slice(this.tools)) {
      cell.textContent = cell.title = "";
      cell.classList.remove("missing");
      delete cell.dataset.whole;
    }
    this.flag(line, []);
  }

  /** @param {HTMLTableRowElement} line @param {unknown[]} row */
  fill(line, row) {
    line.classList.remove("pending");
    const { tools } = this;
    row.forEach((value, i) => {
      const cell = line.cells[i + tools];
      const full = format(value, this.fields[i].type);
      const { digits } = this.fields[i];
      const text = digits !== undefined && typeof value === "number" ? value.toFixed(digits) : full;
      writeCell(cell, text, typeof value === "string" ? this.linkOf(text) : null);
      cell.classList.toggle("missing", value === null || this.missing[i].has(text));
      if (text !== full) cell.dataset.whole = full;
      else delete cell.dataset.whole;
      const title = text.length > 24 || text !== full ? full : "";
      if (cell.title !== title) cell.title = title;
    });
    this.flag(line, this.issues?.(row) ?? []);
  }

  /** @param {HTMLTableRowElement} line @param {string[]} titles of known issues */
  flag(line, titles) {
    const button = /** @type {HTMLElement} */ (line.cells[1].firstElementChild);
    button.classList.toggle("flagged", titles.length > 0);
    button.title = titles.length ? `${t("Known issues")}: ${titles.join(" · ")}` : "";
    const label = t("All values of row {n}", { n: Number(line.dataset.row) });
    button.ariaLabel = titles.length ? `${label} (${button.title})` : label;
  }

  /** @param {HTMLTableRowElement} line @param {boolean} on */
  mark(line, on) {
    line.ariaSelected = String(on);
    /** @type {HTMLInputElement} */ (line.cells[0].firstElementChild).checked = on;
  }
}
