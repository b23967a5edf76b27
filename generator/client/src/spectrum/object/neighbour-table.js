/** The neighbours of an object as a table: what the chart shows, in words and numbers. */
import { countText, t } from "../../shared/strings.js";
import { keyMark, symbol } from "./finder-chart.js";

/**
 * @typedef {import("./around.js").Neighbour} Neighbour
 * @typedef {import("./finder.js").Entry} Entry
 */

/** Most lines of the table. */
const MOST = 200;
/** Digits of separations: milliarcseconds. */
const APART = 3;

/**
 * @param {HTMLTableElement} table @param {Neighbour[]} found the nearest first @param {Entry[]} entries of the legend
 * @param {(one: Neighbour) => number} place of a neighbour in the legend
 * @param {Record<string, import("./around.js").Facts>} objects
 */
export function neighbourTable(table, found, entries, place, objects) {
  const [body] = table.tBodies;
  body.replaceChildren(
    ...found.slice(0, MOST).map((one, key) => lineOf(one, key, place(one), entries, objects)),
  );
  table.caption?.remove();
  if (found.length > MOST)
    table.createCaption().textContent = t("The nearest places: {n} of {all}", {
      n: countText(MOST),
      all: countText(found.length),
    });
}

/**
 * @param {Neighbour} one @param {number} key @param {number} at @param {Entry[]} entries
 * @param {Record<string, import("./around.js").Facts>} objects
 */
function lineOf(one, key, at, entries, objects) {
  const line = document.createElement("tr");
  line.dataset.key = String(key);
  const name = document.createElement("th");
  name.scope = "row";
  const mark = keyMark(symbol(at, 0, 0, 4.4, one.match !== null));
  name.append(mark, one.match?.name ?? one.catalogue);
  name.title = entries[at]?.title ?? "";
  line.append(name, cell(linkOf(one, objects)));
  const [motion, magnitude] = [one.motion, one.magnitude];
  for (const text of [
    one.apart.toFixed(APART),
    one.angle === null ? "–" : one.angle.toFixed(1),
    motion ? `${signed(motion.east)}, ${signed(motion.north)}` : "–",
    magnitude === null ? "–" : magnitude.toFixed(2),
  ])
    line.append(cell(text, "num"));
  return line;
}

/** The row's page; the object of another catalogue is named by the row it belongs to. @param {Neighbour} one @param {Record<string, import("./around.js").Facts>} objects */
function linkOf({ catalogue, id, place, rows, ring }, objects) {
  const parts = document.createElement("span");
  const link = document.createElement("a");
  const indexed = objects[catalogue]?.indexed.includes(id.column);
  link.href =
    indexed && id.value
      ? `object.html?${encodeURIComponent(id.column)}=${encodeURIComponent(id.value)}`
      : `object.html?position=${place.ra},${place.dec}`;
  link.textContent = id.value || `${place.ra.toFixed(6)} ${place.dec.toFixed(6)}`;
  parts.append(link);
  if (rows > 1) parts.append(` (${t("{n} rows", { n: rows })})`);
  if (ring !== null) parts.append(` (${t("on a circle")})`);
  return parts;
}

/** @param {number} value */
const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;

/** @param {string | Node} content @param {string} [kind] */
function cell(content, kind = "") {
  const made = document.createElement("td");
  made.className = kind;
  made.append(content);
  return made;
}
