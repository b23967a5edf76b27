import { openVault } from "../reading/sources/sealed-files.js";
import { carryTheme } from "./theme.js";

/**
 * Open the address that a GET form leads to. On disc, Firefox gives every file an origin of its own, and the policy that
 * forms lead to the site itself then blocks them: there the page follows the address like a link.
 * @param {SubmitEvent} event
 */
export function followForm(event) {
  const form = event.target;
  if (location.protocol !== "file:" || event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
  if (form.method !== "get") return;
  event.preventDefault();
  const url = new URL(form.action);
  url.search = "";
  for (const [name, value] of new FormData(form, event.submitter)) {
    if (typeof value === "string") url.searchParams.append(name, value);
  }
  carryTheme(url);
  openVault()?.carry(url);
  location.assign(url);
}
