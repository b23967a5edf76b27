/** Report on the targets of a list, or on values listed for a column: how many were found, and which were not. */
import { MOST_IN_LINK } from "../search/targets/target-link.js";
import { t } from "../shared/strings.js";
import { csvHead, csvRows } from "./export/csv.js";
import { deliver } from "./export/deliver.js";
import { fileName } from "./format.js";

/**
 * @typedef {import("../search/targets/roles.js").Targets} Targets
 * @typedef {object} Unmatched
 * @property {string[]} heads of the file
 * @property {number} count
 * @property {(i: number) => string[]} cells
 * @property {(i: number) => string} [place] in the list
 */

const MOST_SHOWN = 100;
/** Most values that are listed in the sentence itself. */
const FIRST = 5;
const ROWS = 10_000;

export class TargetReport {
  /** @type {Unmatched | null} */
  #unmatched = null;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.facts = /** @type {HTMLElement} */ (place.querySelector("[data-report='facts']"));
    this.fold = /** @type {HTMLDetailsElement} */ (place.querySelector("details"));
    this.list = /** @type {HTMLElement} */ (place.querySelector("[data-report='list']"));
    this.more = /** @type {HTMLElement} */ (place.querySelector("[data-report='more']"));
    place.querySelector("button")?.addEventListener("click", () => this.#save());
  }

  hide() {
    this.place.hidden = true;
    this.#unmatched = null;
  }

  /** @param {Targets} targets @param {Uint8Array} matched 1 for each with a match */
  show({ rows, table }, matched) {
    const unmatched = rows.filter((_, i) => !matched[i]);
    const [all, none] = [rows.length, unmatched.length];
    const facts = [
      t("Targets with a match: {matched} of {all}. Without: {none}.", { matched: all - none, all, none }),
    ];
    if (all > MOST_IN_LINK)
      facts.push(t("A link cannot contain so long a list: save the query as a file to keep both."));
    this.#show(facts, t("Targets without a match"), {
      heads: table.columns.map(({ name }) => name),
      count: none,
      cells: (i) => table.columns.map((column) => column.text(unmatched[i])),
      place: (i) => String(table.lines[unmatched[i]]),
    });
  }

  /**
   * @param {import("./query/listed.js").Missing[]} lists @param {boolean} others whether the search has other conditions
   */
  showValues(lists, others) {
    if (!lists.length) return;
    const facts = lists.map(({ column, all, missing }) =>
      t("{column}: {matched} of {all} values found, not found: {none} ({names}).", {
        column,
        matched: all - missing.length,
        all,
        none: missing.length,
        names: missing.slice(0, FIRST).join(", ") + (missing.length > FIRST ? " …" : ""),
      }),
    );
    if (others) facts.push(t("Other conditions may exclude them."));
    const rows = lists.flatMap(({ column, missing }) =>
      missing.map((value) => (lists.length > 1 ? [column, value] : [value])),
    );
    this.#show(facts, t("Values not found"), {
      heads: lists.length > 1 ? ["column", "value"] : [lists[0].column],
      count: rows.length,
      cells: (i) => rows[i],
    });
  }

  /** @param {string[]} facts @param {string} title @param {Unmatched} unmatched */
  #show(facts, title, unmatched) {
    this.#unmatched = unmatched;
    const { count, cells, place } = unmatched;
    this.place.hidden = false;
    this.facts.textContent = facts.join(" ");
    const summary = this.fold.querySelector("summary");
    if (summary) summary.textContent = title;
    this.fold.hidden = count === 0;
    this.fold.open = false;
    this.list.replaceChildren(
      ...Array.from({ length: Math.min(count, MOST_SHOWN) }, (_, i) => {
        const item = document.createElement("li");
        if (place) {
          const line = document.createElement("span");
          line.className = "muted";
          line.textContent = `${place(i)} `;
          item.append(line);
        }
        item.append(cells(i).join("  "));
        return item;
      }),
    );
    this.more.hidden = count <= MOST_SHOWN;
    this.more.textContent = t("and {n} more", { n: count - MOST_SHOWN });
  }

  #save() {
    if (!this.#unmatched) return;
    const { heads, count, cells } = this.#unmatched;
    const parts = [csvHead(heads)];
    for (let at = 0; at < count; at += ROWS) {
      const rows = Array.from({ length: Math.min(ROWS, count - at) }, (_, i) =>
        cells(at + i).map((text) => text || null),
      );
      parts.push(csvRows(rows, []));
    }
    const blob = new Blob(parts, { type: "text/csv;charset=utf-8" });
    deliver({ blob, name: fileName(["unmatched", `${count}rows`], "csv") });
  }
}
