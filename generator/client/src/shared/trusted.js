/**
 * The only way for a page to start a script, a worker or a parser of markup. Its Content-Security-Policy requires
 * Trusted Types, and allows only the policy created here; browsers without them follow the same rules.
 */

const own = /** @type {HTMLScriptElement | null | undefined} */ (globalThis.document?.currentScript)?.src;
/** Scripts are in assets/, and everything that a page may load is next to it. */
export const root = own ? new URL("../", own).href : "";
/** Addresses of the code passed to `startWorker`. @type {Set<string>} */
const workers = new Set();

/** Folders of data of other releases of the portal, for a page opened from disk. @type {Set<string>} */
const beside = new Set();

/**
 * From now on accept the data scripts of another release, which is next to this one on the disk.
 * @param {string} place path from this release's folder to that of the other one
 */
export function acceptRelease(place) {
  if (!root.startsWith("file:") || !/^(?:\.\.\/)+(?:[\w-][\w.-]*\/)+$/.test(place))
    throw new TypeError(`${place} is not a release beside this one`);
  beside.add(new URL(`${place}data/`, root).href);
}

/** @param {string} address @returns {string} the full address; throws where it is not a script of this site */
export function ownScript(address) {
  const { href, pathname, search, hash } = new URL(address, globalThis.document?.baseURI);
  const within = (/** @type {string} */ folder) => href.startsWith(folder);
  const inside = root && (within(root) || [...beside].some(within)) && !/%2f|%5c/i.test(pathname);
  if (!inside || !pathname.endsWith(".js") || search || hash)
    throw new TypeError(`${address} is not a script of this site`);
  return href;
}

/**
 * @typedef {object} Policy
 * @property {(address: string) => any} createScriptURL
 * @property {(text: string) => any} createHTML
 */

/** @type {Policy} */
const rules = {
  createScriptURL: (address) => (workers.has(address) ? address : ownScript(address)),
  // Not exported: only `parseXml`, whose result is not a page, and `openPage` use it.
  createHTML: (text) => text,
};
/** @type {Policy} */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("drportal", rules) ?? rules;

/** @param {HTMLScriptElement} script @param {string} address of a script of this site; others are refused */
export function setSource(script, address) {
  script.src = policy.createScriptURL(address);
}

/** @param {Blob} code @returns {{worker: Worker, release: () => void}} */
export function startWorker(code) {
  const url = URL.createObjectURL(code);
  workers.add(url);
  const worker = new Worker(policy.createScriptURL(url));
  const release = () => {
    workers.delete(url);
    URL.revokeObjectURL(url);
  };
  return { worker, release };
}

/** @param {string} xml @returns {Document} in which nothing runs; it is never put into the page */
export function parseXml(xml) {
  return new DOMParser().parseFromString(policy.createHTML(xml), "text/xml");
}

/**
 * Replace this page by another. The window stays, with its address and the scripts' variables; listeners are removed.
 * @param {string} html of an encrypted edition: AES-GCM has verified that its author had the key
 * @param {() => void} ready called when the page is complete
 */
export function openPage(html, ready) {
  document.open();
  document.addEventListener("DOMContentLoaded", ready, { once: true });
  document.write(policy.createHTML(html));
  document.close();
}
