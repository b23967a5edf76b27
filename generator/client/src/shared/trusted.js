/**
 * The only way by which a page starts a script, a worker or a reader of markup. Its Content-Security-Policy demands
 * Trusted Types, and only the policy made here is allowed; where a browser knows none, the same rules hold without them.
 */

const own = /** @type {HTMLScriptElement | null | undefined} */ (globalThis.document?.currentScript)?.src;
/** Scripts lie in assets/, and everything that a page may load lies beside it. */
const root = own ? new URL("../", own).href : "";
/** Addresses of what `startWorker` was given. @type {Set<string>} */
const workers = new Set();

/** @param {string} address @returns {string} the address in full; throws where it is no script of this site */
export function ownScript(address) {
  const { href, pathname, search, hash } = new URL(address, globalThis.document?.baseURI);
  const inside = root && href.startsWith(root) && !/%2f|%5c/i.test(pathname);
  if (!inside || !pathname.endsWith(".js") || search || hash)
    throw new TypeError(`${address} is no script of this site`);
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
  // Never handed out: `parseXml`, whose text is no page, and `openPage` alone use it.
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
 * Put a page in the place of this one. The window stays, and with it its address and what scripts have in it; listeners go.
 * @param {string} html of an encrypted edition: who wrote it had the key, or AES-GCM would not have opened it
 * @param {() => void} ready called when the page is whole
 */
export function openPage(html, ready) {
  document.open();
  document.addEventListener("DOMContentLoaded", ready, { once: true });
  document.write(policy.createHTML(html));
  document.close();
}
