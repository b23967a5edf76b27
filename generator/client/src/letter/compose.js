/** The output of the forms: one list of lines, as text, as a mail, as JSON and for print. */
import { t } from "../shared/strings.js";

/** @typedef {{subject: string, lines: [label: string, value: string][], data: Record<string, unknown>}} Letter */
/** @typedef {{title: string, name: string, bytes: number}} Part */

const DVD = 4.7e9;
const STICKS = [8, 16, 32, 64, 128, 256, 512, 1024, 2048];

/** Bytes in decimal units, as on the pages. @param {number} bytes */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value.toFixed(unit === 0 || value >= 99.95 ? 0 : 1)} ${units[unit]}`;
}

/**
 * How many discs, or how large a stick, the bytes need.
 * @param {string} medium
 * @param {number} bytes
 */
export function media(medium, bytes) {
  if (medium === "dvd") return t("DVDs of 4.7 GB: {n}", { n: Math.max(1, Math.ceil(bytes / DVD)) });
  const gigabytes = (bytes * 1.05) / 1e9; // overhead of the file system
  const stick = STICKS.find((n) => n >= gigabytes);
  if (medium === "usb" && stick) return t("a stick of {n} GB", { n: stick });
  return t("free space needed: {size}", { size: size(bytes * 1.05) });
}

/**
 * @param {Record<string, string>} values
 * @returns {Letter}
 */
export function contact(values) {
  const subject = `[${values.release}] ${values.topic}`;
  return {
    subject,
    lines: filled([
      [t("Subject"), subject],
      [t("Message"), values.message],
      [t("About"), values.about],
      [t("Release"), values.release],
      [t("Name"), values.name],
      [t("E-mail"), values.email],
    ]),
    data: values,
  };
}

/**
 * @param {Record<string, string>} values
 * @param {Part[]} parts
 * @param {string[]} also
 * @param {number} bytes of everything requested of this release
 * @returns {Letter}
 */
export function request(values, parts, also, bytes) {
  const subject = t("Request for an offline copy of {release}", { release: values.release });
  return {
    subject,
    lines: filled([
      [t("Subject"), subject],
      [t("Release"), values.release],
      [t("Parts"), parts.map((part) => `${part.title} (${part.name}), ${size(part.bytes)}`).join("\n")],
      [t("Volume"), size(bytes)],
      [t("Other releases"), also.join("\n")],
      [t("Medium"), `${values.mediumTitle}; ${media(values.medium, bytes)}`],
      [t("Name"), values.name],
      [t("Institute"), values.organisation],
      [t("Address"), values.address],
      [t("E-mail"), values.email],
      [t("Remarks"), values.message],
    ]),
    data: {
      request: "offline copy",
      release: values.release,
      parts: parts.map(({ name, bytes }) => ({ name, bytes })),
      bytes,
      other_releases: also,
      medium: values.medium,
      name: values.name,
      organisation: values.organisation,
      address: values.address,
      email: values.email,
      remarks: values.message,
    },
  };
}

/** @param {[string, string][]} lines @returns {[string, string][]} */
const filled = (lines) => lines.filter(([, value]) => value.trim());

/** @param {Letter} letter */
export const asText = ({ lines }) =>
  `${lines.map(([label, value]) => (value.includes("\n") ? `${label}:\n${value}` : `${label}: ${value}`)).join("\n\n")}\n`;

/**
 * The address of a mail draft. Lines end with CRLF, as mail requires.
 * @param {string} to
 * @param {Letter} letter
 */
export function mailto(to, letter) {
  const body = asText({ ...letter, lines: letter.lines.slice(1) }).replace(/\r?\n/g, "\r\n");
  const subject = letter.subject.replace(/[\r\n]+/g, " ");
  return `mailto:${to}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}
