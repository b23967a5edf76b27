/**
 * The key from one page to the next: in the tab's sessionStorage, which ends with the tab. Firefox gives files that are
 * opened from disc a storage for each folder; there the key is passed on in the address of the next page, if the reader wants that.
 */
import { fromBase64 } from "../shared/base64.js";

const NAME = "drportal-key";
const IN_HASH = /^#drportal-key=([A-Za-z0-9_-]{43})(?:&(.*))?$/s;

/** @param {string} root */
const nameFor = (root) => `${NAME} ${new URL(root).pathname}`;

/** @param {Uint8Array<ArrayBuffer>} key */
export const keyText = (key) =>
  btoa(String.fromCharCode(...key)).replace(/[+/=]/g, (c) => ({ "+": "-", "/": "_" })[c] ?? "");

/** @param {string} text @returns {Uint8Array<ArrayBuffer> | null} */
function asKey(text) {
  try {
    const key = fromBase64(`${text.replace(/-/g, "+").replace(/_/g, "/")}=`);
    return key.length === 32 ? key : null;
  } catch {
    return null;
  }
}

/** Whether all pages share the storage: in Firefox files on disc have no common origin. */
export const keeps = () => location.origin !== "null";

/** @param {string} hash of an address @param {string} key */
export const carried = (hash, key) => `#${NAME}=${key}${hash.length > 1 ? `&${hash.slice(1)}` : ""}`;

/**
 * The key that was passed on in the address, from which it is removed at once.
 * @returns {string | null}
 */
export function handedOn() {
  const found = IN_HASH.exec(location.hash);
  if (!found) return null;
  const url = new URL(location.href);
  url.hash = found[2] ?? "";
  history.replaceState(history.state, "", url);
  return found[1];
}

/**
 * @param {string} root @param {string | null} handed
 * @returns {{ key: Uint8Array<ArrayBuffer>, hand: boolean } | null} hand: pages must pass it on
 */
export function keptKey(root, handed) {
  try {
    const [text, hand] = handed ? [handed, "hand"] : (sessionStorage.getItem(nameFor(root)) ?? "").split(" ");
    const key = asKey(text);
    return key && { key, hand: hand === "hand" };
  } catch {
    return null;
  }
}

/** @param {string} root @param {Uint8Array<ArrayBuffer>} key @param {boolean} hand */
export function keepKey(root, key, hand) {
  try {
    sessionStorage.setItem(nameFor(root), `${keyText(key)}${hand ? " hand" : ""}`);
  } catch {
    // no storage: the next page asks again
  }
}

/** @param {string} root */
export function forgetKey(root) {
  try {
    sessionStorage.removeItem(nameFor(root));
  } catch {
    // no storage
  }
}
