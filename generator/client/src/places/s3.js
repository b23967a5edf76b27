/**
 * An S3-compatible bucket. Requests are signed here (Signature Version 4). Every file is sent as a multipart upload: it can
 * continue after a lost connection, and nothing is visible in the bucket until all of it is there.
 */
import { md5 } from "@noble/hashes/legacy.js";
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { AwsClient } from "aws4fetch";
import { toBase64 } from "../shared/base64.js";
import { t } from "../shared/strings.js";
import { freeName } from "./place.js";
import { Lost, persistently, refusal, request } from "./request.js";
import { errorIn, partsIn, read, textOf, unquoted } from "./s3-answers.js";

/**
 * @typedef {import("./place.js").Checked} Checked
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./place.js").Transfer} Transfer
 * @typedef {import("./place.js").SavedFile} SavedFile
 * @typedef {import("./request.js").Answer} Answer
 * @typedef {{key: string, secret: string, token: string, region: string}} Credentials token: "" for none
 * @typedef {{md5: Uint8Array, sha256: Uint8Array}} Sums of a part
 */

/** Bytes of a part, if there are not more parts than S3 allows. */
const PART = 8 << 20;
const MOST_PARTS = 10_000;

/** @implements {Place} */
export class Bucket {
  #client;

  /** @param {string} address of the bucket, or of a folder in it, ending in "/" @param {Credentials} credentials */
  constructor(address, { key, secret, token, region }) {
    this.address = address;
    this.title = address.replace(/^https?:\/\//, "");
    this.#client = new AwsClient({
      accessKeyId: key,
      secretAccessKey: secret,
      ...(token ? { sessionToken: token } : {}),
      region,
      service: "s3",
    });
  }

  /** @param {SavedFile} file */
  start(file) {
    return new Upload(this, file);
  }

  /**
   * @param {string} name @param {string} query
   * @param {import("./request.js").Sent & {body?: Blob | string | null, sum?: Uint8Array}} about sum: SHA-256 of the body
   */
  async request(name, query, { sum, ...about }) {
    const url = `${this.address}${encodeURIComponent(name)}${query && `?${query}`}`;
    const hash = sum ?? (await sha256(new TextEncoder().encode(String(about.body ?? ""))));
    const headers = { ...about.headers, "x-amz-content-sha256": bytesToHex(hash) };
    const signed = await this.#client.sign(url, { method: about.method ?? "GET", headers });
    return request(signed.url, { ...about, headers: Object.fromEntries(signed.headers) });
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** @param {Answer} answer @returns {Answer} */
function accepted(answer) {
  const error = errorIn(answer.text);
  // The last answer of a multipart upload begins before its end is known, with 200.
  if (answer.status > 299 || error) throw new Error(refusal(answer.status, error));
  return answer;
}

/** @implements {Transfer} */
class Upload {
  #named = false;
  #id = "";
  /** The last request has been sent, whose answer may be lost. */
  #ending = false;
  /** @type {Sums[]} */
  #sums = [];

  /** @param {Bucket} bucket @param {SavedFile} file */
  constructor(bucket, { blob, name }) {
    this.bucket = bucket;
    this.blob = blob;
    this.name = name;
    this.size = Math.max(PART, Math.ceil(blob.size / MOST_PARTS));
    this.count = Math.max(1, Math.ceil(blob.size / this.size));
  }

  /** @param {AbortSignal} signal @param {(sent: number) => void} onBytes @returns {Promise<Checked>} */
  async run(signal, onBytes) {
    if (!this.#named) this.name = await freeName(this.name, (name) => this.#exists(name, signal));
    this.#named = true;
    if (!this.#id) this.#id = await this.#begin(signal);
    else if (this.#ending && (await this.#finished(signal))) return "length";
    for (let missing = await this.#missing(signal), again = 0; missing.length; again++) {
      if (again === 3) throw new Lost(t("The saved file differs from what was sent."));
      for (const number of missing)
        await persistently(() => this.#send(number, signal, (n) => onBytes(this.#start(number) + n)), signal);
      missing = await this.#missing(signal);
    }
    return this.#complete(signal);
  }

  async undo() {
    if (this.#id)
      await this.bucket.request(this.name, `uploadId=${encodeURIComponent(this.#id)}`, { method: "DELETE" });
  }

  /** @param {string} name @param {AbortSignal} signal */
  async #exists(name, signal) {
    // 403 where a file is missing and the reader may not list the bucket.
    return (await this.bucket.request(name, "", { method: "HEAD", signal })).status === 200;
  }

  /** @param {AbortSignal} signal @returns {Promise<string>} id of the upload */
  async #begin(signal) {
    const headers = {
      "x-amz-checksum-algorithm": "SHA256",
      ...(this.blob.type ? { "content-type": this.blob.type } : {}),
    };
    const answer = accepted(
      await this.bucket.request(this.name, "uploads=", { method: "POST", headers, signal }),
    );
    const id = textOf(read(answer.text), "UploadId");
    if (!id) throw new Error(refusal(answer.status, answer.text));
    return id;
  }

  /** Where a part begins. @param {number} number from 1 */
  #start(number) {
    return (number - 1) * this.size;
  }

  /** @param {number} number */
  #part(number) {
    return this.blob.slice(this.#start(number), this.#start(number + 1));
  }

  /** @param {number} number @param {AbortSignal} signal @param {(sent: number) => void} onBytes */
  async #send(number, signal, onBytes) {
    const body = this.#part(number);
    const bytes = new Uint8Array(await body.arrayBuffer());
    const sum = await sha256(bytes);
    this.#sums[number] = { md5: md5(bytes), sha256: sum };
    const query = `partNumber=${number}&uploadId=${encodeURIComponent(this.#id)}`;
    const headers = { "x-amz-checksum-sha256": toBase64(sum) };
    accepted(
      await this.bucket.request(this.name, query, { method: "PUT", headers, body, sum, signal, onBytes }),
    );
  }

  /** The parts that have arrived. @param {AbortSignal} signal @returns {Promise<Map<number, import("./s3-answers.js").Part>>} */
  async #arrived(signal) {
    const found = new Map();
    for (let next = "", more = true; more; more = next !== "") {
      const marker = next && `part-number-marker=${encodeURIComponent(next)}&`;
      const query = `${marker}uploadId=${encodeURIComponent(this.#id)}`;
      const answer = accepted(
        await persistently(() => this.bucket.request(this.name, query, { signal }), signal),
      );
      const page = partsIn(answer.text);
      for (const part of page.parts) found.set(part.number, part);
      next = page.next;
    }
    return found;
  }

  /** Numbers of the parts that have to be sent: those that are not there as they were sent. @param {AbortSignal} signal */
  async #missing(signal) {
    const found = this.#sums.length ? await this.#arrived(signal) : new Map();
    return Array.from({ length: this.count }, (_, i) => i + 1).filter((number) => {
      const part = found.get(number);
      return part?.bytes !== this.#part(number).size || this.#compared(number, part) === "other";
    });
  }

  /** @param {number} number @param {import("./s3-answers.js").Part} part @returns {Checked | "other"} */
  #compared(number, part) {
    const own = this.#sums[number];
    if (!own) return "other";
    if (part.sha256) return part.sha256 === toBase64(own.sha256) ? "sha256" : "other";
    if (!/^[0-9a-f]{32}$/.test(part.etag)) return "length";
    return part.etag === bytesToHex(own.md5) ? "md5" : "other";
  }

  /** Whether the whole file is there. @param {AbortSignal} signal */
  async #finished(signal) {
    const { status, header } = await this.bucket.request(this.name, "", { method: "HEAD", signal });
    return status === 200 && Number(header("content-length")) === this.blob.size;
  }

  /** @param {AbortSignal} signal @returns {Promise<Checked>} */
  async #complete(signal) {
    const found = await this.#arrived(signal);
    /** @type {(Checked | "other")[]} */
    const kinds = [];
    const parts = this.#sums.slice(1).map(({ sha256: sum }, i) => {
      const part = found.get(i + 1) ?? { number: 0, bytes: 0, etag: "", sha256: "" };
      const { etag, sha256: kept } = part;
      kinds.push(this.#compared(i + 1, part));
      if (!/^[\w.+/=-]+$/.test(etag)) throw new Error(refusal(200, etag));
      const checksum = kept && `<ChecksumSHA256>${toBase64(sum)}</ChecksumSHA256>`;
      return `<Part><PartNumber>${i + 1}</PartNumber><ETag>"${etag}"</ETag>${checksum}</Part>`;
    });
    const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join("")}</CompleteMultipartUpload>`;
    const query = `uploadId=${encodeURIComponent(this.#id)}`;
    const headers = { "content-type": "application/xml" };
    this.#ending = true;
    const answer = accepted(
      await this.bucket.request(this.name, query, { method: "POST", headers, body, signal }),
    );
    return this.#wholeCompared(read(answer.text), kinds);
  }

  /**
   * What the last answer says about the whole file, and otherwise what its parts say.
   * @param {Document} said @param {(Checked | "other")[]} kinds what was compared of each part @returns {Promise<Checked>}
   */
  async #wholeCompared(said, kinds) {
    const own = this.#sums.slice(1);
    const sum = toBase64(await sha256(concatBytes(...own.map((one) => one.sha256))));
    if (textOf(said, "ChecksumSHA256") === `${sum}-${own.length}`) return "sha256";
    const tag = unquoted(textOf(said, "ETag"));
    if (tag === `${bytesToHex(md5(concatBytes(...own.map((one) => one.md5))))}-${own.length}`) return "md5";
    if (kinds.every((kind) => kind === "md5") && /^[0-9a-f]{32}-\d+$/.test(tag))
      throw new Error(t("The saved file differs from what was sent."));
    return kinds.every((kind) => kind === "sha256") ? "sha256" : "length";
  }
}
