/**
 * A search that matches its rows with another catalogue, and its parameters in a permalink.
 *
 * @typedef {object} MatchSearch
 * @property {string} release id of another release of the portal; "" for this one, or one of FILE, FOLDER and SITE
 * @property {string} catalogue its name; the address of one of another site
 * @property {"all" | "nearest"} match
 * @property {number} radius arcsec
 * @property {string[] | null} columns of the other catalogue to carry; null for its id and position
 */
import { t } from "../../shared/strings.js";
import { Refused, parseNames, writeNames } from "../grammar.js";
import { RADIUS } from "./target-link.js";

/** In place of a release: a file or a folder from the reader's disk, or another site. */
export const FILE = "file";
export const FOLDER = "folder";
export const SITE = "https:";
/** The widest circle, in arcsec. */
export const WIDEST = 3600;

/**
 * @param {string} text `mrs`, `dr7/v2.0:lrs` for a catalogue of another release, or an address
 * @returns {Pick<MatchSearch, "release" | "catalogue">}
 */
export function parseWith(text) {
  if (/^https?:\/\//i.test(text.trim())) return { release: SITE, catalogue: text.trim() };
  const [, release = "", catalogue] = /^(?:([^:]+):)?([^:]+)$/.exec(text.trim()) ?? [];
  if (!catalogue)
    throw new Refused(t("Write the name of a catalogue, or release:catalogue for another release."));
  return { release, catalogue };
}

/** @param {Pick<MatchSearch, "release" | "catalogue">} match */
export const writeWith = ({ release, catalogue }) =>
  release && release !== SITE ? `${release}:${catalogue}` : catalogue;

/** @param {string} text */
export function parseCarried(text) {
  return text.trim() ? parseNames(text) : null;
}

/** @param {number} radius arcsec @returns {number} throws Refused */
export function matchRadius(radius) {
  if (radius > WIDEST) throw new Refused(t("The radius of a match is at most 1 degree."));
  return radius;
}

/** @param {MatchSearch} search @returns {[string, string][]} */
export function matchParameters({ match, radius, columns, ...other }) {
  /** @type {[string, string][]} */
  const parts = [["match_with", writeWith(other)]];
  if (match === "nearest") parts.push(["match", "nearest"]);
  if (radius !== RADIUS) parts.push(["match_radius", String(radius)]);
  if (columns) parts.push(["match_columns", writeNames(columns)]);
  return parts;
}
