import { whileHere } from "../../shared/leaving.js";

/**
 * The opened encrypted edition that this page belongs to, if any. `pages/sealed.js` opens it before the page itself
 * is there; the other rooms access it through this module.
 * @typedef {object} Vault
 * @property {(ranges: import('../bytes.js').Range[], deliver: import('../bytes.js').Deliver, options?: import('../bytes.js').ReadOptions) => Promise<void>} readMany
 * @property {(ranges: import('../bytes.js').Range[]) => number} cost bytes to be read for these ranges
 * @property {(address: string) => string | null} pathOf path in the release of an address; null outside of it
 * @property {(path: string) => Promise<Uint8Array<ArrayBuffer> | null>} file a whole file; null where it is not encrypted
 * @property {(path: string, onProgress?: (done: number, total: number) => void) => Promise<Blob | null>} blob the same, of any size
 * @property {(url: URL) => void} carry change an address so that its page opens without a passphrase
 * @property {(link: HTMLAnchorElement) => boolean} take save the file that a link leads to; false where it is a page
 */

/** @returns {Vault | null} */
export const openVault = () => /** @type {any} */ (globalThis).drportal?.vault ?? null;

/** A whole file of the release, from whichever source. @param {string} address @param {AbortSignal} [signal] */
export async function readFile(address, signal) {
  const vault = openVault();
  const bytes = vault && (await vault.file(vault.pathOf(address) ?? ""));
  if (bytes) return bytes;
  return whileHere(async () => {
    const answer = await fetch(address, { signal });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  }, signal);
}

/** The fourth source of bytes: pieces of an encrypted edition. */
export class SealedFiles {
  kind = /** @type {const} */ ("sealed");
  misses = 60;

  /** @param {Vault} vault */
  constructor(vault) {
    this.readMany = vault.readMany;
    this.cost = vault.cost;
  }

  /** The engine's worker has no key. */
  url() {
    return null;
  }
}
