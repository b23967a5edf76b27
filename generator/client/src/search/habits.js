/**
 * Conditions in common notations, `>50`, `50-100`, `1,000 ～ 2,000`, read as items of a search. The grammar of
 * permalinks has priority; this reads what the grammar refuses.
 *
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./grammar.js").Item} Item
 * @typedef {import("./grammar.js").Range} Range
 * @typedef {{low: number, high: number}} Extremes of the column; NaN where unknown
 * @typedef {{sign: string, text: string}} Comparison
 */
import { t } from "../shared/strings.js";
import { isId, kindOf } from "./columns.js";
import { bareNumber } from "./designations.js";
import { Refused, parseItems } from "./grammar.js";
import { condition } from "./conditions.js";
import { halfWidth, readReal } from "./literals.js";

const NUMBER = String.raw`[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)`;
const DATE = String.raw`\d{4}(?:-\d\d(?:-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?z?)?)?)?`;
const SIGN = "(>=|<=|!=|>|<|=)";
const THOUSANDS = /(?<![\d.,])[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d|,\d)/g;
/** Longer texts are not read in this way. */
const LONGEST = 2000;

/** Words and other signs, and the signs that replace them. @type {[RegExp, string][]} */
const WORDS = [
  [/[\u2010-\u2015\u2212\ufe63]/g, "-"],
  [/[\u301c\u223c\u02dc]/g, "~"],
  [/[\u00a0\u2000-\u200a\u202f\u205f]/g, " "],
  [/、/g, ","],
  [/(?<=\d)。(?=\d)/g, "."],
  [/…/g, ".."],
  [/\.{3,}/g, ".."],
  [/[≥⩾≧]|=>|大于等于|大于或等于|不小于|不低于|\bat least\b/g, ">="],
  [/[≤⩽≦]|=<|小于等于|小于或等于|不大于|不高于|\bat most\b/g, "<="],
  [/≠|<>|不等于|\bnot\b|!(?!=)/g, "!="],
  [/==/g, "="],
  [/大于|高于|超过|\b(?:greater|more|larger|higher) than\b|\b(?:above|over)\b/g, ">"],
  [/小于|低于|\b(?:less|smaller|fewer|lower) than\b|\b(?:below|under)\b/g, "<"],
  [/等于/g, "="],
  [/至|到/g, " to "],
  [/[;\n\t]/g, ","],
  [/\+\/?-/g, "±"],
  [/\bor\b|或/g, ","],
  [/&&?|\band\b|且/g, "&"],
];

/**
 * Read a condition on a column.
 * @param {Column} column @param {string} text
 * @param {Extremes | null} [box] extremes for a box of a range, in which a comma may separate thousands; null elsewhere, where it separates values
 * @returns {Item[]} throws Refused with examples of what can be written
 */
export function readItems(column, text, box = null) {
  const kind = kindOf(column);
  if (kind === "text" && !column.dates) return readTexts(withoutSign(text));
  if (isId(column)) text = withoutBrackets(text);
  if (kind !== "whole" && kind !== "real" && kind !== "time" && kind !== "text") return parseItems(text);
  const dates = kind === "time" || kind === "text";
  const quoted = text.includes('"') || text.length > LONGEST;
  const joined = box && !dates && !quoted ? joinThousands(halfWidth(text), box) : text;
  if (box && !quoted && isTwo(halfWidth(text), box)) throw notUnderstood(text);
  if (kind !== "text" || quoted) {
    /** @type {Item[]} */
    let items = [];
    try {
      items = parseItems(joined);
      if (items.length) condition(column, items);
      return items;
    } catch (error) {
      // a pattern, or well-formed ends in the wrong order
      const plain =
        items.length > 0 &&
        !joined.includes("...") &&
        items.every((item) => isPlain(item, dates ? DATE : NUMBER));
      if (!(error instanceof Refused) || quoted || plain) throw error;
    }
  }
  const found = readNothing(joined) ?? understand(joined, column, dates);
  if (found) return found;
  if (kind === "text") return parseItems(text);
  const near = dates
    ? null
    : new RegExp(`^\\s*(?:~|≈|≃|≅|约|大约|about|around|ca\\.?)\\s*(${NUMBER})\\s*$`, "i");
  const [, about] = near?.exec(halfWidth(text).replace(/[\u301c\u223c]/g, "~")) ?? [];
  if (about)
    throw new Refused(t("“{text}” has no tolerance: write {about}±1 or a range low..high.", { text, about }));
  throw dates
    ? new Refused(
        t("“{text}” is not understood. Examples: 2015-10-27 · 2015-10..2016-02 · >2015-10-27 · <=2016", {
          text,
        }),
      )
    : notUnderstood(text);
}

/** @param {string} text */
const notUnderstood = (text) =>
  new Refused(t("“{text}” is not understood. Examples: 50 · 50..100 · >50 · <=10 · !=0 · 1, 3, 5", { text }));

/** Whether a blank separates two numbers of the column that together are not one: `50 100`. @param {string} text @param {Extremes} box */
function isTwo(text, { low, high }) {
  const inRange = (/** @type {string} */ part) => Number(part) >= low && Number(part) <= high;
  const parts = text.trim().split(/ +/);
  return (
    parts.length > 1 &&
    parts.every((part) => /^\d{1,3}$/.test(part) && inRange(part)) &&
    !inRange(parts.join(""))
  );
}

/** Whether the value of an item is well-formed. @param {Item} item @param {string} value */
function isPlain(item, value) {
  if (item.kind === "pattern" || item.kind === "null") return true;
  const whole = new RegExp(`^(?:${value})?$`, "i");
  const texts = item.kind === "range" ? [item.low, item.high] : [item.text];
  return texts.every((text) => whole.test(text) && !text.endsWith("."));
}

/** Conditions for missing values, or for any value. @param {string} text @returns {Item[] | null} */
function readNothing(text) {
  if (/^\s*(?:=\s*|is\s+)?(?:null|空|为空|无值)\s*$/i.test(text)) return [{ kind: "null" }];
  if (/^\s*(?:(?:is\s+)?not\s+null|!=\s*null|<>\s*null|非空|不为空|有值)\s*$/i.test(text))
    return [{ kind: "range", low: "", high: "" }];
  return null;
}

/** A list without the brackets around it, and IN before them. @param {string} text */
const withoutBrackets = (text) =>
  /^\s*(?:in\s*)?[([]([^()[\]]*)[)\]]\s*$/i.exec(halfWidth(text))?.[1] ?? text;

/**
 * A text without the sign of equality before it: `=K5`, `~K5*`, `like 'K5%'`. Quoted texts are literal.
 * @param {string} text
 */
function withoutSign(text) {
  const [, sign, rest] = /^\s*(==?~?|~|＝|～|like\s(?!.*\blike\b))\s*(\S[^]*)$/i.exec(text) ?? [];
  if (!sign) return text;
  const bare = /^'([^']*)'$/.exec(rest.trim())?.[1] ?? rest;
  return /^like/i.test(sign) ? bare.replaceAll("%", "*") : bare;
}

/** Texts are literal, unless they begin with a sign of “not”. @param {string} text @returns {Item[]} */
function readTexts(text) {
  const not = /^\s*(?:!=|！=|≠|<>|!|！)\s*([^]+)$/;
  const parts = text.includes('"') ? [text] : text.split(/[,，]/);
  const names = parts.map((part) => not.exec(part)?.[1].trim() ?? "");
  if (!names.every(Boolean)) return parseItems(text);
  const [only] = names.length === 1 ? parseItems(names[0]) : [];
  const texts = only?.kind === "value" ? [only.text] : names;
  if (texts.some((name) => /[*]|\.\./.test(name)))
    throw new Refused(t("After != write whole values, without * and “..”."));
  return without(texts.toSorted((one, other) => (one < other ? -1 : 1)));
}

/** All values except these. @param {string[]} texts in order @returns {Item[]} */
function without(texts) {
  return [...texts, ""].map((text, i) => {
    const before = texts[i - 1];
    return {
      kind: /** @type {const} */ ("range"),
      low: before ?? "",
      high: text,
      ...(before === undefined ? {} : { above: true }),
      ...(i === texts.length ? {} : { below: true }),
    };
  });
}

/**
 * Remove commas between thousands, unless they separate a list, judging by the values of the column.
 * @param {string} text @param {Extremes} box
 */
function joinThousands(text, { low, high }) {
  const inRange = (/** @type {string} */ part) => Number(part) >= low && Number(part) <= high;
  return text.replace(THOUSANDS, (whole) => {
    const joined = whole.replaceAll(",", "");
    const list = !inRange(joined) && whole.split(",").every(inRange) && !/,0/.test(whole);
    return list ? whole : joined;
  });
}

/**
 * @param {string} written @param {Column} column @param {boolean} dates
 * @returns {Item[] | null} null where it is not understood
 */
function understand(written, column, dates) {
  let text = tidy(written, column, dates);
  const value = dates ? DATE : NUMBER;
  const match = (/** @type {string} */ pattern, part = text) =>
    new RegExp(`^\\s*${pattern}\\s*$`, "i").exec(part);
  const clean = (/** @type {string} */ one) =>
    dates ? one.trim().toUpperCase() : one.trim().replace(/\.(?=e|$)/i, "");

  const interval = match(`([[(\\]])\\s*(${value})?\\s*[,~;]\\s*(${value})?\\s*([)\\][])`);
  if (interval && (interval[2] || interval[3]))
    return [
      range(clean(interval[2] ?? ""), clean(interval[3] ?? ""), interval[1] !== "[", interval[4] !== "]"),
    ];
  text = text
    .replace(/^\s*(?:between|from|介于)\s*(.*?)\s*[&]\s*/, "$1 to ")
    .replace(/^\s*(?:from|between|从)\s*/, "");
  const around = match(`(${value})\\s*(<=?|>=?)\\s*\\S+?\\s*(<=?|>=?)\\s*(${value})`);
  if (around && around[2][0] === around[3][0] && !new RegExp(`^[<>=]`).test(around[4])) {
    const [one, other] = [clean(around[1]), clean(around[4])];
    return around[2][0] === "<"
      ? [range(one, other, around[2] === "<", around[3] === "<")]
      : [range(other, one, around[3] === ">", around[2] === ">")];
  }
  /** @type {Item[]} */
  const items = [];
  /** @type {Comparison[][]} */
  const comparisons = [];
  for (const part of text.split(",")) {
    if (!part.trim()) continue;
    const compared = readComparisons(part, value, clean);
    const found = compared ? null : readRange(part, value, clean);
    const single = match(value, part) ? clean(part) : "";
    const id = !dates && isId(column) ? bareNumber(part) : part;
    if (compared) comparisons.push(compared);
    else if (single) items.push({ kind: "value", text: single });
    else if (!dates && readAround(part)) items.push(/** @type {Range} */ (readAround(part)));
    else if (!dates && isId(column) && /^\s*\d+(?:\s+\d+)+\s*$/.test(part))
      items.push(
        ...part
          .trim()
          .split(/\s+/)
          .map((one) => /** @type {Item} */ ({ kind: "value", text: one })),
      );
    else if (found) items.push(found);
    else if (id !== part) items.push({ kind: "value", text: id });
    else return null;
  }
  const combined = combine(comparisons, dates);
  if (!combined || !(items.length + combined.length)) return null;
  if (items.length && comparisons.some((some) => some.some(({ sign }) => sign === "!="))) return null;
  return [...combined, ...items];
}

/**
 * Replace words, full-width digits and other signs by those that are read. @param {string} written @param {Column} column @param {boolean} dates
 */
function tidy(written, column, dates) {
  let text = halfWidth(written).toLowerCase();
  if (dates)
    text = text
      .replace(/(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号]?)?)?/g, (_, ...parts) =>
        joinDate(parts.slice(0, 3)),
      )
      .replace(/(\d{4})[/.](\d{1,2})[/.](\d{1,2})/g, (_, ...parts) => joinDate(parts.slice(0, 3)))
      .replace(/(?<!\d)(\d{4})(\d\d)(\d\d)(?!\d)/g, "$1-$2-$3");
  for (const [pattern, sign] of WORDS) text = text.replace(pattern, sign);
  text = text.trim();
  const name = column.name.toLowerCase();
  if (text.startsWith(name) && /^\s*(?:[<>=!(]|between|in\b)/.test(text.slice(name.length)))
    text = text.slice(name.length);
  if (dates) return text;
  const unit = column.unit?.trim().toLowerCase();
  if (unit)
    text = text
      .split(unit)
      .reduce((sum, part) => (/\d\s*$/.test(sum) && !/^\w/.test(part) ? sum + part : sum + unit + part));
  // thousands separated by apostrophes or, where these cannot be several ids, by blanks
  const thousands = isId(column)
    ? /(?<![\d.])\d{1,3}(?:['’_]\d{3})+(?![\d])/g
    : /(?<![\d.])\d{1,3}(?:[ '’_]\d{3})+(?![\d])/g;
  return text.replace(thousands, (whole) => whole.replace(/\D/g, ""));
}

/** @param {(string | undefined)[]} parts year, month, day */
const joinDate = (parts) =>
  parts
    .filter(Boolean)
    .map((part) => String(part).padStart(2, "0"))
    .join("-");

/**
 * `>50`, or several that must all be true.
 * @param {string} part @param {string} value @param {(text: string) => string} clean
 * @returns {Comparison[] | null}
 */
function readComparisons(part, value, clean) {
  const one = `${SIGN}\\s*(${value})`;
  if (!new RegExp(`^\\s*${one}(?:\\s*&?\\s*${one})*\\s*$`, "i").test(part)) return null;
  return [...part.matchAll(new RegExp(one, "gi"))].map(([, sign, text]) => ({ sign, text: clean(text) }));
}

/**
 * `50-100` and the like.
 * @param {string} part @param {string} value @param {(text: string) => string} clean
 * @returns {Item | null}
 */
function readRange(part, value, clean) {
  const found = new RegExp(`^\\s*(${value})?(\\s*)(\\.\\.|~|\\bto\\b|-)(\\s*)(${value})?\\s*$`, "i").exec(
    part,
  );
  if (!found) return null;
  const [, low = "", before, sign, after, high = ""] = found;
  // -5 -2 may be two values
  if (sign === "-" && low.startsWith("-") && before && !after) return null;
  if (low && high) return range(clean(low), clean(high), false, false);
  return (low || high) && sign === ".." ? range(clean(low), clean(high), false, false) : null;
}

/** `50±5`, and `50以上`, `50+`, `50以下`. @param {string} part @returns {Range | null} */
function readAround(part) {
  const [, value, error] = new RegExp(`^\\s*(${NUMBER})\\s*±\\s*(${NUMBER})\\s*$`, "i").exec(part) ?? [];
  if (value !== undefined) {
    const [middle, width] = [readReal(value), Math.abs(readReal(error))];
    const end = (/** @type {number} */ at) => String(Number(at.toPrecision(15)));
    return range(end(middle - width), end(middle + width), false, false);
  }
  const [, least] = new RegExp(`^\\s*(${NUMBER})\\s*(?:以上|及以上|\\+)\\s*$`, "i").exec(part) ?? [];
  if (least !== undefined) return range(least, "", false, false);
  const [, most] = new RegExp(`^\\s*(${NUMBER})\\s*(?:以下|及以下|以内)\\s*$`, "i").exec(part) ?? [];
  return most === undefined ? null : range("", most, false, false);
}

/** @param {string} low @param {string} high @param {boolean} above @param {boolean} below @returns {Range} */
function range(low, high, above, below) {
  return {
    kind: "range",
    low,
    high,
    ...(above && low ? { above: true } : {}),
    ...(below && high ? { below: true } : {}),
  };
}

/**
 * Combine comparisons: a lower and an upper bound with values between them must both be met, otherwise
 * either suffices; all of several “not” must be met.
 * @param {Comparison[][]} comparisons @param {boolean} dates
 * @returns {Item[] | null}
 */
function combine(comparisons, dates) {
  const all = comparisons.flat();
  if (!all.length) return [];
  const order = (/** @type {string} */ one, /** @type {string} */ other) =>
    dates ? compare(one, other) : compare(readReal(one), readReal(other));
  if (all.every(({ sign }) => sign === "!="))
    return without([...new Set(all.map(({ text }) => text))].toSorted(order));
  if (all.some(({ sign }) => sign === "!=")) return null;
  /** @type {Item[]} */
  const items = all.flatMap(({ sign, text }) => (sign === "=" ? [{ kind: "value", text }] : []));
  const lower = all.filter(({ sign }) => sign[0] === ">");
  const upper = all.filter(({ sign }) => sign[0] === "<");
  const together = comparisons.some((some) => some.length > 1);
  if (together && (comparisons.length > 1 || lower.length !== 1 || upper.length !== 1)) return null;
  const [low, high] = [lower[0], upper[0]];
  if (
    lower.length === 1 &&
    upper.length === 1 &&
    !items.length &&
    (together || order(low.text, high.text) < 0)
  )
    return [range(low.text, high.text, low.sign === ">", high.sign === "<")];
  items.push(...upper.map(({ sign, text }) => range("", text, false, sign === "<")));
  items.push(...lower.map(({ sign, text }) => range(text, "", sign === ">", false)));
  return items;
}

/** @template {string | number} T @param {T} one @param {T} other */
const compare = (one, other) => (one < other ? -1 : Number(one > other));
