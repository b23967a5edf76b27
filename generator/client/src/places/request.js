/** Requests to a server of the reader, with progress. Whatever it answers is shown as text. */
import { t } from "../shared/strings.js";

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} text
 * @property {(name: string) => string} header "" where it is missing, or not for this page
 * @typedef {object} Sent
 * @property {string} [method]
 * @property {Record<string, string>} [headers]
 * @property {XMLHttpRequestBodyInit | null} [body]
 * @property {AbortSignal} [signal]
 * @property {(sent: number) => void} [onBytes]
 */

/** Milliseconds without a byte after which a connection counts as lost. */
const STALLED = 60_000;
/** Milliseconds before the next attempts. */
const PAUSES = [500, 2000, 6000];
/** The server's fault, but the same request will not do better. */
const FINAL = new Set([501, 505, 507, 508, 511]);

/** The connection was lost, or the server is not able to answer now: the transfer can continue. */
export class Lost extends Error {}

/** @param {string} address @param {Sent} [about] @returns {Promise<Answer>} */
export function request(address, { method = "GET", headers = {}, body = null, signal, onBytes } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // Not fetch(): it does not report what has been sent.
    const xhr = new XMLHttpRequest();
    const stop = () => xhr.abort();
    let timer = setTimeout(stop, STALLED);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, STALLED);
    };
    xhr.open(method, address);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    if (body)
      xhr.upload.addEventListener("progress", ({ loaded }) => {
        alive();
        onBytes?.(loaded);
      });
    xhr.addEventListener("progress", alive);
    xhr.addEventListener("loadend", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      const { status } = xhr;
      if (signal?.aborted) reject(signal.reason);
      else if (status === 0) reject(new Lost(unanswered(address)));
      else if (status === 429 || (status > 499 && !FINAL.has(status))) reject(new Lost(refusal(status)));
      else resolve({ status, text: xhr.responseText, header: headersOf(xhr) });
    });
    signal?.addEventListener("abort", stop);
    xhr.send(body);
  });
}

/** @param {string} address */
const unanswered = (address) =>
  t("No answer from {host}: the connection was lost, or the server does not allow this page (CORS).", {
    host: new URL(address).host,
  });

/**
 * `getResponseHeader` would complain in the console about headers that the server does not expose.
 * @param {XMLHttpRequest} xhr
 */
function headersOf(xhr) {
  const lines = xhr.getAllResponseHeaders().split("\r\n");
  return (/** @type {string} */ name) => {
    const start = `${name.toLowerCase()}: `;
    return lines.find((line) => line.toLowerCase().startsWith(start))?.slice(start.length) ?? "";
  };
}

/** Do something again after a lost connection, a few times. @template T @param {() => Promise<T>} work @param {AbortSignal} signal */
export async function persistently(work, signal) {
  for (const pause of PAUSES) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
      signal.throwIfAborted();
    }
  }
  return work();
}

/** Why a server refused, for display. @param {number} status @param {string} [said] by the server */
export function refusal(status, said = "") {
  const why = plain(said) || REASONS[status]?.() || `HTTP ${status}`;
  return t("The server refused: {why}", { why });
}

/** @type {Record<number, () => string>} */
const REASONS = {
  401: () => t("user name or password is wrong"),
  403: () => t("you may not write there"),
  404: () => t("the folder does not exist"),
  409: () => t("the folder does not exist"),
  413: () => t("the file is too large"),
  507: () => t("there is no space left"),
};

/** One short line without characters that change how it is read. @param {string} text */
const plain = (text) =>
  text
    .replace(/[\p{C}\p{Z}]+/gu, " ")
    .trim()
    .slice(0, 200);
