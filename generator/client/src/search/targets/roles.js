/**
 * From a table to targets: which columns are used, and what each row means.
 *
 * @typedef {import("./target-table.js").TargetTable} TargetTable
 * @typedef {import("./target-table.js").TargetColumn} TargetColumn
 * @typedef {import("../columns.js").Form} Form
 *
 * @typedef {object} Roles columns of the list by their index, -1 for none
 * @property {"position" | "id"} by
 * @property {number} ra or galactic longitude, where the columns are galactic
 * @property {number} dec or galactic latitude; the same as ra where one column has both
 * @property {number} radius
 * @property {number} id
 * @property {string} column of the catalogue, compared with `id`
 * @property {boolean} [galactic] the position is in galactic longitude and latitude
 *
 * @typedef {object} TargetSearch
 * @property {Targets} targets
 * @property {"all" | "nearest"} match
 * @property {number} radius arcsec, where a target has none of its own
 *
 * @typedef {object} Targets
 * @property {TargetTable} table
 * @property {Roles} roles
 * @property {boolean} galactic whether the columns of the position were galactic
 * @property {Uint32Array} rows of the table; the other arrays are parallel to it
 * @property {Float64Array | null} ra deg
 * @property {Float64Array | null} dec deg
 * @property {Float64Array | null} radius arcsec; NaN for the common one
 * @property {BigInt64Array | BigUint64Array | string[] | null} ids
 * @property {number} named targets whose position is that of a name
 * @property {Problems} problems including those of the table
 */
import { t } from "../../shared/strings.js";
import { findColumn, idColumns, kindOf } from "../columns.js";
import { bareNumber } from "../designations.js";
import { Refused } from "../grammar.js";
import { nameIn } from "../names/named.js";
import { openNames, unknownName } from "../names/name-box.js";
import { RADIUS_UNITS, fromGalactic, parseDec, parsePosition, parseRa, parseRadius } from "../position.js";
import { readNumber, readWhole } from "../literals.js";
import { columnRole, rankOf, unitOf } from "./column-roles.js";
import { Breath, Problems } from "./target-table.js";

/** @typedef {typeof openNames} OpenNames */

const INT64 = 2n ** 63n;

/**
 * @param {TargetTable} table @param {Form} form
 * @returns {Roles} the best guess
 */
export function guessRoles(table, form) {
  const { columns } = table;
  /** @type {Roles} */
  const roles = { by: "position", ra: -1, dec: -1, radius: -1, id: -1, column: "" };
  const ids = idColumns(form);
  if (table.named) {
    const found = { ra: -1, dec: -1, radius: -1, l: -1, b: -1 };
    for (const rank of [0, 1, 2]) {
      columns.forEach((column, i) => {
        const role = rankOf(column) === rank ? columnRole(column) : null;
        if (role && found[role] < 0) found[role] = i;
      });
    }
    const { ra, dec, radius, l, b } = found;
    roles.radius = radius;
    if (ra >= 0 && dec >= 0) Object.assign(roles, { ra, dec });
    else if (l >= 0 && b >= 0 && [columns[l], columns[b]].every(({ kind }) => kind !== "text"))
      Object.assign(roles, { ra: l, dec: b });
  }
  if (!table.named || roles.ra < 0) {
    const place = columns.findIndex((_, i) => looks(columns[i], (text) => parsePosition(text) !== null));
    if (place >= 0) roles.ra = roles.dec = place;
    else if (!table.named && columns.length > 1) {
      const first = columns.findIndex(
        (column, i) => i + 1 < columns.length && looks(column, isRa) && looks(columns[i + 1], isDec),
      );
      if (first >= 0) [roles.ra, roles.dec] = [first, first + 1];
      const third = columns[first + 2];
      if (first >= 0 && columns.length === first + 3 && looks(third, (text) => parseRadius(text) > 0))
        roles.radius = first + 2;
    }
  }
  // an identifier: a column named like one of the catalogue's, otherwise the first that can be compared with the catalogue's own
  const position = [form.position?.ra, form.position?.dec];
  for (const [i, column] of columns.entries()) {
    const same = table.named ? findColumn(form, column.name) : undefined;
    if (same && ids.includes(same) && !position.includes(same.name) && roles.id < 0)
      [roles.id, roles.column] = [i, same.name];
  }
  const own = ids.find((column) => column.name === form.id);
  if (roles.id < 0 && own) {
    roles.column = own.name;
    roles.id = columns.findIndex((column) => column.kind === kindOf(own) && columnRole(column) === null);
  }
  if (roles.id < 0) {
    const text = ids.find(
      (column) =>
        kindOf(column) === "text" && /meta\.id|designation|name/i.test(`${column.ucd} ${column.name}`),
    );
    roles.id = columns.findIndex((column) => column.kind === "text");
    if (roles.id >= 0 && text) roles.column = text.name;
    else if (!roles.column) roles.column = own?.name ?? ids[0]?.name ?? "";
  }
  if (!form.position || roles.ra < 0) roles.by = "id";
  if (roles.by === "id" && roles.id < 0) roles.id = 0;
  roles.galactic = looksGalactic(table, roles);
  return roles;
}

/**
 * A column with names of objects, where the list has no positions and no identifiers of the catalogue.
 * @param {TargetTable} table @param {Form} form @param {Roles} roles is changed @param {OpenNames} [open]
 */
export async function guessNames({ columns, named }, form, roles, open = openNames) {
  if (!form.position || roles.ra >= 0) return;
  const asked = (/** @type {string} */ text) => nameIn(text)?.name ?? "";
  const may = columns.findIndex(
    (column) =>
      column.kind === "text" &&
      !(named && findColumn(form, column.name)) &&
      looks(column, (text) => asked(text) !== ""),
  );
  const names = may < 0 ? null : await open().catch(() => null);
  if (names && looks(columns[may], (text) => names.find(asked(text)) !== null))
    Object.assign(roles, { by: "position", ra: may, dec: may });
}

/** Name unnamed columns by their content. @param {TargetTable} table @param {Roles} roles */
export function nameColumns(table, roles) {
  if (table.named) return;
  const { by, ra, dec, radius, id, column } = roles;
  /** @type {[number, string][]} */
  const names =
    by === "id"
      ? [[id, column]]
      : ra === dec
        ? [[ra, "position"]]
        : [
            [ra, "ra"],
            [dec, "dec"],
            [radius, "radius"],
          ];
  for (const [i, name] of names) if (table.columns[i]) table.columns[i].name = name;
}

/** Whether the position columns are galactic, by UCD or by name. @param {TargetTable} table @param {Roles} roles */
function looksGalactic({ columns, named }, { ra, dec }) {
  const [l, b] = [columns[ra], columns[dec]];
  return Boolean(named && l && b && columnRole(l) === "l" && columnRole(b) === "b");
}

const isRa = (/** @type {string} */ text) => parseRa(text) >= 0;
const isDec = (/** @type {string} */ text) => parseDec(text) >= -90;

/**
 * Whether most of a column's first values can be read by `read`.
 * @param {TargetColumn} column @param {(text: string) => boolean} read
 */
function looks(column, read) {
  let [good, all] = [0, 0];
  for (let i = 0; i < column.values.length && all < 20; i++) {
    const text = column.text(i);
    if (!text) continue;
    all++;
    try {
      if (read(text)) good++;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return good > all / 2;
}

/**
 * The lists of names, where the column of positions has any.
 * @param {TargetTable} table @param {Roles} roles @param {OpenNames} open @param {Breath} breath
 */
async function namesFor({ columns }, { by, ra, dec }, open, breath) {
  if (by !== "position" || ra !== dec || !columns[ra]) return null;
  for (let row = 0; row < columns[ra].values.length; row++) {
    if (breath.due(row)) await breath.take();
    if (nameIn(columns[ra].text(row))) return open();
  }
  return null;
}

/**
 * @param {TargetTable} table @param {Roles} roles @param {Form} form @param {{signal?: AbortSignal, open?: OpenNames}} [options]
 * @returns {Promise<Targets>}
 */
export async function resolveTargets(table, roles, form, { signal, open = openNames } = {}) {
  const problems = new Problems();
  for (const { line, message } of table.problems.first) problems.add(line, message);
  problems.count = table.problems.count;
  const column = findColumn(form, roles.column);
  const whole = roles.by === "id" && column !== undefined && kindOf(column) === "whole";
  const n = table.rows;
  const rows = new Uint32Array(n);
  const make = (/** @type {boolean} */ wanted) => (wanted ? new Float64Array(n) : null);
  const position = roles.by === "position";
  const [ra, dec, radius] = [make(position), make(position), make(position && roles.radius >= 0)];
  /** @type {string[]} */
  const texts = [];
  const wholes = whole ? new BigInt64Array(n) : null;
  const breath = new Breath(signal);
  roles = { ...roles, galactic: roles.galactic ?? looksGalactic(table, roles) };
  const names = await namesFor(table, roles, open, breath);
  const found = { named: 0 };
  const readPlace = position ? placeReader(table, roles, names, found) : null;
  const readRadius = radius ? radiusReader(table.columns[roles.radius]) : null;
  const unsigned = column?.unsigned === true;
  const readId = position ? null : idReader(table.columns[roles.id], whole, unsigned);
  let count = 0;
  for (let row = 0; row < n; row++) {
    if (breath.due(row)) await breath.take();
    try {
      if (readPlace && ra && dec) {
        [ra[count], dec[count]] = readPlace(row);
        if (radius && readRadius) radius[count] = readRadius(row);
      } else if (readId) {
        const id = readId(row);
        if (wholes) wholes[count] = /** @type {bigint} */ (id);
        else texts.push(/** @type {string} */ (id));
      }
      rows[count++] = row;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.add(table.lines[row], error.message);
    }
  }
  return {
    table,
    roles,
    galactic: position && roles.galactic === true,
    named: found.named,
    rows: rows.subarray(0, count),
    ra: ra && ra.subarray(0, count),
    dec: dec && dec.subarray(0, count),
    radius: radius && radius.subarray(0, count),
    ids: position
      ? null
      : wholes
        ? new (unsigned ? BigUint64Array : BigInt64Array)(wholes.buffer, 0, count)
        : texts,
    problems,
  };
}

/**
 * @param {TargetTable} table @param {Roles} roles @param {Awaited<ReturnType<OpenNames>>} names @param {{named: number}} found counts names
 * @returns {(row: number) => [number, number]} deg
 */
function placeReader(table, roles, names, found) {
  const [ra, dec] = [table.columns[roles.ra], table.columns[roles.dec]];
  if (!ra || !dec) throw new Refused(t("Choose the columns of positions."));
  if (ra === dec) {
    return (row) => {
      const name = names && nameIn(ra.text(row))?.name;
      if (name) {
        const object = names.find(name);
        if (!object) throw unknownName(name);
        found.named++;
        return [object.ra, object.dec];
      }
      const both = roles.galactic ? parsePosition(`gal ${ra.text(row)}`) : parsePosition(ra.text(row));
      if (!both) throw new Refused(t("“{text}” is not a position.", { text: ra.text(row) }));
      return [both.ra, both.dec];
    };
  }
  if (roles.galactic) {
    const readL = angleReader(ra, readNumber, -360, 360, t("There is no galactic longitude."));
    const readB = angleReader(dec, readNumber, -90, 90, t("There is no galactic latitude."));
    return (row) => {
      const [l, b] = [readL(row), readB(row)];
      if (Math.abs(l) > 360 || Math.abs(b) > 90)
        throw new Refused(t("“{text}” is not a position.", { text: `${ra.text(row)}, ${dec.text(row)}` }));
      const place = fromGalactic(l, b);
      return [place.ra, place.dec];
    };
  }
  const readRa = angleReader(ra, parseRa, 0, 360, t("Write a right ascension."));
  const readDec = angleReader(dec, parseDec, -90, 90, t("Write a declination."));
  return (row) => [readRa(row), readDec(row)];
}

const FACTORS = /** @type {Record<string, number>} */ ({
  hour: 15,
  rad: 180 / Math.PI,
  arcmin: 1 / 60,
  arcsec: 1 / 3600,
});

/**
 * @param {TargetColumn} column @param {(text: string) => number} parse @param {number} low @param {number} high
 * @param {string} none message where there is no value
 */
function angleReader(column, parse, low, high, none) {
  const factor = FACTORS[unitOf(column)] ?? 1;
  return (/** @type {number} */ row) => {
    if (column.kind !== "text" && !column.nulls?.[row]) {
      const value = Number(column.values[row]) * factor;
      if (value >= low && value <= high) return value;
    }
    const text = column.text(row);
    if (!text) throw new Refused(none);
    const value = parse(text);
    return column.kind === "text" ? value : value * factor;
  };
}

/** @param {TargetColumn} column @returns {(row: number) => number} arcsec, NaN where none is given */
function radiusReader(column) {
  const unit = unitOf(column);
  const known = unit in RADIUS_UNITS ? unit : "arcsec";
  return (row) => {
    const text = column.text(row);
    return text === "" ? NaN : parseRadius(text, known);
  };
}

/** @param {TargetColumn} column @param {boolean} whole @param {boolean} unsigned @returns {(row: number) => bigint | string} */
function idReader(column, whole, unsigned) {
  const [least, end] = unsigned ? [0n, 2n * INT64] : [-INT64, INT64];
  if (!column) throw new Refused(t("Choose the column of identifiers."));
  const wholes = column.kind === "whole" ? /** @type {BigInt64Array} */ (column.values) : null;
  return (row) => {
    const text = column.text(row);
    if (text === "") throw new Refused(t("There is no identifier."));
    if (!whole) return text;
    if (wholes && !unsigned) return wholes[row];
    const { floor, ceil } = readWhole(column.kind === "text" ? bareNumber(text) : text);
    if (floor !== ceil) throw new Refused(t("“{text}” is not a whole number.", { text }));
    if (floor < least) throw new Refused(t("“{text}” is too small.", { text }));
    if (floor >= end) throw new Refused(t("“{text}” is too large.", { text }));
    // a number that a spreadsheet has written with an exponent has lost its last digits
    if (/e/i.test(text) || (column.kind === "real" && !Number.isSafeInteger(Number(floor))))
      throw new Refused(t("“{text}” was rounded: its last digits are lost.", { text }));
    return floor;
  };
}
