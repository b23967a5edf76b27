/**
 * The small language of permalink values and form fields: `low..high`, lists with commas, `*` for any run of characters,
 * and "quotation marks" round text in which those signs are meant as they are.
 *
 * @typedef {{kind: "value", text: string}} Value
 * @typedef {{kind: "range", low: string, high: string}} Range an empty end is open
 * @typedef {{kind: "pattern", text: string}} Pattern
 * @typedef {{kind: "null"}} Nothing nothing stands there
 * @typedef {Value | Range | Pattern | Nothing} Item
 */
import { t } from "../strings.js";

/** Written without quotation marks; in them it is a text. */
const NULL = /^null$/i;

/** What a reader wrote cannot be used; `message` is for the reader, in the page's language. */
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
 * @returns {Item[]} empty when nothing is asked for; throws Refused
 */
export function parseItems(text) {
  /** @type {Item[]} */
  const items = [];
  let at = 0;

  /** One end of a range or one value: quoted or bare. */
  const word = () => {
    while (text[at] === " ") at++;
    if (text[at] !== '"') {
      const from = at;
      while (at < text.length && text[at] !== "," && !text.startsWith("..", at)) at++;
      return { text: text.slice(from, at).trim(), quoted: false };
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
    return { text: out, quoted: true };
  };

  do {
    const low = word();
    if (text.startsWith("..", at)) {
      at += 2;
      const high = word();
      items.push({ kind: "range", low: low.text, high: high.text });
    } else if (low.quoted) items.push({ kind: "value", text: low.text });
    else if (low.text.includes("*")) items.push({ kind: "pattern", text: low.text });
    else if (NULL.test(low.text)) items.push({ kind: "null" });
    else if (low.text !== "") items.push({ kind: "value", text: low.text });
    if (at < text.length && text[at] !== ",") {
      throw new Refused(t("Write a value, low..high, or several separated by commas."));
    }
  } while (at++ < text.length);
  return items;
}

/** @param {Item[]} items @returns {string} the text that parseItems reads back to the same items */
export function writeItems(items) {
  return items
    .map((item) => {
      if (item.kind === "range") return `${item.low && word(item.low)}..${item.high && word(item.high)}`;
      if (item.kind === "null") return "null";
      return item.kind === "pattern" ? item.text : word(item.text);
    })
    .join(",");
}

/** @param {string} text */
function word(text) {
  const special = /[,"*]|\.\.|^\.|\.$|^\s|\s$|^$/;
  return special.test(text) || NULL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A list of column names: commas between them, quoted where a name holds one.
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
