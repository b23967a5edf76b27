/** Parts of a page whose scripts are loaded at their first use. */
import { unloaded } from "./errors.js";
import { runScript } from "./leaving.js";
import { t } from "./strings.js";
import { root } from "./trusted.js";

const scope = /** @type {any} */ (globalThis);
/**
 * Load a script of assets/; the build has put calls of this in place of `import()`, see parts.mjs.
 * @param {string} file @param {() => boolean} arrived whether the script has delivered the part
 */
scope.drportal.load = async (file, arrived) => {
  const address = `${root}assets/${file}`;
  if (!arrived()) await runScript(address);
  if (!arrived()) throw Object.assign(new Error(`${address} is damaged`), { address });
};

/**
 * @template Part
 * @param {() => Promise<Part>} load imports the part
 * @param {(about: {file: string, why: string}) => string} [missing] the message where the script cannot be loaded
 * @returns {() => Promise<Part>} the part, the same each time; after a failure the next call loads it again
 */
export function lazily(
  load,
  missing = (about) => t("A part of this page could not be loaded: {file}: {why}", about),
) {
  /** @type {Promise<Part> | null} */
  let made = null;
  return () =>
    (made ??= load().catch((cause) => {
      made = null;
      throw cause.address ? unloaded(cause, cause.address.slice(root.length), missing) : cause;
    }));
}
