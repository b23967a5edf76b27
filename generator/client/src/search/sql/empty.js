/** A statement that found no rows, without each of its conditions, which is what a reader tries next. */
import { t } from "../../shared/strings.js";
import { Reader, SETS } from "./token-row.js";

const AFTER = [
  "GROUP",
  "HAVING",
  "QUALIFY",
  "WINDOW",
  "ORDER",
  "LIMIT",
  "OFFSET",
  "SAMPLE",
  "USING",
  ...SETS,
];

/**
 * The conditions after WHERE that must all be met, and the statement without each; of the outermost SELECT that has some.
 * @param {string} sql one statement
 * @returns {{condition: string, at: [number, number], sql: string}[]} `at`: start and end of the condition in the
 * statement; none where there is no WHERE, or an OR next to it
 */
export function withoutEach(sql) {
  const r = new Reader(sql);
  const places = r.all.flatMap((_, i) => (r.word(i) === "WHERE" && !/^\($/.test(r.text(i - 1)) ? [i] : []));
  const [where] = places.toSorted((one, other) => r.depths[one] - r.depths[other] || one - other);
  if (where === undefined) return [];
  const end = r.scopeEnd(where, AFTER);
  const depth = r.depths[where];
  /** @type {[number, number][]} first and last token of each condition */
  const parts = [];
  let first = where + 1;
  let between = false;
  for (let k = first; k < end; k++) {
    const word = r.depths[k] === depth ? r.word(k) : "";
    if (word === "OR") return [];
    if (word === "BETWEEN") between = true;
    if (word !== "AND") continue;
    if (between) between = false;
    else {
      parts.push([first, k - 1]);
      first = k + 1;
    }
  }
  if (end <= first) return [];
  parts.push([first, end - 1]);
  return parts.map(([from, to], i) => {
    const [start, stop] =
      parts.length === 1
        ? [r.end(where - 1), r.end(to)]
        : i
          ? [r.end(parts[i - 1][1]), r.end(to)]
          : [r.from(from), r.from(parts[1][0])];
    const condition = r.source([from, to]);
    return { condition, at: [r.from(from), r.end(to)], sql: sql.slice(0, start) + sql.slice(stop) };
  });
}

/**
 * The statement with a text compared in any letter case, for each condition that compares one.
 * @param {string} sql @param {ReturnType<typeof withoutEach>} parts of it
 */
export function inAnyCase(sql, parts) {
  return parts.flatMap(({ condition, at: [from, to] }) => {
    const [, column, text] = /^("(?:[^"]|"")+"|[\w.]+)\s*=\s*('(?:[^']|'')*')$/.exec(condition) ?? [];
    if (!column || text.toLowerCase() === text.toUpperCase()) return [];
    return [{ condition, sql: `${sql.slice(0, from)}lower(${column}) = lower(${text})${sql.slice(to)}` }];
  });
}

/** Whether something is compared with NULL, which is never true. @param {string} sql */
export function comparesNull(sql) {
  const r = new Reader(sql);
  return r.all.some((_, i) => r.word(i) === "NULL" && /^(?:=|>|<)$/.test(r.text(i - 1)));
}

/**
 * Shows, where no row was found, the statement without each of its conditions, and with texts in any letter case.
 * @param {HTMLElement} place @param {string} sql "" where there are rows @param {(sql: string) => string} permalink
 */
export function showEmpty(place, sql, permalink) {
  const parts = sql ? withoutEach(sql) : [];
  /** @type {Line[]} */
  const lines = [];
  if (sql && comparesNull(sql)) lines.push({ text: t("Nothing equals NULL: write IS NULL or IS NOT NULL.") });
  if (parts.length) lines.push({ text: t("No row meets all conditions. Change one of them:") });
  else if (sql) lines.push({ text: t("The statement gives no rows.") });
  for (const { condition, sql: other } of inAnyCase(sql, parts))
    lines.push({ text: t("{condition} in any letter case", { condition }), query: permalink(other) });
  for (const { condition, sql: other } of parts)
    lines.push({ text: t("Without {condition}", { condition }), query: permalink(other) });
  showLines(place, lines);
}

/**
 * @typedef {{text: string, query?: string}} Line a link if it has a query
 * @param {HTMLElement} place hidden where there are no lines @param {Line[]} lines
 */
export function showLines(place, lines) {
  place.replaceChildren();
  /** @type {HTMLUListElement | null} */
  let list = null;
  for (const { text, query } of lines) {
    if (query === undefined) {
      list = null;
      const line = document.createElement("p");
      line.textContent = text;
      place.append(line);
      continue;
    }
    if (!list) place.append((list = document.createElement("ul")));
    const link = document.createElement("a");
    link.href = `?${query}`;
    link.textContent = text;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  place.hidden = lines.length === 0;
}
