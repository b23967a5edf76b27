/** Calls of `near` and `nearest` in a statement: which tables they match, and which columns have their positions. */
import { insertable } from "./insertable.js";
import { NAME, Reader } from "./token-row.js";

/**
 * @typedef {import("./token-row.js").Edit} Edit
 * @typedef {{ ra: string, dec: string }} Position
 * @typedef {{ a: string, b: string, radius: number | null }} Call names of tables in lower case; radius: null where it is not a number
 * @typedef {{ at: number, names: string[], parts: [number, number][], radius: string }} Found at: the token of its name
 */

const NUMBER = /^\d+(?:\.\d*)?(?:e[+-]?\d+)?$/i;

/** @param {string} token */
const plain = (token) =>
  (token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token).toLowerCase();

/** @param {Reader} r @returns {Found[]} */
function callsIn(r) {
  return r.all.flatMap((_, at) => {
    if (!/^NEAR(?:EST)?$/.test(r.word(at)) || r.text(at - 1) === ".") return [];
    const parts = r.text(at + 1) === "(" ? r.parts(at + 1) : null;
    if (!parts || parts.length < 3) return [];
    const names = parts.slice(0, 2).map((part) => r.source(part));
    if (!names.every((name) => NAME.test(name) && !/\s/.test(name.replace(/^".*"$/, "")))) return [];
    return [{ at, names: names.map(plain), parts, radius: r.source(parts[2]) }];
  });
}

/**
 * The calls of a statement that reads tables by these calls only.
 * @param {string} sql @param {string[]} tables names of all that it could read
 * @returns {Call[]} none where it may read a table in another way
 */
export function nearCalls(sql, tables) {
  const r = new Reader(sql);
  const calls = callsIn(r);
  const names = tables.map((name) => name.toLowerCase());
  const count = (/** @type {(word: string) => boolean} */ is) =>
    r.all.filter(({ text }) => is(plain(text))).length;
  if (count((word) => /^(?:query|query_table)$/.test(word))) return [];
  if (count((word) => /^near(?:est)?$/.test(word)) !== calls.length) return [];
  if (count((word) => names.includes(word)) !== 2 * calls.length) return [];
  if (!calls.every((call) => call.names.every((name) => names.includes(name)))) return [];
  return calls.map(({ names: [a, b], radius }) => ({
    a,
    b,
    radius: NUMBER.test(radius) ? Number(radius) : null,
  }));
}

/**
 * The columns of the positions, where those of a catalogue have other names than `near` expects.
 * @param {Reader} r @param {{ positions?: Record<string, Position> }} known positions: by the name of a table in lower case
 * @returns {Edit[]}
 */
export function placeColumns(r, { positions = {} }) {
  return callsIn(r).flatMap(({ names, parts }) => {
    if (parts.length !== 3) return [];
    const usual = { ra: "ra", dec: "dec" };
    const columns = names.flatMap((name) => {
      const { ra, dec } = positions[name] ?? usual;
      return [ra, dec];
    });
    if (columns.every((name, i) => name.toLowerCase() === (i % 2 ? usual.dec : usual.ra))) return [];
    const at = r.end(parts[2][1]);
    return [{ from: at, to: at, text: `, ${columns.map(insertable).join(", ")}` }];
  });
}

/** @param {{ name: string, stored: string, position?: Position | null }[]} schemas @returns {Record<string, Position>} */
export const positionsOf = (schemas) =>
  Object.fromEntries(
    schemas.flatMap(({ name, stored, position }) =>
      position ? [name, stored].map((one) => [one.toLowerCase(), position]) : [],
    ),
  );
