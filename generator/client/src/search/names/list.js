/** The list of names: loaded when the first name is typed, with the plates and fields of the release. */
import { fromScript } from "../../reading/scripts.js";
import { t } from "../../shared/strings.js";
import { root } from "../../shared/trusted.js";
import { unpacked } from "../../shared/unpack.js";
import { Names, readObjects } from "./objects.js";

/** @typedef {import("../../formats.d.ts").NamesBlock} NamesBlock */

/** @param {NamesBlock} facts @returns {Promise<Names>} throws where the list could not be loaded */
export async function loadNames({ objects, fields }) {
  const [text, ...plates] = await Promise.all([
    fromScript(`${root}assets/${objects}`, "asset names").then(
      (/** @type {Uint8Array<ArrayBuffer>} */ bytes) =>
        unpacked(new Blob([bytes]).stream(), (answer) => answer.text()),
    ),
    ...fields.map((catalogue) => loadFields(catalogue)),
  ]);
  const names = new Names();
  names.add(readObjects(text));
  for (const some of plates) names.add(some);
  return names;
}

/** Names do not depend on them. @param {string} catalogue */
async function loadFields(catalogue) {
  /** @type {import("../../formats.d.ts").ShownFields} */
  const { column, places } = await fromScript(
    `${root}assets/fields.${catalogue}.js`,
    `chunk fields ${catalogue}`,
  ).catch(() => ({ column: "", places: [] }));
  const source = t("the catalogue {name}", { name: catalogue });
  return places.map(([name, ra, dec]) => ({ names: [String(name), `${column} ${name}`], ra, dec, source }));
}
