/** XML of S3: what a store answers. */
import { parseXml } from "../shared/trusted.js";

/**
 * @typedef {object} Part that has arrived
 * @property {number} number from 1
 * @property {number} bytes
 * @property {string} etag without quotation marks
 * @property {string} sha256 in base64, "" where the store does not keep it
 */

/** @param {Document | Element} within @param {string} name */
const all = (within, name) => [...within.getElementsByTagNameNS("*", name)];

/** The text of an element; "" where there is none. @param {Document | Element} within @param {string} name */
export const textOf = (within, name) => all(within, name)[0]?.textContent?.trim() ?? "";

/** @param {string} text */
export const unquoted = (text) => text.replace(/^"|"$/g, "");

/** @param {string} xml @returns {Document} */
export const read = (xml) => parseXml(xml || "<none/>");

/** What an answer says about an error. @param {string} xml */
export function errorIn(xml) {
  const answer = read(xml);
  const [error] = all(answer, "Error");
  return error ? `${textOf(error, "Code")}: ${textOf(error, "Message")}` : "";
}

/** A page of the list of parts. @param {string} xml @returns {{parts: Part[], next: string}} next: "" for the last page */
export function partsIn(xml) {
  const answer = read(xml);
  const parts = all(answer, "Part").map((part) => ({
    number: Number(textOf(part, "PartNumber")),
    bytes: Number(textOf(part, "Size")),
    etag: unquoted(textOf(part, "ETag")),
    sha256: textOf(part, "ChecksumSHA256"),
  }));
  return {
    parts,
    next: textOf(answer, "IsTruncated") === "true" ? textOf(answer, "NextPartNumberMarker") : "",
  };
}
