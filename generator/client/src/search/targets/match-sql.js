/**
 * The rows of a catalogue matched with those of another one, as SQL.
 *
 * @typedef {import("../columns.js").Form} Form
 * @typedef {import("../../catalogue/missing.js").Declared} Declared
 * @typedef {{ name: string, column: Declared }} Carried name: in the result
 * @typedef {object} Sides
 * @property {string} own SQL after FROM
 * @property {string} other SQL after FROM
 * @property {string} where condition on the own rows
 */
import { presentValue } from "../../catalogue/missing.js";
import { findColumn } from "../columns.js";
import { quoteName } from "../literals.js";

/** Columns of both sides that are not shown. */
const OWN = ["_own_ra", "_own_dec"];
const OTHER = ["_other_ra", "_other_dec"];

/**
 * Names of the carried columns in the result: with the name of their catalogue before them, and different from all others.
 * @param {string} prefix @param {Declared[]} columns @param {Form} form
 * @returns {{ carried: Carried[], apart: string }} apart: name of the separation
 */
export function carriedNames(prefix, columns, form) {
  const taken = new Set(form.columns.map(({ name }) => name.toLowerCase()));
  const free = (/** @type {string} */ plain) => {
    let name = plain;
    for (let k = 2; taken.has(name.toLowerCase()); k++) name = `${plain}_${k}`;
    taken.add(name.toLowerCase());
    return name;
  };
  const apart = free(`${prefix}_separation`);
  return { apart, carried: columns.map((column) => ({ name: free(`${prefix}_${column.name}`), column })) };
}

/** A value that is NULL where it is missing. @param {Declared | undefined} column @param {string} name */
const present = (column, name) => (column && presentValue(column)) ?? quoteName(name);

/**
 * @param {Sides} sides
 * @param {{ form: Form, position: { ra: string, dec: string }, read: string[], shown: string[] }} own read: columns of the result or of its order
 * @param {{ position: { ra: string, dec: string }, columns: Declared[], carried: Carried[], apart: string }} other columns: all it has
 * @param {{ match: "all" | "nearest", radius: number }} asked
 */
export function matchSql(sides, own, other, { match, radius }) {
  const place = (
    /** @type {Declared[]} */ columns,
    /** @type {{ ra: string, dec: string }} */ position,
    /** @type {string[]} */ as,
  ) =>
    [position.ra, position.dec].map(
      (name, i) =>
        `${present(
          columns.find((column) => column.name === name),
          name,
        )} AS ${as[i]}`,
    );
  const first = [
    ...own.read.map(quoteName),
    ...place(/** @type {Declared[]} */ (own.form.columns), own.position, OWN),
  ];
  const second = [
    ...other.carried.map(({ name, column }) => `${present(column, column.name)} AS ${quoteName(name)}`),
    ...place(other.columns, other.position, OTHER),
  ];
  let apart = "separation";
  for (
    let k = 1;
    findColumn({ ...own.form, columns: own.read.map((name) => ({ name, datatype: "" })) }, apart);
    k++
  )
    apart = `separation_${k}`;
  const shown = [
    ...own.shown.map(quoteName),
    `${quoteName(apart)} AS ${quoteName(other.apart)}`,
    ...other.carried.map(({ name }) => quoteName(name)),
  ];
  return [
    `WITH _own AS (SELECT ${first.join(", ")} FROM ${sides.own} WHERE ${sides.where}),`,
    `  _other AS (SELECT ${second.join(", ")} FROM ${sides.other})`,
    `SELECT ${shown.join(", ")}`,
    `FROM ${match === "nearest" ? "nearest" : "near"}(_own, _other, ${radius}, ${[...OWN, ...OTHER].join(", ")})`,
  ].join("\n");
}
