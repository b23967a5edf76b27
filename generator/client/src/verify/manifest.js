/**
 * manifest.json in the page: its content, and the limits on it. Its author may be malicious.
 * @typedef {import('../formats.d.ts').ManifestEntry} Entry
 * @typedef {Pick<import('../formats.d.ts').Manifest, "of" | "label" | "releases" | "files" | "bytes">} Manifest
 * @typedef {Omit<import('../formats.d.ts').Mirror, "format">} Choice content of a mirror, see generator/publish/choice.py
 */
import { t } from "../shared/strings.js";

export const MANIFEST = "manifest.json";
export const SIGNATURE = "manifest.json.minisig";
export const SUMS = "SHA256SUMS";
export const KEY = "minisign.pub";
export const PARTIAL = "mirror.json";
/** Files that describe the manifest, and are not in it. */
export const UNLISTED = new Set([MANIFEST, SIGNATURE, SUMS, PARTIAL, "_headers", ".nojekyll"]);
const FORMAT = "drportal-manifest-1";

/** Whether a path stays in its folder on every system. @param {unknown} path */
export function isSafe(path) {
  if (typeof path !== "string" || !path || path.length > 4000) return false;
  if (/[\\\x00-\x1f\x7f-\x9f\ud800-\udfff]/u.test(path) || /^([A-Za-z]:|\/)/.test(path)) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/**
 * @param {string} text
 * @returns {Manifest}
 */
export function readManifest(text) {
  /** @type {any} */
  let said;
  try {
    said = JSON.parse(text);
  } catch {
    said = null;
  }
  const words = [said?.of, said?.label];
  if (said?.format !== FORMAT || !Array.isArray(said.files) || !words.every((w) => typeof w === "string"))
    throw new Error(t("manifest.json is not one that this page can read."));
  const releases = Array.isArray(said.releases) ? said.releases.filter(isSafe) : [];
  const seen = new Set();
  let bytes = 0;
  for (const file of said.files) {
    const sound =
      isSafe(file?.path) &&
      !UNLISTED.has(file.path) &&
      Number.isSafeInteger(file.bytes) &&
      file.bytes >= 0 &&
      typeof file.sha256 === "string" &&
      /^[0-9a-f]{64}$/.test(file.sha256);
    if (!sound || seen.has(file.path))
      throw new Error(t("manifest.json has an invalid path: {path}", { path: shown(file?.path) }));
    seen.add(file.path);
    bytes += file.bytes;
  }
  if (said.count !== said.files.length || said.bytes !== bytes)
    throw new Error(t("manifest.json does not end as it should: it is cut short or was changed."));
  return { of: said.of, label: said.label, releases, files: said.files, bytes };
}

/** SHA256SUMS computed from the manifest. @param {Entry[]} files @param {string} own checksum of manifest.json */
export function sumsOf(files, own) {
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  const at = files.findIndex(({ path }) => path > MANIFEST);
  lines.splice(at < 0 ? lines.length : at, 0, `${own}  ${MANIFEST}\n`);
  return lines.join("");
}

/** @param {string} text of mirror.json @returns {Choice | null} */
export function readChoice(text) {
  try {
    const said = JSON.parse(text);
    const sound = said.format === "drportal-mirror-1" && [...said.releases, ...said.without].every(isSafe);
    return sound ? { releases: said.releases, without: said.without } : null;
  } catch {
    return null;
  }
}

/**
 * Whether the mirror was meant to contain a file.
 * @param {string} path
 * @param {Manifest} manifest
 * @param {Choice} choice
 */
export function isKept(path, manifest, choice) {
  const [release, inside] = manifest.of ? [manifest.of, path] : releaseOf(path, manifest.releases);
  if (release === null) return true;
  if (choice.releases.length && !choice.releases.includes(release)) return false;
  return !choice.without.some((left) => `${inside}/`.startsWith(`${left}/`));
}

/**
 * @param {string} path
 * @param {string[]} releases
 * @returns {[string | null, string]}
 */
function releaseOf(path, releases) {
  let found = "";
  for (const id of releases) if (id.length > found.length && path.startsWith(`${id}/`)) found = id;
  return found ? [found, path.slice(found.length + 1)] : [null, path];
}

/** A path that is safe to show. @param {unknown} path */
export const shown = (path) => JSON.stringify(path ?? "").slice(0, 120);
