/** A part of the page whose script is loaded at its first use. */
import { unloaded } from "./errors.js";
import { runScript } from "./leaving.js";

/**
 * @template {object} Host
 * @template Made
 * @param {string} name under which the script puts the part's factory into `drportal`
 * @param {HTMLElement} section with the script's address
 * @param {Host} host passed to the part
 * @param {(about: {file: string, why: string}) => string} missing the message where the script cannot be loaded; loading is
 *   tried again by the next call
 * @returns {() => Promise<Made>} the part, the same each time
 */
export function lazily(name, section, host, missing) {
  /** @type {Promise<Made> | null} */
  let made = null;
  return () => {
    const address = section.dataset.script ?? "";
    made ??= runScript(address).then(
      () => /** @type {any} */ (globalThis).drportal[name](host),
      (cause) => {
        made = null;
        throw unloaded(cause, address, missing);
      },
    );
    return made;
  };
}
