/** Signatures of minisign in the page: Ed25519 by the browser, where it supports that. */
import { blake2b } from "@noble/hashes/blake2.js";

/** @typedef {{state: "good" | "bad" | "other" | "unsigned" | "unknown" | "keyless", id: string}} Signed */

/** @param {string} line */
function decode(line) {
  try {
    return Uint8Array.from(atob(line.trim()), (c) => c.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** The number that minisign shows for a key. @param {Uint8Array} number */
const idOf = (number) =>
  [...number].reverse().map((byte) => byte.toString(16).padStart(2, "0")).join("").toUpperCase(); // prettier-ignore

/** The line of a key in minisign.pub. @param {string} text */
export const keyLine = (text) => text.split("\n")[1]?.trim() ?? "";

/**
 * @param {Uint8Array<ArrayBuffer>} file
 * @param {string | null} signature text of the .minisig; null where there is none
 * @param {string} line of the key; "" where unknown
 * @returns {Promise<Signed>}
 */
export async function checkSignature(file, signature, line) {
  const key = decode(line);
  const id = key.length === 42 ? idOf(key.subarray(2, 10)) : "";
  if (signature === null) return { state: "unsigned", id };
  const lines = signature.split("\n");
  const [made, both] = [decode(lines[1] ?? ""), decode(lines[3] ?? "")];
  if (
    made.length !== 74 ||
    both.length !== 64 ||
    made[1] !== 68 ||
    !lines[2]?.startsWith("trusted comment: ")
  )
    return { state: "bad", id };
  const by = idOf(made.subarray(2, 10));
  if (!id) return { state: "keyless", id: by };
  if (by !== id) return { state: "other", id: by };
  const comment = new TextEncoder().encode(lines[2].slice("trusted comment: ".length).replace(/\r$/, ""));
  const first = made.slice(10);
  const second = new Uint8Array([...first, ...comment]);
  try {
    const usages = /** @type {KeyUsage[]} */ (["verify"]);
    const imported = await crypto.subtle.importKey("raw", key.slice(10), "Ed25519", false, usages);
    const hash = blake2b(file, { dkLen: 64 });
    const good =
      (await crypto.subtle.verify("Ed25519", imported, first, new Uint8Array(hash))) &&
      (await crypto.subtle.verify("Ed25519", imported, both, second));
    return { state: good ? "good" : "bad", id };
  } catch {
    return { state: "unknown", id }; // not over plain HTTP, and not in older browsers
  }
}
