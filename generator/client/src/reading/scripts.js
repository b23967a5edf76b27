/**
 * Classic scripts as carriers of data: the only thing that a page opened from disk may load. A script calls
 * `drportal.asset`, `drportal.catalogue`, `drportal.spectra`, `drportal.records` or `drportal.chunk`; its data are kept here under a key.
 * On a disc that lacks a part of the release a script calls `drportal.elsewhere`, which says where that part is.
 */
import { runScript } from "../shared/leaving.js";
import { EngineError } from "../shared/errors.js";
import { bytesOf } from "./carried.js";
import { openVault } from "./sources/sealed-files.js";

class Elsewhere {
  /** @param {Record<string, string>} said by language */
  constructor(said) {
    this.said = said[document.documentElement.lang] ?? Object.values(said)[0];
  }
}

/** @returns {{ arrived: Map<string, any> } & Record<string, any>} */
function hub() {
  const scope = /** @type {any} */ (globalThis);
  const drportal = (scope.drportal ??= {});
  if (!drportal.arrived) {
    const arrived = (drportal.arrived = new Map());
    drportal.asset = (/** @type {string} */ name, /** @type {string} */ text, /** @type {string} */ marks) =>
      arrived.set(`asset ${name}`, bytesOf(text, marks));
    drportal.catalogue = (/** @type {{ name: string }} */ json) =>
      arrived.set(`catalogue ${json.name}`, json);
    drportal.records = (/** @type {any[]} */ records) => arrived.set("records", records);
    drportal.spectra = (/** @type {{ name: string }} */ json) => arrived.set(`spectra ${json.name}`, json);
    drportal.elsewhere = (/** @type {string} */ key, /** @type {Record<string, string>} */ said) =>
      arrived.set(key, new Elsewhere(said));
    drportal.chunk = (
      /** @type {string} */ owner,
      /** @type {number | string} */ key,
      /** @type {any} */ data,
      /** @type {string | undefined} */ marks,
    ) => arrived.set(`chunk ${owner} ${key}`, marks === undefined ? data : bytesOf(data, marks));
  }
  return drportal;
}

/** The form of every such script: one call, with its data as JSON; bytes also contain control characters. */
const CALL = /^drportal\.(asset|catalogue|records|spectra|elsewhere|chunk)\(([^]*)\);\s*$/;

/**
 * The data that a script delivers under `key`, wherever the script comes from.
 * @param {string} src
 * @param {string} key
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function fromScript(src, key, signal) {
  const vault = openVault();
  const bytes = vault && (await vault.file(vault.pathOf(src) ?? ""));
  if (!bytes) return loadScript(src, key, signal);
  // An encrypted script is parsed, not run, so that the policy allows only the site's own files.
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const call = CALL.exec(new TextDecoder(wide ? "utf-16le" : "utf-8").decode(bytes));
  const { arrived, ...hands } = hub();
  // eslint-disable-next-line no-control-regex -- JSON has no control characters
  const control = /[\0-\x1f]/g;
  const escaped = (/** @type {string} */ c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  if (call) hands[call[1]](...JSON.parse(`[${call[2].replace(control, escaped)}]`));
  return taken(arrived, src, key);
}

/** @param {Map<string, any>} arrived @param {string} src @param {string} key */
function taken(arrived, src, key) {
  const value = arrived.get(key);
  arrived.delete(key);
  if (value === undefined) throw new Error(`${src} is damaged`);
  if (value instanceof Elsewhere) throw new EngineError(value.said, { kind: "bytes" });
  return value;
}

/**
 * Load a script and return the data that it delivers under `key`.
 * @param {string} src
 * @param {string} key
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function loadScript(src, key, signal) {
  const { arrived } = hub();
  await runScript(src, signal);
  return taken(arrived, src, key);
}

export const onDisk = () => location.protocol === "file:";
