/** Replace the page that asked for the passphrase by the decrypted one. */
import { openPage } from "../shared/trusted.js";

const IMAGE = /(<img\b[^>]*?\ssrc=")([^"]*)(")/g;
const ENTITIES = /&(amp|quot|lt|gt|#39|#34);/g;
/** @type {Record<string, string>} */
const LETTERS = { amp: "&", quot: '"', lt: "<", gt: ">", "#39": "'", "#34": '"' };

/** Pictures of the edition become Blobs, as they have no address. @param {string} html @param {import('../reading/sources/sealed-files.js').Vault} vault */
async function withImages(html, vault) {
  const sources = new Set([...html.matchAll(IMAGE)].map(([, , source]) => source));
  /** @type {Map<string, string>} */
  const blobs = new Map();
  for (const source of sources) {
    const address = source.replace(ENTITIES, (_, name) => LETTERS[name]);
    const path = vault.pathOf(new URL(address, location.href).href);
    const blob = path && (await vault.blob(path));
    if (blob) blobs.set(source, URL.createObjectURL(blob));
  }
  return html.replace(IMAGE, (all, head, source, tail) => {
    const blob = blobs.get(source);
    return blob ? head + blob + tail : all;
  });
}

/**
 * @param {string} html @param {import('../reading/sources/sealed-files.js').Vault} vault
 * @param {() => void} ready called when the page is complete
 */
export async function show(html, vault, ready) {
  openPage(await withImages(html, vault), ready);
}

/** @param {string} word @param {() => void} lock */
export function addLock(word, lock) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tool lock-button";
  button.title = word;
  const label = Object.assign(document.createElement("span"), { textContent: word });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.classList.add("icon");
  for (const [name, value] of Object.entries({ viewBox: "0 0 20 20", width: "18", height: "18" }))
    svg.setAttribute(name, value);
  for (const [name, value] of Object.entries({ fill: "none", stroke: "currentColor", "aria-hidden": "true" }))
    svg.setAttribute(name, value);
  svg.setAttribute("stroke-width", "1.6");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M4.5 9h11v8h-11zM7 9V6a3 3 0 0 1 6 0v3M10 12v2");
  svg.append(path);
  button.append(svg, label);
  button.addEventListener("click", lock);
  (document.querySelector(".site-tools") ?? document.body).prepend(button);
}
