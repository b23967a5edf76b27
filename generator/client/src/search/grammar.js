/**
 * The small language of permalink values and form fields: `low..high`, lists with commas, `*` for any run of characters,
 * and "quotation marks" around text in which these signs are literal.
 *
 * @typedef {{kind: "value", text: string}} Value
 * @typedef {{kind: "range", low: string, high: string, above?: true, below?: true}} Range an empty end is open; above,
 *   below: the end itself is excluded, written `>low..<high`
 * @typedef {{kind: "pattern", text: string}} Pattern
 * @typedef {{kind: "null"}} Nothing no value
 * @typedef {Value | Range | Pattern | Nothing} Item
 */
import { t } from "../shared/strings.js";

/** Written without quotation marks; a quoted one is a text. */
const NULL = /^null$/i;

/** The reader's input cannot be used; `message` is for the reader, in the page's language. */
export class Refused extends Error {
  /** @param {string} message @param {string} [parameter] the permalink parameter or form field it belongs to */
  constructor(message, parameter = "") {
    super(message);
    this.name = "Refused";
    this.parameter = parameter;
  }
}

/**
 * @param {string} text
 * @returns {Item[]} empty for an empty text; throws Refused
 */
export function parseItems(text) {
  /** @type {Item[]} */
  const items = [];
  let at = 0;

  /** One end of a range or one value: quoted or bare. */
  const word = () => {
    while (text[at] === " ") at++;
    const sign = /^[<>]=?(?=")/.exec(text.slice(at, at + 3))?.[0] ?? "";
    at += sign.length;
    if (text[at] !== '"') {
      const from = at;
      while (at < text.length && text[at] !== "," && !text.startsWith("..", at)) at++;
      return { text: text.slice(from, at).trim(), quoted: false, sign };
    }
    let out = "";
    for (at++; ; at++) {
      if (at >= text.length) throw new Refused(t("A quotation mark is not closed."));
      if (text[at] !== '"') out += text[at];
      else if (text[at + 1] === '"') {
        out += '"';
        at++;
      } else break;
    }
    at++;
    while (text[at] === " ") at++;
    return { text: out, quoted: true, sign };
  };

  do {
    const low = word();
    if (text.startsWith("..", at)) {
      at += 2;
      items.push(makeRange(low, word()));
    } else if (low.sign) throw notRead();
    else if (low.quoted) items.push({ kind: "value", text: low.text });
    else if (low.text.includes("*")) items.push({ kind: "pattern", text: low.text });
    else if (NULL.test(low.text)) items.push({ kind: "null" });
    else if (low.text !== "") items.push({ kind: "value", text: low.text });
    if (at < text.length && text[at] !== ",") {
      throw notRead();
    }
  } while (at++ < text.length);
  return items;
}

const notRead = () => new Refused(t("Write a value, low..high, or several separated by commas."));

/**
 * @typedef {{text: string, quoted: boolean, sign: string}} Word
 * @param {Word} low @param {Word} high
 * @returns {Range}
 */
function makeRange(low, high) {
  const [from, to] = [readEnd(low, ">"), readEnd(high, "<")];
  return {
    kind: "range",
    low: from.text,
    high: to.text,
    ...(from.open ? { above: true } : {}),
    ...(to.open ? { below: true } : {}),
  };
}

/** @param {Word} word @param {string} mark of an end that is excluded */
function readEnd({ text, quoted, sign }, mark) {
  const signs = quoted ? sign : text.startsWith(mark) ? `${mark}${text[1] === "=" ? "=" : ""}` : "";
  const rest = quoted ? text : text.slice(signs.length).trim();
  if (signs && (signs[0] !== mark || (!quoted && !rest))) throw notRead();
  return { text: rest, open: signs === mark };
}

/** @param {Item[]} items @returns {string} the text that parseItems reads back to the same items */
export function writeItems(items) {
  return items
    .map((item) => {
      if (item.kind === "range")
        return `${item.above ? ">" : ""}${end(item.low)}..${item.below ? "<" : ""}${end(item.high)}`;
      if (item.kind === "null") return "null";
      return item.kind === "pattern" ? item.text : word(item.text);
    })
    .join(",");
}

/** @param {string} text */
const end = (text) => (/^[<>]/.test(text) ? quote(text) : text && word(text));

/** @param {string} text */
const quote = (text) => `"${text.replaceAll('"', '""')}"`;

/** @param {string} text */
function word(text) {
  const special = /[,"*;，；、\n]|\.\.|^\.|\.$|^\s|\s$|^$/;
  // signs of equality at the beginning of a text are not read as a part of it
  const sign = /^(?:[=~＝～]|like\s)/i;
  return special.test(text) || sign.test(text) || NULL.test(text) ? quote(text) : text;
}

/**
 * A list of column names, separated by commas, quoted where a name contains one.
 * @param {string} text
 * @returns {string[]}
 */
export function parseNames(text) {
  return parseItems(text).map((item) => {
    if (item.kind === "range") throw new Refused(t("Write column names separated by commas."));
    return item.kind === "null" ? "null" : item.text;
  });
}

/** @param {string[]} names */
export function writeNames(names) {
  return names.map(word).join(",");
}
