/**
 * Summary of a spectrum in a list: date, class, signal to noise.
 *
 * @typedef {object} Summary
 * @property {number} day modified Julian date to sort by; Infinity where unknown
 * @property {string} date @property {string} kind @property {string} snr @property {string} speed redshift or velocity
 */
import { numberOf } from "../../shared/value-text.js";

const MISSING = -999;

/**
 * @param {import("../data/part.js").Spectrum} spectrum
 * @param {import("../../catalogue/rows.js").Row | null} row
 * @param {Record<string, any>} roles of the row's catalogue
 * @returns {Summary}
 */
export function summarize({ facts, parts }, row, roles) {
  const cell = (/** @type {string | null | undefined} */ name) => {
    const value = name ? row?.values.get(name) : null;
    const column = row?.columns.find((one) => one.name === name);
    return value === null || value === undefined || column?.missing.map(String).includes(String(value))
      ? null
      : value;
  };
  const named = (/** @type {RegExp} */ pattern) =>
    (row?.columns ?? []).filter(({ name }) => pattern.test(name)).map(({ name }) => name);
  const first = (/** @type {unknown[]} */ ...values) =>
    values.find((v) => v !== null && v !== undefined && v !== "");
  const day = Number(first(facts.mjd, facts.lmjd, cell(roles.night), ...named(/^l?mjd(_?obs)?$/i).map(cell)));
  const written = first(facts.date, ...named(/^(obs_?date|date_?obs)$/i).map(cell));
  const z = number(first(facts.z, cell(roles.redshift)));
  const rv = number(first(...named(/^rv(_br0|_b0|_lasp0)?$/i).map(cell), facts.rv));
  const kind = [first(facts.class, cell(roles.class)), first(facts.subclass, cell(roles.subclass))];
  return {
    day: day > 0 ? day : Infinity,
    date: dateText(written, day),
    kind: kind.filter((word) => word && word !== "Non").join(" "),
    snr: snrText(
      facts,
      parts,
      (roles.snr ?? []).map((/** @type {string} */ name) => [name, cell(name)]),
    ),
    speed: rv !== null ? `${rv.toFixed(2)} km/s` : z !== null ? `z ${z.toFixed(5)}` : "",
  };
}

/** @param {unknown} value */
function number(value) {
  const found = numberOf(value);
  return Number.isFinite(found) && found > MISSING ? found : null;
}

/** The day in UTC. @param {unknown} written @param {number} day */
function dateText(written, day) {
  const [own] = /^\d{4}-\d{2}-\d{2}/.exec(String(written ?? "")) ?? [];
  if (own) return own;
  if (!(day > 0 && day < 1e5)) return "";
  return new Date((day - 40587) * 864e5).toISOString().slice(0, 10);
}

/**
 * By band or by arm.
 * @param {Record<string, any>} facts @param {import("../data/part.js").Part[]} parts @param {[string, unknown][]} cells
 */
function snrText({ snr }, parts, cells) {
  const arms = parts
    .filter(({ kind, facts }) => kind === "coadd" && number(facts.snr) !== null)
    .map(({ arm, facts }) => [arm, facts.snr]);
  const bands =
    snr && typeof snr === "object" ? Object.entries(snr) : typeof snr === "number" ? [["", snr]] : [];
  const columns = cells.map(([name, value]) => [name.replace(/^snr_?/i, ""), value]);
  const chosen =
    [bands, arms, columns].find((list) => list.some(([, value]) => number(value) !== null)) ?? [];
  return chosen
    .filter(([, value]) => number(value) !== null)
    .map(([name, value]) => `${name} ${Number(value).toFixed(Number(value) < 10 ? 1 : 0)}`.trim())
    .join(" · ");
}
