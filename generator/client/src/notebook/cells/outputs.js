/** What a cell has shown: text, tables, pictures. Nothing of it is ever parsed as markup. */
import { countText, t } from "../../shared/strings.js";
import { fromBase64 } from "../../shared/base64.js";
import { SVG, TABLE, tableOf } from "../ipynb.js";
import { cleanSvg } from "./svg.js";

/**
 * @typedef {import("../ipynb.js").Kept} Kept
 * @typedef {import("../kernel.js").Output} Output
 */

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

/** What is kept of an output of Python; null for what this page does not show. @param {Output} output @returns {Kept | null} */
export function keep(output) {
  if (output.type === "text")
    return { type: "stream", name: output.name === "stderr" ? "stderr" : "stdout", text: output.text };
  const { mime, data } = output;
  if (mime === "image/png" && data instanceof Uint8Array) return { type: "data", mime, data: toBase64(data) };
  if (typeof data !== "string") return null;
  const table = mime === TABLE ? tableOf(parsed(data)) : null;
  if (table) return { type: "data", mime, data: table };
  const svg = mime === SVG ? cleanSvg(data) : null;
  if (svg) return { type: "data", mime, data: svg };
  return { type: "data", mime: "text/plain", data };
}

/** @param {string} json */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** @param {HTMLElement} place @param {Kept} output */
export function show(place, output) {
  if (output.type === "stream") return text(place, output.text, output.name);
  const { mime, data } = output;
  if (mime === TABLE) place.append(table(JSON.parse(data)));
  else if (mime === "image/png") place.append(picture(new Blob([fromBase64(data)], { type: mime })));
  else if (mime === SVG) place.append(picture(new Blob([data], { type: mime })));
  else text(place, data, "result");
}

/** Text goes on in the same block while its kind is the same. @param {HTMLElement} place @param {string} words @param {string} kind */
function text(place, words, kind) {
  const last = place.lastElementChild;
  const same = kind !== "result" && last instanceof HTMLPreElement && last.dataset.kind === kind;
  const block = same ? last : document.createElement("pre");
  if (!same) {
    block.dataset.kind = kind;
    block.tabIndex = 0;
    place.append(block);
  }
  block.append(words);
}

/** A picture, also one of SVG, is an image: nothing in it runs or loads. @param {Blob} blob */
function picture(blob) {
  const image = document.createElement("img");
  image.alt = t("Plot");
  const url = URL.createObjectURL(blob);
  image.src = url;
  image.addEventListener("load", () => {
    // in the size that matplotlib gave it, not in that of the screen's pixels
    if (blob.type === "image/png")
      image.width = image.naturalWidth / (Number(image.dataset.ratio) || devicePixelRatio);
    image.dataset.shown = `${image.naturalWidth}x${image.naturalHeight}`;
  });
  image.className = "plot";
  return image;
}

/** @param {string} tag @param {string} text @param {string} [className] */
function cellOf(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER|\d+)?|FLOAT\d*|DOUBLE|DECIMAL.*)$/i;

/** @param {any} about the table of drportal */
function table({ rows, columns, shown, cells }) {
  const place = document.createElement("div");
  place.className = "output-table";
  const scroll = document.createElement("div");
  scroll.className = "table-scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", t("Table"));
  const kinds = columns.map((/** @type {any} */ column) =>
    NUMBER.test(String(column?.type)) ? "number" : "",
  );
  const made = document.createElement("table");
  made.className = "table";
  const head = made.createTHead().insertRow();
  head.append(cellOf("td", "", "row-number"));
  for (const [k, column] of columns.entries()) {
    const th = cellOf("th", String(column?.name ?? ""), kinds[k]);
    th.setAttribute("scope", "col");
    if (column?.description) th.title = String(column.description);
    const unit = column?.unit ? ` · ${column.unit}` : "";
    th.append(cellOf("span", `${column?.type ?? ""}${unit}`, "hint"));
    head.append(th);
  }
  const body = made.createTBody();
  for (const [i, row] of cells.entries()) {
    const at = Number(shown[i]);
    if (i && at !== Number(shown[i - 1]) + 1) {
      const gap = body.insertRow();
      const rest = cellOf("td", "", "gap");
      rest.setAttribute("colspan", String(columns.length));
      gap.append(cellOf("td", "⋮", "row-number gap"), rest);
    }
    const tr = body.insertRow();
    const number = cellOf("th", countText(at), "row-number");
    number.setAttribute("scope", "row");
    tr.append(number);
    for (const [k, value] of row.entries()) {
      const td = cellOf("td", value === null ? t("NULL") : String(value), kinds[k]);
      if (value === null) td.classList.add("null");
      tr.append(td);
    }
  }
  scroll.append(made);
  place.append(scroll, cellOf("p", t("{n} rows", { n: Number(rows) }), "hint"));
  return place;
}
