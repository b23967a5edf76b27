/** A statement that found no rows, without each of its conditions: what a reader tries next. */
import { Reader, SETS } from "./reader.js";

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
 * The conditions after WHERE that must all hold, and the statement without each; of the outermost SELECT that has some.
 * @param {string} sql one statement @returns {{condition: string, sql: string}[]} none where there is no WHERE, or an OR beside it
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
    return { condition: r.source([from, to]), sql: sql.slice(0, start) + sql.slice(stop) };
  });
}

/** Whether something is compared with NULL, which is true of nothing. @param {string} sql */
export function comparesNull(sql) {
  const r = new Reader(sql);
  return r.all.some((_, i) => r.word(i) === "NULL" && /^(?:=|>|<)$/.test(r.text(i - 1)));
}
