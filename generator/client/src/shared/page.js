/** What every page with scripts knows about itself: its data, its address. Starts nothing. */
import { copyText } from "./copy.js";
import { setStrings, t } from "./strings.js";

/**
 * @typedef {import("../formats.d.ts").PageBlock} PageBlock
 * @typedef {import("../formats.d.ts").EngineFile} Asset
 * @typedef {import("../formats.d.ts").Engine} EngineAssets
 * @typedef {import("../formats.d.ts").PageSpectra} SpectraEntry
 * @typedef {object} About description in a saved file
 * @property {string} release
 * @property {string} catalogue
 * @property {string} query permalink or SQL
 * @property {string} cite
 * @property {string} date ISO 8601
 * @property {string} [filter] filters below the heads, written as in a permalink
 * @property {string} [scope] which of the rows found are in the file, where not all of them are
 *
 * @typedef {PageBlock & { release: import("../formats.d.ts").PageRelease, engine: EngineAssets, ask?: number }} Page of a release
 *   with data; ask: number of bytes from which the page asks before it reads
 */

/** @returns {Page} */
export function readPage() {
  const page = JSON.parse(document.getElementById("page")?.textContent ?? "{}");
  setStrings(page.strings ?? {});
  return page;
}

/**
 * The description in a file saved here.
 * @param {Page} page @param {string} catalogue @param {string} query permalink or SQL
 * @returns {Omit<About, "date">}
 */
export function aboutPage({ portal, release, cite }, catalogue, query) {
  return { release: release.id, catalogue, query, cite: cite || `${portal} ${release.label}` };
}

/** A parameter of an address that is not part of a search, undecoded. @param {string} name @param {string} [query] with its "?" */
function kept(name, query = location.search) {
  return query
    .slice(1)
    .split("&")
    .filter((part) => part.startsWith(`${name}=`));
}

/** Parameters for how the rows are shown, in addition to the query. */
export const SHOWN = ["plot", "show"];

/**
 * The address of this page with another query; the theme and the way rows are shown stay.
 * @param {string} query @param {string} [shown] the address, from "?" on, that says how rows are shown
 */
export function address(query, shown = location.search) {
  const more = [...kept("theme"), ...SHOWN.flatMap((name) => kept(name, shown))];
  const all = [query, ...more].filter(Boolean).join("&");
  return `${location.pathname}${all ? `?${all}` : ""}`;
}

/** Set or remove a parameter of the address. @param {string} name of a parameter @param {string} value "" for none */
export function sayInAddress(name, value) {
  const rest = location.search
    .slice(1)
    .split("&")
    .filter((part) => part && !part.startsWith(`${name}=`));
  if (value) rest.push(`${name}=${encodeURIComponent(value).replace(/%(2C|3A|3B)/g, decodeURIComponent)}`);
  const query = rest.length ? `?${rest.join("&")}` : "";
  history.replaceState(history.state, "", `${location.pathname}${query}${location.hash}`);
}

/**
 * Copy the address of what is shown to the clipboard, or where that is not allowed into a field to copy from.
 * @param {HTMLElement} button @param {string} query
 */
export async function copyAddress(button, query) {
  const url = new URL(
    `?${[query, ...SHOWN.flatMap((name) => kept(name))].join("&")}`,
    location.href.split("#")[0],
  ).href;
  const label = button.querySelector("span");
  await copyText(url);
  button.focus();
  const announce = document.getElementById("announce");
  if (announce) announce.textContent = t("Copied");
  if (!label) return;
  const before = label.textContent;
  label.textContent = t("Copied");
  setTimeout(() => (label.textContent = before), 1500);
}
