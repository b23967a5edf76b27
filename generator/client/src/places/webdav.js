/** A WebDAV folder. A large file is sent in ranges where the server stores them, otherwise in one piece. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { toBase64 } from "../shared/base64.js";
import { whileHere } from "../shared/leaving.js";
import { t } from "../shared/strings.js";
import { freeName, sha256Of } from "./place.js";
import { Lost, persistently, refusal, request } from "./request.js";

/**
 * @typedef {import("./place.js").Checked} Checked
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./place.js").Transfer} Transfer
 * @typedef {import("./place.js").SavedFile} SavedFile
 * @typedef {import("./request.js").Sent} Sent
 */

/** Bytes of a range. */
const STEP = 8 << 20;

/** @implements {Place} */
export class WebDav {
  /** @type {Record<string, string>} */
  #authorization;

  /** @param {string} address of the folder, ending in "/" @param {{user: string, password: string}} reader "" for none */
  constructor(address, { user, password }) {
    this.address = address;
    this.title = address.replace(/^https?:\/\//, "");
    const both = toBase64(new TextEncoder().encode(`${user}:${password}`));
    this.#authorization = user || password ? { Authorization: `Basic ${both}` } : {};
  }

  /** @param {SavedFile} file */
  start(file) {
    return new Upload(this, file);
  }

  /** @param {string} name @param {Sent} about */
  request(name, about) {
    const headers = { ...this.#authorization, ...about.headers };
    return request(this.address + encodeURIComponent(name), { ...about, headers });
  }

  /**
   * The SHA-256 of a file as it is there; null where it cannot be read.
   * @param {string} name @param {AbortSignal} signal
   */
  async sum(name, signal) {
    const address = this.address + encodeURIComponent(name);
    const headers = this.#authorization;
    const answer = await whileHere(
      () => fetch(address, { headers, cache: "no-store", credentials: "omit", redirect: "error", signal }),
      signal,
    ).catch(() => null);
    if (!answer?.ok || !answer.body) return null;
    const sum = sha256.create();
    const reader = answer.body.getReader();
    for (let part; !(part = await reader.read()).done;) sum.update(part.value);
    return bytesToHex(sum.digest());
  }
}

/** @implements {Transfer} */
class Upload {
  #named = false;
  #begun = false;
  /** Whether the server stores ranges; null while that is not known. @type {boolean | null} */
  #ranges = null;

  /** @param {WebDav} place @param {SavedFile} file */
  constructor(place, { blob, name }) {
    this.place = place;
    this.blob = blob;
    this.name = name;
  }

  /** @param {AbortSignal} signal @param {(sent: number) => void} onBytes @returns {Promise<Checked>} */
  async run(signal, onBytes) {
    if (!this.#named)
      this.name = await freeName(this.name, async (name) => (await this.#head(name, signal)) !== null);
    this.#named = this.#begun = true;
    if (this.blob.size <= 2 * STEP || !(await this.#sendRanges(signal, onBytes)))
      await persistently(() => this.#put(this.blob, {}, signal, onBytes), signal);
    return this.#compare(signal);
  }

  async undo() {
    if (this.#begun) await this.place.request(this.name, { method: "DELETE" });
  }

  /** The length of a file there, null where there is none; NaN where the server does not say it. @param {string} name @param {AbortSignal} signal */
  async #head(name, signal) {
    const { status, header } = await this.place.request(name, { method: "HEAD", signal });
    if (status === 404 || status === 410) return null;
    if (status !== 200) throw new Error(refusal(status));
    return Number(header("content-length") || NaN);
  }

  /** @param {Blob} body @param {Record<string, string>} headers @param {AbortSignal} signal @param {(sent: number) => void} onBytes */
  async #put(body, headers, signal, onBytes) {
    const { status } = await this.place.request(this.name, { method: "PUT", headers, body, signal, onBytes });
    if (status < 200 || status > 299) throw new Error(refusal(status));
  }

  /**
   * @param {AbortSignal} signal @param {(sent: number) => void} onBytes
   * @returns {Promise<boolean>} false: the server does not store ranges
   */
  async #sendRanges(signal, onBytes) {
    const { size } = this.blob;
    if (this.#ranges === false) return false;
    const part = (/** @type {number} */ at) => {
      const end = Math.min(at + STEP, size);
      /** @type {Record<string, string>} */
      const headers = at ? { "Content-Range": `bytes ${at}-${end - 1}/${size}` } : {};
      return this.#put(this.blob.slice(at, end, this.blob.type), headers, signal, (n) => onBytes(at + n));
    };
    const there = async () => (await this.#head(this.name, signal)) ?? 0;
    if (this.#ranges === null) {
      await persistently(() => part(0), signal);
      // A server may refuse the second range, or take it for the whole file.
      const stored = await part(STEP).then(there, () => 0);
      signal.throwIfAborted();
      if (!(this.#ranges = stored === 2 * STEP)) return false;
    }
    const known = await persistently(there, signal);
    for (let at = Math.floor(Math.min(known, size) / STEP) * STEP; at < size; at += STEP)
      await persistently(() => part(at), signal);
    return true;
  }

  /** @param {AbortSignal} signal @returns {Promise<Checked>} */
  async #compare(signal) {
    const sum = await this.place.sum(this.name, signal);
    signal.throwIfAborted();
    const length = sum === null ? await persistently(() => this.#head(this.name, signal), signal) : NaN;
    const same = sum === null ? length === this.blob.size : sum === (await sha256Of(this.blob, signal));
    if (sum === null && Number.isNaN(length)) return "none";
    if (same) return sum === null ? "length" : "sha256";
    this.#ranges = false;
    throw new Lost(t("The saved file differs from what was sent."));
  }
}
