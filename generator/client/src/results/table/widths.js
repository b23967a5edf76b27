/**
 * Widths of a table's columns: measured on the first rows seen, then fixed, so that nothing jumps while scrolling.
 * A column grows when a longer value comes, unless the reader has set its width.
 */

const LEAST = 40;
const MOST = 448;

export class Widths {
  /** @type {Map<string, number>} set by the reader, kept for the next table */
  #said;
  /** @type {Map<string, number>} */
  #now = new Map();
  /** @type {Map<string, HTMLTableColElement>} */
  #cols = new Map();

  /**
   * @param {HTMLTableElement} table @param {string[]} names @param {number} tools columns in front
   * @param {Map<string, number>} said
   */
  constructor(table, names, tools, said) {
    this.table = table;
    this.tools = tools;
    this.#said = said;
    const group = table.insertBefore(document.createElement("colgroup"), table.tHead);
    for (let i = 0; i < tools; i++) group.appendChild(document.createElement("col")).className = `tool-${i}`;
    for (const name of names) {
      const col = group.appendChild(document.createElement("col"));
      this.#cols.set(name, col);
    }
  }

  get fixed() {
    return this.#now.size > 0;
  }

  /** Adopt the widths of the browser's layout. */
  fix() {
    if (this.fixed) return;
    const heads = /** @type {HTMLTableRowElement} */ (this.table.tHead?.rows[0]);
    const cells = [...heads.cells];
    const wide = cells.map((cell) => cell.getBoundingClientRect().width);
    if (!wide.some(Boolean)) return;
    this.before = wide.slice(0, this.tools).reduce((all, one) => all + one, 0);
    const cols = /** @type {NodeListOf<HTMLElement>} */ (this.table.querySelectorAll("col"));
    for (let i = 0; i < this.tools; i++) if (wide[i]) cols[i].style.width = `${wide[i]}px`;
    cells.slice(this.tools).forEach((cell, i) => {
      const name = cell.dataset.column ?? "";
      this.#now.set(name, this.#said.get(name) ?? Math.ceil(wide[i + this.tools]));
    });
    this.#lay();
  }

  before = 0;

  #lay() {
    let all = this.before;
    for (const [name, col] of this.#cols) {
      const width = this.#now.get(name) ?? LEAST;
      col.style.width = `${width}px`;
      all += width;
    }
    this.table.style.width = `${all}px`;
    this.table.classList.add("fixed");
  }

  /** @param {string} name @param {number} by */
  widen(name, by) {
    this.fix();
    const width = Math.max(LEAST, (this.#now.get(name) ?? LEAST) + by);
    this.#said.set(name, width);
    this.#now.set(name, width);
    this.#lay();
  }

  /** Fit a column to its visible values, whatever width was set. @param {string} name */
  fit(name) {
    this.#said.delete(name);
    this.#now.set(name, LEAST);
    this.#lay();
    const cells = this.table.querySelectorAll(`:is(th, td)[data-column="${CSS.escape(name)}"]`);
    let width = LEAST;
    for (const cell of cells) width = Math.max(width, cell.scrollWidth + 2);
    this.#now.set(name, width);
    this.#lay();
  }

  /** Widen columns whose values do not fit. @param {Iterable<HTMLTableRowElement>} lines */
  grow(lines) {
    let grown = false;
    const wanted = new Map();
    for (const line of lines) {
      for (const cell of line.cells) {
        const name = cell.dataset.column;
        if (name === undefined || this.#said.has(name) || cell.scrollWidth <= cell.clientWidth) continue;
        wanted.set(name, Math.max(wanted.get(name) ?? 0, cell.scrollWidth + 4));
      }
    }
    for (const [name, width] of wanted) {
      const most = Math.min(width, MOST);
      if (most <= (this.#now.get(name) ?? 0)) continue;
      this.#now.set(name, most);
      grown = true;
    }
    if (grown) this.#lay();
  }
}
