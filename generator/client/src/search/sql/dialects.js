/**
 * Statements as they are written elsewhere, for the archives of SDSS and Gaia or for VizieR, translated into the SQL of this page: TOP, ROWNUM,
 * FETCH FIRST, names in brackets, dbo., and the cones of ADQL. Token by token: texts and comments are left alone.
 */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { words } from "./dialect-words.js";
import { placeColumns } from "./near-calls.js";
import { NAME, Reader, SETS, apply } from "./token-row.js";

/**
 * @typedef {import("./token-row.js").Edit} Edit
 * @typedef {{catalogues: string[], columns: string[], positions?: Record<string, import("./near-calls.js").Position>}} Known names of the release;
 *   positions: columns by the name of a table in lower case
 */

const NUMBER = /^\d+$/;
/** Functions of SDSS's server that search around a position. */
const NEARBY = /^f(?:get(?:nearby|nearest|obj)|distance)\w*$/i;

/**
 * @param {string} sql one statement @param {Known} known
 * @returns {string} the same text where nothing had to be changed; throws Refused with advice where it cannot be translated
 */
export function translate(sql, known) {
  let text = sql;
  for (const step of [names, prefixes, geometry, limits, words, placeColumns])
    text = apply(text, step(new Reader(text), known));
  return text;
}

/** Words after which a bracket begins a name, not an index of an element. */
const BEFORE_NAMES = /^(?:select|from|join|by|where|and|or|on|as|distinct|all|not|case|when|then|else|in)$/i;

/** Words that are followed by a name only. */
const NAMES_ONLY = /^(?:as|from|join|by|\.)$/i;
/** Words that begin a value: [NULL], [INTERVAL 1 DAY] and [NOT flag] are lists of one. */
const VALUES = /^(?:null|true|false|interval|date|time\w*|not|case|current_\w+|select|from)$/i;

/**
 * Names in brackets and backticks. DuckDB has lists of one in brackets: a single word is a name only if the release or the
 * statement has it.
 * @param {Reader} r @param {Known} known
 */
function names(r, known) {
  /** @type {Edit[]} */
  const edits = [];
  const given = new Set([...known.catalogues, ...known.columns].map((name) => name.toLowerCase()));
  for (let i = 0; i + 2 < r.all.length; i++)
    if (r.word(i) === "AS") given.add(r.text(r.text(i + 1) === "[" ? i + 2 : i + 1).toLowerCase());
  for (let i = 0; i < r.all.length; i++) {
    const before = r.text(i - 1);
    // of a list, or of an element of a list, a structure or a map
    const element = /^[)\]:[{]$/.test(before) || (NAME.test(before) && !BEFORE_NAMES.test(before));
    if (r.text(i) === "[" && !element) {
      const close = r.all.findIndex(({ text }, k) => k > i && text === "]");
      const inside = close > i + 1 ? r.all.slice(i + 1, close) : [];
      if (
        inside.length &&
        inside.every(({ text }) => /^[\p{L}\p{N}_#-]+$/u.test(text)) &&
        !NUMBER.test(inside[0].text) &&
        !r.text(close + 1).startsWith(":") &&
        (NAMES_ONLY.test(before) ||
          (!VALUES.test(inside[0].text) && (inside.length > 1 || given.has(inside[0].text.toLowerCase()))))
      ) {
        edits.push({ from: r.from(i), to: r.end(close), text: quote(r.sql.slice(r.end(i), r.from(close))) });
        i = close;
        continue;
      }
    }
    if (r.text(i) === "[") {
      // there is no name within a list
      let depth = 0;
      do depth += r.text(i) === "[" ? 1 : r.text(i) === "]" ? -1 : 0;
      while (depth && ++i < r.all.length);
      continue;
    }
    if (r.text(i) === "`") {
      const close = r.all.findIndex(({ text }, k) => k > i && text === "`");
      if (close > 0)
        edits.push({ from: r.from(i), to: r.end(close), text: quote(r.sql.slice(r.end(i), r.from(close))) });
      if (close > 0) i = close;
    }
  }
  return edits;
}

/** @param {string} name */
const quote = (name) =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name.trim()) &&
  !/^(?:order|select|group|table|from|where|desc|case|when|end|offset|limit|all|user)$/i.test(name.trim())
    ? name.trim()
    : `"${name.replaceAll('"', '""')}"`;

/** `dbo.` everywhere, and other schemas before a catalogue of this release. @param {Reader} r @param {Known} known */
function prefixes(r, known) {
  /** @type {Edit[]} */
  const edits = [];
  const catalogues = known.catalogues.map((name) => name.toLowerCase());
  for (let i = 0; i + 2 < r.all.length; i++) {
    if (r.text(i + 1) !== "." || r.text(i - 1) === "." || !NAME.test(r.text(i))) continue;
    let last = i + 2;
    while (r.text(last + 1) === "." && NAME.test(r.text(last + 2))) last += 2;
    const name = r.text(last).replaceAll('"', "").toLowerCase();
    const place = /^(?:FROM|JOIN|,)$/.test(r.word(i - 1)) && catalogues.includes(name);
    if (place) edits.push({ from: r.from(i), to: r.from(last), text: "" });
    else if (/^"?dbo"?$/i.test(r.text(i))) edits.push({ from: r.from(i), to: r.from(i + 2), text: "" });
  }
  return edits;
}

/** Translate cones and distances of ADQL. @param {Reader} r */
function geometry(r) {
  /** @type {Edit[]} */
  const edits = [];
  for (let i = 0; i < r.all.length; i++) {
    const word = r.word(i);
    if (NEARBY.test(r.text(i)) && r.text(i + 1) === "(")
      throw advice(
        r.text(i),
        r.parts(i + 1)?.map((part) => r.source(part)),
      );
    if (/^COORD[12]$/.test(word) && r.text(i + 1) === "(") {
      const place = point(r, r.parts(i + 1)?.[0] ?? [i, i]);
      if (!place) throw advice(r.text(i));
      edits.push({ from: r.from(i), to: r.end(r.close(i + 1)), text: place[Number(word[5]) - 1] });
      continue;
    }
    if (/^Q3C_RADIAL_QUERY$/.test(word)) {
      const parts = r.parts(i + 1)?.map((part) => r.source(part));
      if (parts?.length !== 5) throw advice(r.text(i));
      const call = `cone(${[...parts.slice(0, 4), arcsec(parts[4])].join(", ")})`;
      edits.push({ from: r.from(i), to: r.end(r.close(i + 1)), text: call });
      continue;
    }
    if (word === "DISTANCE") {
      const parts = r.parts(i + 1);
      const points = parts?.length === 2 ? parts.map((part) => point(r, part)) : null;
      const four =
        parts?.length === 4
          ? parts.map((part) => r.source(part))
          : points?.every(Boolean)
            ? points.flat()
            : null;
      if (four)
        edits.push({
          from: r.from(i),
          to: r.end(r.close(i + 1)),
          text: `(separation(${four.join(", ")}) / 3600)`,
        });
      continue;
    }
    if (word !== "CONTAINS" && word !== "INTERSECTS") continue;
    const parts = r.parts(i + 1);
    if (!parts || parts.length !== 2 || !/^(?:POINT|CIRCLE|BOX|POLYGON)$/.test(r.word(parts[0][0]))) continue;
    const at = point(r, parts[0]) ?? (word === "INTERSECTS" ? point(r, parts[1]) : null);
    const circle = at && (cone(r, parts[1]) ?? (word === "INTERSECTS" ? cone(r, parts[0]) : null));
    if (!at || !circle) throw advice(r.text(i));
    const close = r.close(i + 1);
    let [from, to, sense] = [r.from(i), r.end(close), ""];
    if (/^[01]$/.test(r.text(i - 2)) && r.text(i - 1) === "=") [from, sense] = [r.from(i - 2), r.text(i - 2)];
    else if (r.text(close + 1) === "=" && /^[01]$/.test(r.text(close + 2)))
      [to, sense] = [r.end(close + 2), r.text(close + 2)];
    const call = `cone(${[...at, ...circle].join(", ")})`;
    edits.push({ from, to, text: sense === "0" ? `NOT ${call}` : call });
  }
  return edits;
}

/** @param {string} word @param {string[]} [args] of a search around a position: ra, dec, and the radius in arcmin */
const advice = (word, args = []) =>
  args.length === 3 && args.every((arg) => /^[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(arg))
    ? new Refused(
        t("{word} is not supported here: write WHERE {cone} after the catalogue; the radius is in arcsec.", {
          word,
          cone: `cone(ra, dec, ${args[0]}, ${args[1]}, ${Number((Number(args[2]) * 60).toPrecision(15))})`,
        }),
      )
    : new Refused(
        t(
          "{word} is not supported here in this form. A cone is cone(ra, dec, 150.1, 2.2, 60): degrees, and the radius in arcsec.",
          { word },
        ),
      );

/** The arguments after a coordinate system, which may be left out. @param {Reader} r @param {[number, number]} part @param {string} name */
function shape(r, [first], name) {
  if (r.word(first) !== name) return null;
  const parts = r.parts(first + 1) ?? [];
  const [head] = parts;
  const system = head && r.text(head[0]).startsWith("'") ? r.text(head[0]).slice(1, -1).trim() : null;
  if (system !== null && !/^(?:ICRS.*|)$/i.test(system))
    throw new Refused(t("Positions here are ICRS; “{system}” is not converted.", { system }));
  return system === null ? parts : parts.slice(1);
}

/** @param {Reader} r @param {[number, number]} part @returns {string[] | null} ra, dec */
function point(r, part) {
  const parts = shape(r, part, "POINT");
  return parts?.length === 2 ? parts.map((one) => r.source(one)) : null;
}

/** @param {Reader} r @param {[number, number]} part @returns {string[] | null} ra, dec, radius in arcsec */
function cone(r, part) {
  const parts = shape(r, part, "CIRCLE");
  if (!parts) return null;
  const centre =
    parts.length === 2
      ? point(r, parts[0])
      : parts.length === 3
        ? parts.slice(0, 2).map((one) => r.source(one))
        : null;
  if (!centre) return null;
  return [...centre, arcsec(r.source(parts[parts.length - 1]))];
}

/** @param {string} radius in degrees @returns {string} in arcsec */
function arcsec(radius) {
  const number = /^\s*(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(radius)
    ? Number((Number(radius) * 3600).toPrecision(15))
    : null;
  return number === null ? `(${radius}) * 3600` : String(number);
}

/** Translate TOP, FETCH FIRST and ROWNUM into LIMIT. @param {Reader} r @param {Known} known */
function limits(r, { columns }) {
  /** @type {Edit[]} */
  const edits = [];
  const rownum = !columns.some((name) => name.toLowerCase() === "rownum");
  for (let i = 0; i < r.all.length; i++) {
    if (r.word(i) === "TOP") top(r, i, edits);
    else if (r.word(i) === "FETCH") fetch(r, i, edits);
    else if (
      r.word(i) === "LIMIT" &&
      NUMBER.test(r.text(i + 1)) &&
      r.text(i + 2) === "," &&
      NUMBER.test(r.text(i + 3))
    )
      edits.push({ from: r.from(i + 1), to: r.end(i + 3), text: `${r.text(i + 3)} OFFSET ${r.text(i + 1)}` });
    else if (r.word(i) === "ROWNUM" && rownum) rowNumber(r, i, edits);
  }
  return edits;
}

const noTies = () =>
  new Refused(
    t(
      "TOP … WITH TIES is not supported here: leave WITH TIES out, or use QUALIFY rank() OVER (ORDER BY …) <= 10.",
    ),
  );

/** @param {Reader} r @param {number} i at TOP @param {Edit[]} edits */
function top(r, i, edits) {
  const before = /^(?:DISTINCT|ALL)$/.test(r.word(i - 1)) ? i - 2 : i - 1;
  if (r.word(before) !== "SELECT") return;
  const open = r.text(i + 1) === "(";
  const number = open ? i + 2 : i + 1;
  if (!NUMBER.test(r.text(number)) || (open && r.text(i + 3) !== ")")) return;
  let last = open ? i + 3 : number;
  const percent = r.word(last + 1) === "PERCENT";
  if (percent) last++;
  if (r.word(last + 1) === "WITH" && r.word(last + 2) === "TIES") throw noTies();
  edits.push({ from: r.from(i), to: r.from(last + 1), text: "" });
  const part =
    SETS.includes(r.word(before - 1)) || (r.word(before - 1) === "ALL" && SETS.includes(r.word(before - 2)));
  const end = r.scopeEnd(before, part ? ["ORDER"] : []);
  put(
    r,
    edits,
    end,
    `LIMIT ${r.text(number)}${percent ? "%" : ""}`,
    part || SETS.includes(r.word(end)) ? before : -1,
  );
}

/**
 * @param {Reader} r @param {Edit[]} edits @param {number} end the token before which to insert @param {string} limit
 * @param {number} select token of its SELECT to put into brackets, where it is one of several; -1 for none
 */
function put(r, edits, end, limit, select) {
  const at = end > 0 ? r.end(end - 1) : r.sql.length;
  // on a new line: a comment may end the previous one
  edits.push({
    from: at,
    to: at,
    text: `${/--[^\n]*$/.test(r.sql.slice(0, at)) ? "\n" : " "}${limit}${select < 0 ? "" : ")"}`,
  });
  if (select >= 0) edits.push({ from: r.from(select), to: r.from(select), text: "(" });
}

/** `FETCH FIRST 10 ROWS ONLY`, and the ROWS of OFFSET before it. @param {Reader} r @param {number} i @param {Edit[]} edits */
function fetch(r, i, edits) {
  if (!/^(?:FIRST|NEXT)$/.test(r.word(i + 1))) return;
  const given = NUMBER.test(r.text(i + 2));
  const percent = given && r.word(i + 3) === "PERCENT";
  const rows = i + (given ? 3 : 2) + Number(percent);
  if (!/^ROWS?$/.test(r.word(rows))) return;
  if (r.word(rows + 1) === "WITH" && r.word(rows + 2) === "TIES") throw noTies();
  if (r.word(rows + 1) !== "ONLY") return;
  const limit = `LIMIT ${given ? r.text(i + 2) : 1}${percent ? "%" : ""}`;
  edits.push({ from: r.from(i), to: r.end(rows + 1), text: limit });
  if (/^ROWS?$/.test(r.word(i - 1)) && r.word(i - 3) === "OFFSET")
    edits.push({ from: r.end(i - 2), to: r.end(i - 1), text: "" });
}

/** `ROWNUM <= 10` among the conditions. @param {Reader} r @param {number} i @param {Edit[]} edits */
function rowNumber(r, i, edits) {
  const sign = r.text(i + 1) + (r.text(i + 2) === "=" ? "=" : "");
  const number = i + 1 + sign.length;
  if (!/^(?:<|<=|=)$/.test(sign) || !NUMBER.test(r.text(number))) return;
  const n = Number(r.text(number)) - (sign === "<" ? 1 : 0);
  if (sign === "=" && n !== 1) return;
  const select = r.select(i);
  const [before, after] = [r.word(i - 1), r.word(number + 1)];
  if (select < 0 || !["WHERE", "AND"].includes(before) || after === "OR") return;
  const end = r.scopeEnd(select);
  if (before === "AND") edits.push({ from: r.end(i - 2), to: r.end(number), text: "" });
  else if (after === "AND") edits.push({ from: r.from(i), to: r.from(number + 2), text: "" });
  else edits.push({ from: r.end(i - 2), to: r.end(number), text: "" });
  put(r, edits, end, `LIMIT ${n}`, SETS.includes(r.word(end)) ? select : -1);
}
