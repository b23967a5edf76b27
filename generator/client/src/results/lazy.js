/** A part of the page whose script is loaded when it is first asked for. */
import { setSource } from "../trusted.js";

/**
 * @template {object} Host
 * @template Made
 * @param {string} name by which the script puts what makes the part into `drportal`
 * @param {HTMLElement} section with the script's address
 * @param {Host} host what the part is given
 * @param {string} missing what is said where the script cannot be loaded; it is tried again then
 * @returns {() => Promise<Made>} the part, the same each time
 */
export function lazily(name, section, host, missing) {
  /** @type {Promise<Made> | null} */
  let made = null;
  return () => {
    made ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.onload = () => resolve(/** @type {any} */ (globalThis).drportal[name](host));
      script.onerror = () => {
        made = null;
        reject(new Error(missing));
      };
      setSource(script, section.dataset.script ?? "");
      document.head.append(script);
    });
    return made;
  };
}
