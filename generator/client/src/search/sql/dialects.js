/**
 * Statements as they are written elsewhere, for the archives of SDSS and Gaia or for VizieR, translated into the SQL of this page: TOP, ROWNUM,
 * FETCH FIRST, names in brackets, dbo., and the cones of ADQL. Token by token: texts and comments are left alone.
 */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { words } from "./dialect-words.js";
import { geometry } from "./dialect-shapes.js";
import { placeColumns } from "./near-calls.js";
import { NAME, Reader, SETS, apply } from "./token-row.js";

/**
 * @typedef {import("./token-row.js").Edit} Edit
 * @typedef {{catalogues: string[], columns: string[], positions?: Record<string, import("./near-calls.js").Position>}} Known names of the release;
 *   positions: columns by the name of a table in lower case
 */

const NUMBER = /^\d+$/;
/**
 * @param {string} sql one statement @param {Known} known
 * @returns {string} the same text where nothing had to be changed; throws Refused with advice where it cannot be translated
 */
export function translate(sql, known) {
  refuseElsewhere(new Reader(sql), known);
  let text = sql;
  for (const step of [names, prefixes, geometry, limits, words, placeColumns])
    text = apply(text, step(new Reader(text), known));
  // the logarithm to base 10 is that of PostgreSQL too
  return text === sql || /q3c_/i.test(sql) ? text : apply(text, naturalLogs(new Reader(text)));
}

/** LOG of one argument is the natural logarithm in ADQL and on SQL Server, and that to base 10 here. @param {Reader} r */
const naturalLogs = (r) =>
  r.all.flatMap((_, i) =>
    r.word(i) === "LOG" && r.parts(i + 1)?.length === 1
      ? [{ from: r.from(i), to: r.end(i), text: "ln" }]
      : [],
  );

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

/** Tables of the best known archives, by the schemas before them or their own names. */
const ELSEWHERE =
  /^(?:gaia(?:e?dr\d)\w*\.\w+|(?:bestdr\d+|dr\d+)\.\w+|sdss\w*\.\w+|gaia_source(?:_lite)?|photo(?:obj|primary|tag|objall)|spec(?:obj|objall|photo)|galspec\w+|tmass_?psc_xsc\w*|apogeestar|combined|stellar|med_combined|med_stellar|twomass\.\w+|allwise\.\w+)$/i;
/** Where readers keep tables of their own on other servers. */
const OWN = /^(?:mydb|tap_upload|user_\w+|#\w+)(?:\.|$)/i;

/** Refuse tables that other archives have, by their names. @param {Reader} r @param {Known} known */
function refuseElsewhere(r, { catalogues }) {
  const mine = new Set(catalogues.map((name) => name.toLowerCase()));
  r.all.forEach(({ text }, i) => {
    if (r.word(i + 1) === "AS" && r.text(i + 2) === "(") mine.add(text.toLowerCase());
  });
  for (let i = 1; i < r.all.length; i++) {
    if (!/^(?:FROM|JOIN|,)$/.test(r.word(i - 1))) continue;
    const own = r.text(i) === "#";
    if (!own && !NAME.test(r.text(i))) continue;
    let last = own ? i + 1 : i;
    while (r.text(last + 1) === "." && NAME.test(r.text(last + 2))) last += 2;
    const name = r.source([i, last]).replaceAll('"', "");
    const bare = name.split(".").at(-1)?.toLowerCase() ?? "";
    if (mine.has(bare) || r.text(last + 1) === "(" || (r.text(i - 1) === "," && !own && !name.includes(".")))
      continue;
    if (OWN.test(name))
      throw new Refused(
        t(
          "{name} is a table of your own on another server. Here, lists of targets are matched on the search page, under List.",
          { name },
        ),
      );
    const known = catalogues.join(", ");
    if (r.text(i - 1) !== "," && ELSEWHERE.test(name.replace(/^dbo\./i, "")))
      throw new Refused(
        t("{name} is a table of another archive. This release has: {known}.", { name, known }),
      );
  }
}

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
