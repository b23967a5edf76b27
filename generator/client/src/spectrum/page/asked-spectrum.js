/** The spectrum requested in the page's address, and addresses of this page. */
import { t } from "../../shared/strings.js";

/** @typedef {import("../../shared/page.js").SpectraEntry} SpectraEntry */

/** Parameters of the page and of the list that the reader came from, which are kept from one spectrum to the next. */
const STAY = ["theme", "list", "back"];

/**
 * The sets that may have the requested spectrum, and its id as written.
 * @param {SpectraEntry[]} sets @param {URLSearchParams} asked
 * @returns {{sets: SpectraEntry[], column: string, text: string, wrong: string}} wrong: an error message
 */
export function wanted(sets, asked) {
  const named = asked.get("set");
  const none = { sets: [], column: "", text: "", wrong: "" };
  if (named !== null && !sets.some(({ name }) => name === named)) {
    const known = sets.map((set) => set.name).join(", ");
    const message = t("There is no set of spectra “{name}” in this release. It has: {known}.", {
      name: cut(named),
      known,
    });
    return { ...none, wrong: `set: ${message}` };
  }
  for (const { id: column } of sets) {
    const text = asked.get(column);
    if (text === null) continue;
    const some = sets.filter(({ id, name }) => id === column && (named === null || name === named));
    if (some.length) return { sets: some, column, text: text.trim(), wrong: "" };
  }
  return none;
}

/** @param {string} text */
export const cut = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/**
 * The query of a spectrum.
 * @param {SpectraEntry[]} sets @param {SpectraEntry} set @param {string} id @param {string} [view] how it is shown
 */
export function queryOf(sets, set, id, view = "") {
  const several = sets.filter((other) => other.id === set.id).length > 1;
  return [
    `${encodeURIComponent(set.id)}=${encodeURIComponent(id)}`,
    several ? `set=${encodeURIComponent(set.name)}` : "",
    view,
  ]
    .filter(Boolean)
    .join("&");
}

/** Set the address, keeping the parameters of the page. @param {string} query @param {"replaceState" | "pushState"} [how] */
export function writeAddress(query, how = "replaceState") {
  const stay = location.search
    .slice(1)
    .split("&")
    .filter((part) => STAY.some((name) => part.startsWith(`${name}=`)));
  try {
    history[how](null, "", `?${[query, ...stay].join("&")}${location.hash}`);
  } catch {
    // not allowed on this address; “Copy link” has it all the same
  }
}
