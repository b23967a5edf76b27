/** An opened encrypted edition: its files by their paths. */
import { EngineError } from "../shared/errors.js";
import { save } from "../shared/save-file.js";
import { carried } from "./keep.js";
import { Listing, readRoot, unpack } from "./listing.js";
import { Pieces } from "./pieces.js";

/** @typedef {import('../reading/bytes.js').Range} Range */

/** @typedef {import('../reading/sources/sealed-files.js').Vault} Vault @implements {Vault} */
export class SealedVault {
  /**
   * @param {string} root address of the edition, ending in "/"
   * @param {Pieces} pieces @param {Listing} listing
   * @param {{ failed: (error: unknown) => void, hand: string | null }} how hand: the key, where pages must pass it on
   */
  constructor(root, pieces, listing, how) {
    this.root = root;
    this.pieces = pieces;
    this.listing = listing;
    this.how = how;
    /** @type {Map<string, import('./listing.js').Stored>} files that were requested */
    this.known = new Map();
  }

  /**
   * @param {string} root @param {import('./cipher.js').Cipher} cipher @param {import('./cipher.js').Header} header
   * @param {{ failed: (error: unknown) => void, hand: string | null }} how
   */
  static async open(root, cipher, header, how) {
    const pieces = new Pieces(root, cipher, header);
    const listing = new Listing(await readRoot(await pieces.get(0)), async (offset, length) => {
      const bytes = new Uint8Array(length);
      await pieces.read([{ offset, length }], (_, at, part) => bytes.set(part, at));
      return bytes;
    });
    return new SealedVault(root, pieces, listing, how);
  }

  /** @param {string} address */
  pathOf = (address) => {
    const url = new URL(address, document.baseURI);
    const base = new URL(this.root);
    if (url.protocol !== base.protocol || url.host !== base.host || !url.pathname.startsWith(base.pathname))
      return null;
    try {
      const path = decodeURIComponent(url.pathname.slice(base.pathname.length));
      return path === "" || path.endsWith("/") ? `${path}index.html` : path;
    } catch {
      return null;
    }
  };

  /** The path of the page at an address. @param {string} address */
  pageAt(address) {
    const path = this.pathOf(address) ?? "";
    return Object.hasOwn(this.listing.root.shells, path) ? this.listing.root.shells[path] : path;
  }

  /** @param {string} path */
  async find(path) {
    const found = this.known.get(path) ?? (path && (await this.listing.find(path)));
    if (found) this.known.set(path, found);
    return found || null;
  }

  /** @param {string} path */
  file = async (path) => {
    const found = await this.find(path);
    if (!found) return null;
    const bytes = new Uint8Array(found.bytes);
    await this.pieces.read([{ offset: found.offset, length: found.bytes }], (_, at, part) => {
      bytes.set(part, at);
    });
    return found.kind === "gzip" ? unpack(bytes) : bytes;
  };

  /** @param {string} path @param {(done: number, total: number) => void} [onProgress] */
  blob = async (path, onProgress) => {
    const found = await this.find(path);
    if (!found) return null;
    const type = TYPES[path.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
    if (found.kind === "gzip")
      return new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (await this.file(path))], { type });
    /** @type {[number, Blob][]} parts in Blobs may be on disc, and need not fit in memory together */
    const parts = [];
    await this.pieces.read(
      [{ offset: found.offset, length: found.bytes }],
      (_, at, part) => parts.push([at, new Blob([part])]),
      { onProgress },
    );
    return new Blob(
      parts.sort(([a], [b]) => a - b).map(([, part]) => part),
      { type },
    );
  };

  /** @param {Range[]} ranges @returns {Promise<{ offset: number, length: number }[]>} in the stream */
  #placed(ranges) {
    return Promise.all(
      ranges.map(async ({ path, offset, length }) => {
        const found = await this.find(path);
        if (found?.kind !== "raw" || offset + length > found.bytes)
          throw new EngineError(`The data could not be read: ${path} is not part of this edition`, {
            kind: "bytes",
          });
        return { offset: found.offset + offset, length };
      }),
    );
  }

  /**
   * @param {Range[]} ranges @param {import('../reading/bytes.js').Deliver} deliver
   * @param {import('../reading/bytes.js').ReadOptions} [options]
   */
  readMany = async (ranges, deliver, options) => {
    const wanted = ranges.filter(({ length }) => length > 0);
    await this.pieces.read(
      await this.#placed(wanted),
      (i, at, bytes) => deliver(wanted[i].path, [{ offset: wanted[i].offset + at, bytes }]),
      options,
    );
  };

  /** Pieces are read whole, whichever bytes are needed. @param {Range[]} ranges */
  cost = (ranges) => {
    /** @type {Set<number>} */
    const numbers = new Set();
    let unknown = 0;
    for (const { path, offset, length } of ranges) {
      const found = this.known.get(path);
      if (!found) unknown += length;
      else for (const n of this.pieces.numbers(found.offset + offset, length)) numbers.add(n);
    }
    return unknown + [...numbers].filter((n) => !this.pieces.has(n)).length * this.pieces.size;
  };

  /** Change an address to that of the file which replaces its page. @param {URL} url @returns {boolean} whether it is of a page */
  rename(url) {
    const path = this.pathOf(url.href);
    const shell = path && this.listing.shellOf.get(path);
    if (shell) url.pathname = new URL(shell, this.root).pathname;
    return path?.endsWith(".html") ?? false;
  }

  /** @param {URL} url */
  carry = (url) => {
    if (!this.rename(url)) return;
    const here = url.href.split("#")[0] === location.href.split("#")[0];
    if (this.how.hand && !here) url.hash = carried(url.hash, this.how.hand);
  };

  /** @param {HTMLAnchorElement} link */
  take = (link) => {
    const path = this.pathOf(link.href);
    if (!path || path.endsWith(".html") || path.startsWith("sealed/")) return false;
    const name = link.getAttribute("download") || path.split("/").at(-1) || path;
    link.setAttribute("aria-busy", "true");
    this.blob(path)
      .then((blob) => (blob ? save({ blob, name }) : location.assign(link.href)))
      .catch(this.how.failed)
      .finally(() => link.removeAttribute("aria-busy"));
    return true;
  };
}

/** Types of pictures, which a browser shows only under their own type. @type {Record<string, string>} */
const TYPES = {
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  avif: "image/avif",
  pdf: "application/pdf",
};
