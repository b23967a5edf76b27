/** Everything that a release has about one object: the rows of its catalogues, and its spectra. */
import { numberOf } from "../../shared/value-text.js";
import { openFiles } from "../../catalogue/files.js";
import { indexed, rowsById, rowsNear, separation } from "../../catalogue/rows.js";
import { throwIfAborted } from "../../shared/errors.js";
import { bareNumber, nameForms } from "../../search/designations.js";
import { parsePosition } from "../../search/position.js";
import { observedSets } from "../spectra-links.js";
import { parseId } from "../data/ids.js";
import { openSet } from "../data/set.js";

/**
 * @typedef {import("../../catalogue/rows.js").Row} Row
 * @typedef {import("../../reading/description.js").ColumnMeta} ColumnMeta
 * @typedef {import("../../shared/page.js").SpectraEntry} SpectraEntry
 * @typedef {import("../data/set.js").Spectrum} Spectrum
 * @typedef {import("../../shared/page.js").Page & {spectra?: SpectraEntry[]}} Page
 * @typedef {{ra: number, dec: number}} Place degrees
 * @typedef {import("../../formats.d.ts").ObjectFacts} Facts of a catalogue, from the page
 * @typedef {Map<string, {ra: string, dec: string} | null>} Positions columns of each catalogue
 * @typedef {{row: Row, apart: number | null}} Found apart: arcsec from the centre, null where unknown
 * @typedef {object} Whole
 * @property {Place | null} centre
 * @property {{row: Row, place: Place}[]} others objects elsewhere on the sky with the same name or id
 * @property {Found[]} rows by catalogue, the nearest first
 * @property {{set: SpectraEntry, spectrum: Spectrum, row: Row | null}[]} spectra
 */

/** Columns that identify a target and not an observation of it, in addition to the role. */
const TARGET = /^(designation|uid)$/i;
/** Catalogues may number other objects in the same way: beyond this distance in arcsec, a row or a spectrum is of another object. */
const STRAY = 60;

/**
 * @param {Page} page
 * @param {Record<string, Facts>} objects
 * @param {import("./asked-object.js").Asked} asked
 * @param {AbortSignal} signal
 * @returns {Promise<Whole>}
 */
export async function findObject(page, objects, asked, signal) {
  const names = page.catalogues.map(({ name }) => name);
  const files = await Promise.all(names.map((name) => openFiles(name, page)));
  const positions = new Map(files.map(({ meta }) => [meta.name, meta.position]));
  const placeOf = (/** @type {Row} */ row) => placeIn(row, positions);
  /** @type {Row[]} */
  let rows = [];
  /** @type {Whole["others"]} */
  let others = [];
  /** @type {Map<SpectraEntry, Set<string>>} */
  const ids = new Map();
  let centre = asked.position;
  const isHere = (/** @type {Row} */ row) => {
    const apart = apartOf(placeOf(row), centre);
    return apart === null || apart < STRAY;
  };
  if (asked.column !== null) {
    rows = preferred(page, asked.set, await byColumn(page, names, asked.column, [asked.value], signal));
    for (const set of observedSets(page)) {
      const same = set.id.toLowerCase() === asked.column.toLowerCase();
      if (same && (asked.set ?? set.name) === set.name) ids.set(set, new Set([asked.value]));
    }
    centre = first(rows.map(placeOf)) ?? (await placeOfSpectrum(page, ids, signal)) ?? placeInName(asked);
    others = elsewhere(rows, placeOf, isHere);
    rows = rows.filter(isHere);
  }
  if (centre) {
    const { ra, dec } = centre;
    const near = names.map((name) => rowsNear(page, name, ra, dec, asked.radius, { signal }));
    for (const found of await Promise.all(near)) rows.push(...found.map(({ row }) => row));
  }
  // Rows with the same name as a near row may be slightly further away: positions differ from plan to plan.
  for (const [column, values] of targetNames(rows, objects))
    rows.push(...(await byColumn(page, names, column, values, signal)).filter(isHere));
  const own = unique(rows);
  centre ??= first(own.map(placeOf));
  const found = own.map((row) => ({ row, apart: apartOf(placeOf(row), centre) }));
  const rank = (/** @type {Found} */ { row }) => names.indexOf(row.catalogue);
  found.sort((a, b) => rank(a) - rank(b) || (a.apart ?? Infinity) - (b.apart ?? Infinity));
  return { centre, others, rows: found, spectra: await spectraOf(page, own, ids, centre, signal) };
}

/** @template T @param {(T | null)[]} values @returns {T | null} */
const first = (values) => values.find((value) => value !== null) ?? null;

/** Those of the set's catalogue before others. @param {Page} page @param {string | null} set @param {Row[]} rows */
function preferred(page, set, rows) {
  const catalogue = page.spectra?.find(({ name }) => name === set)?.catalogue ?? null;
  return rows.toSorted((a, b) => Number(b.catalogue === catalogue) - Number(a.catalogue === catalogue));
}

/**
 * Other objects of the same name, each once.
 * @param {Row[]} rows @param {(row: Row) => Place | null} placeOf @param {(row: Row) => boolean} isHere
 */
function elsewhere(rows, placeOf, isHere) {
  /** @type {Whole["others"]} */
  const found = [];
  for (const row of rows) {
    const place = placeOf(row);
    const known = found.some((one) => Number(apartOf(one.place, place)) < STRAY);
    if (place && !isHere(row) && !known) found.push({ row, place });
  }
  return found;
}

/**
 * Rows of all catalogues that have an index of a column with this name.
 * @param {Page} page @param {string[]} names @param {string} column @param {string[]} values @param {AbortSignal} signal
 */
async function byColumn(page, names, column, values, signal) {
  const found = names.map(async (name) => {
    const { meta } = await openFiles(name, page);
    const same = indexed(meta).find((other) => other.toLowerCase() === column.toLowerCase());
    const about = meta.columns.find((other) => other.name === same);
    if (!same || !about) return [];
    const wanted = values.flatMap((value) => idsFor(about, value));
    return wanted.length ? rowsById(page, name, same, wanted, { signal }) : [];
  });
  return (await Promise.all(found)).flat();
}

/**
 * The values that a text may stand for in a column of ids. Surveys write designations with and without their name before them.
 * @param {ColumnMeta} column @param {string} value @returns {(bigint | string)[]}
 */
export function idsFor({ name, datatype, missing }, value) {
  const absent = (/** @type {unknown} */ one) => missing.map(String).includes(String(one));
  if (!["string", "char", "unicode", "text"].includes(datatype)) {
    const id = parseId(bareNumber(value), "long", true);
    return id === null || absent(id) ? [] : [id];
  }
  const forms = /designation/i.test(name) ? nameForms(value) : [value];
  return forms.filter((one) => !absent(one));
}

/** @param {Row} row @param {Positions} positions @returns {Place | null} */
export function placeIn({ catalogue, values }, positions) {
  const columns = positions.get(catalogue);
  const [ra, dec] = columns ? [columns.ra, columns.dec].map((name) => numberOf(values.get(name))) : [];
  return isPlace(ra, dec) ? { ra: Number(ra), dec: Number(dec) } : null;
}

/** @param {unknown} ra @param {unknown} dec */
const isPlace = (ra, dec) =>
  typeof ra === "number" && typeof dec === "number" && Number.isFinite(ra) && Math.abs(dec) <= 90;

/** @param {Place | null} one @param {Place | null} other @returns {number | null} arcsec */
const apartOf = (one, other) => one && other && separation(one.ra, one.dec, other.ra, other.dec);

/** @param {import("./asked-object.js").Asked} asked @returns {Place | null} */
function placeInName({ column, value }) {
  if (!/designation/i.test(column ?? "")) return null;
  try {
    return parsePosition(value);
  } catch {
    return null;
  }
}

/** @param {Page} page @param {Map<SpectraEntry, Set<string>>} ids @param {AbortSignal} signal @returns {Promise<Place | null>} */
async function placeOfSpectrum(page, ids, signal) {
  for (const [entry, values] of ids) {
    const set = await openSet(page, entry.name);
    for (const value of values) {
      const id = set.parseId(value);
      const facts = id === null ? null : (await set.read(id, { signal }))?.facts;
      const place = facts ? placeOfFacts(facts) : null;
      if (place) return place;
    }
  }
  return null;
}

/** The names of the target in the rows, by column. @param {Row[]} rows @param {Record<string, Facts>} objects */
function targetNames(rows, objects) {
  /** @type {Map<string, string[]>} */
  const names = new Map();
  for (const { catalogue, values, columns } of rows) {
    for (const { name, missing } of columns) {
      if (!TARGET.test(name) && name !== objects[catalogue]?.roles.designation) continue;
      const value = String(values.get(name) ?? "");
      const known = names.get(name.toLowerCase()) ?? [];
      if (value && !missing.map(String).includes(value) && !known.includes(value))
        names.set(name.toLowerCase(), [...known, value]);
    }
  }
  return names;
}

/** @param {Row[]} rows */
function unique(rows) {
  const seen = new Map(rows.map((row) => [`${row.catalogue}\n${[...row.values.values()].join("\n")}`, row]));
  return [...seen.values()];
}

/** @param {Record<string, any>} facts of a spectrum @returns {Place | null} */
const placeOfFacts = ({ ra, dec }) => (isPlace(ra, dec) ? { ra, dec } : null);

/**
 * The spectra whose ids occur in rows, and those requested by id.
 * @param {Page} page @param {Row[]} rows @param {Map<SpectraEntry, Set<string>>} ids @param {Place | null} centre
 * @param {AbortSignal} signal
 */
async function spectraOf(page, rows, ids, centre, signal) {
  const sets = observedSets(page).map(async (entry) => {
    const mine = rows.filter(({ catalogue }) => catalogue === entry.catalogue);
    /** @type {Map<string, Row | null>} */
    const wanted = new Map([...(ids.get(entry) ?? [])].map((id) => [id, null]));
    for (const row of mine.length ? mine : rows) {
      const column = row.columns.find(({ name }) => name.toLowerCase() === entry.id.toLowerCase());
      const value = column && row.values.get(column.name);
      if (value !== null && value !== undefined) wanted.set(String(value), wanted.get(String(value)) ?? row);
    }
    if (!wanted.size) return [];
    const set = await openSet(page, entry.name);
    const known = [...wanted].flatMap(([text, row]) => {
      const id = set.parseId(text);
      return id === null ? [] : [{ id, row }];
    });
    /** @type {Whole["spectra"]} */
    const found = [];
    await set.readMany(
      known.map(({ id }) => id),
      {
        signal,
        onSpectrum: (spectrum, k) => {
          const apart = spectrum && apartOf(placeOfFacts(spectrum.facts), centre);
          if (spectrum && (apart === null || apart < STRAY))
            found.push({ set: entry, spectrum, row: known[k].row });
        },
      },
    );
    throwIfAborted(signal);
    return found;
  });
  return (await Promise.all(sets)).flat();
}
