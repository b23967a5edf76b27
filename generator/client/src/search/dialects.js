/**
 * Statements as they are written elsewhere, for the archives of SDSS and Gaia or for VizieR, put into the SQL of this page: TOP, ROWNUM,
 * FETCH FIRST, names in brackets, dbo., and the cones of ADQL. Token by token: texts and comments are left alone.
 */
import { t } from "../strings.js";
import { Refused } from "./grammar.js";
import { tokens } from "./statement.js";

/**
 * @typedef {import("./statement.js").Token} Token
 * @typedef {{from: number, to: number, text: string}} Edit
 * @typedef {{catalogues: string[], columns: string[]}} Known names of the release
 */

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$|^"/u;
const NUMBER = /^\d+$/;
const SETS = ["UNION", "EXCEPT", "INTERSECT", "MINUS"];
/** Functions of SDSS's server that search around a place. */
const NEARBY = /^f(?:get(?:nearby|nearest|obj)|distance)\w*$/i;

/**
 * @param {string} sql one statement @param {Known} known
 * @returns {string} the same text where nothing had to be changed; throws Refused with advice where it cannot be put so
 */
export function translate(sql, known) {
  let text = sql;
  for (const step of [names, prefixes, geometry, limits, words])
    text = apply(text, step(new Reader(text), known));
  return text;
}

/** @param {string} text @param {Edit[]} edits */
function apply(text, edits) {
  let out = text;
  for (const { from, to, text: put } of edits.toSorted(
    (one, other) => other.from - one.from || other.to - one.to,
  ))
    out = out.slice(0, from) + put + out.slice(to);
  return out;
}

class Reader {
  /** @param {string} sql */
  constructor(sql) {
    this.sql = sql;
    this.all = [...tokens(sql)];
    let depth = 0;
    /** Brackets around each token. */
    this.depths = this.all.map(({ text }) => (text === "(" ? depth++ : text === ")" ? --depth : depth));
  }

  /** @param {number} i */
  text(i) {
    return this.all[i]?.text ?? "";
  }

  /** @param {number} i */
  word(i) {
    return this.text(i).toUpperCase();
  }

  /** @param {number} i */
  from(i) {
    return this.all[i]?.from ?? this.sql.length;
  }

  /** Where a token ends. @param {number} i */
  end(i) {
    return this.from(i) + this.text(i).length;
  }

  /** The bracket that closes the one at i; -1 where there is none. @param {number} i */
  close(i) {
    return this.all.findIndex(({ text }, k) => k > i && text === ")" && this.depths[k] === this.depths[i]);
  }

  /** What stands between brackets, split at commas. @param {number} open @returns {[number, number][] | null} first and last token */
  parts(open) {
    const close = this.close(open);
    if (this.text(open) !== "(" || close < 0) return null;
    /** @type {[number, number][]} */
    const parts = [];
    let first = open + 1;
    for (let i = open + 1; i <= close; i++) {
      if (i !== close && !(this.text(i) === "," && this.depths[i] === this.depths[open] + 1)) continue;
      parts.push([first, i - 1]);
      first = i + 1;
    }
    return parts;
  }

  /** @param {[number, number]} part */
  source([first, last]) {
    return this.sql.slice(this.from(first), this.end(last));
  }

  /** The first token after i that does not belong to the SELECT that i stands in. @param {number} i @param {string[]} [words] that end it too */
  scopeEnd(i, words = []) {
    const depth = this.depths[i];
    for (let k = i + 1; k < this.all.length; k++) {
      if (this.depths[k] < depth || (this.text(k) === ")" && this.depths[k] === depth - 1)) return k;
      if (this.depths[k] === depth && [...SETS, ...words].includes(this.word(k))) return k;
    }
    return this.all.length;
  }

  /** The SELECT that token i stands in. @param {number} i */
  select(i) {
    for (let k = i; k >= 0; k--) if (this.depths[k] === this.depths[i] && this.word(k) === "SELECT") return k;
    return -1;
  }
}

/** Words after which a bracket begins a name, not the place of an element. */
const BEFORE_NAMES = /^(?:select|from|join|by|where|and|or|on|as|distinct|all|not|case|when|then|else|in)$/i;

/** Words after which there is nothing but a name. */
const NAMES_ONLY = /^(?:as|from|join|by|\.)$/i;
/** What begins a value: [NULL], [INTERVAL 1 DAY] and [NOT flag] are lists of one. */
const VALUES = /^(?:null|true|false|interval|date|time\w*|not|case|current_\w+|select|from)$/i;

/**
 * Names in brackets and backticks. DuckDB has lists of one in brackets: of a single word only names are taken that the release or the
 * statement has.
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
    // of a list, or of what stands in a list, a structure or a map
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
      // no name stands within a list
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

/** Cones and distances of ADQL. @param {Reader} r */
function geometry(r) {
  /** @type {Edit[]} */
  const edits = [];
  for (let i = 0; i < r.all.length; i++) {
    const word = r.word(i);
    if (NEARBY.test(r.text(i)) && r.text(i + 1) === "(") throw advice(r.text(i));
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

/** @param {string} word */
const advice = (word) =>
  new Refused(
    t(
      "{word} is not known here in this form. A cone is cone(ra, dec, 150.1, 2.2, 60): degrees, and the radius in arcsec.",
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
  const radius = r.source(parts[parts.length - 1]);
  const number = /^\s*(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(radius)
    ? Number((Number(radius) * 3600).toPrecision(15))
    : null;
  return [...centre, number === null ? `(${radius}) * 3600` : String(number)];
}

/** TOP, FETCH FIRST and ROWNUM as LIMIT. @param {Reader} r @param {Known} known */
function limits(r, { columns }) {
  /** @type {Edit[]} */
  const edits = [];
  const rownum = !columns.some((name) => name.toLowerCase() === "rownum");
  for (let i = 0; i < r.all.length; i++) {
    if (r.word(i) === "TOP") top(r, i, edits);
    else if (r.word(i) === "FETCH") fetch(r, i, edits);
    else if (r.word(i) === "ROWNUM" && rownum) rowNumber(r, i, edits);
  }
  return edits;
}

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
  if (r.word(last + 1) === "WITH" && r.word(last + 2) === "TIES")
    throw new Refused(
      t(
        "TOP … WITH TIES is not known here: leave WITH TIES out, or use QUALIFY rank() OVER (ORDER BY …) <= 10.",
      ),
    );
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
 * @param {Reader} r @param {Edit[]} edits @param {number} end the token before which it stands @param {string} limit
 * @param {number} select in brackets with it, where it is one part of several; -1 for none
 */
function put(r, edits, end, limit, select) {
  const at = end > 0 ? r.end(end - 1) : r.sql.length;
  // a new line: a comment may end the one before
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
  const rows = i + (given ? 3 : 2);
  if (!/^ROWS?$/.test(r.word(rows)) || r.word(rows + 1) !== "ONLY") return;
  edits.push({ from: r.from(i), to: r.end(rows + 1), text: `LIMIT ${given ? r.text(i + 2) : 1}` });
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

/** Words of other servers. @param {Reader} r */
function words(r) {
  /** @type {Edit[]} */
  const edits = [];
  const change = (/** @type {number} */ i, /** @type {number} */ last, /** @type {string} */ text) =>
    edits.push({ from: r.from(i), to: r.end(last), text });
  for (let i = 0; i < r.all.length; i++) {
    const word = r.word(i);
    const call = r.text(i + 1) === "(";
    if (/^(?:NVL|ISNULL)$/.test(word) && call) change(i, i, "coalesce");
    else if (word === "MINUS" && r.word(i + 1) === "SELECT") change(i, i, "EXCEPT");
    else if (word === "FROM" && r.word(i + 1) === "DUAL")
      edits.push({ from: r.end(i - 1), to: r.end(i + 1), text: "" });
    else if (word === "WITH" && call && r.word(i + 2) === "NOLOCK" && r.text(i + 3) === ")")
      edits.push({ from: r.end(i - 1), to: r.end(i + 3), text: "" });
    else if (word === "INTO" && r.select(i) >= 0 && NAME.test(r.text(i + 1))) {
      let last = i + 1;
      while (r.text(last + 1) === "." && NAME.test(r.text(last + 2))) last += 2;
      if (r.word(last + 1) === "FROM") edits.push({ from: r.end(i - 1), to: r.end(last), text: "" });
    }
  }
  return edits;
}
