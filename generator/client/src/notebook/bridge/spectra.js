/** Spectra for Python: arrays as they are in the packs, and what their headers say. */
import { observedSets } from "../../spectrum/spectra-links.js";
import { openSet } from "../../spectrum/data/set.js";
import { EngineError } from "../../shared/errors.js";
import { t } from "../../shared/strings.js";

/**
 * @param {import("../../shared/page.js").Page} page
 * @param {{ id: string, set?: string | null }} asked @param {AbortSignal} signal
 */
export async function answerSpectrum(page, { id, set }, signal) {
  const sets = set ? page.spectra.filter(({ name }) => name === set) : observedSets(page);
  if (!sets.length)
    throw new EngineError(
      set
        ? t("There is no set of spectra {name} in this release.", { name: set })
        : t("This release has no spectra."),
    );
  for (const { name } of sets) {
    const open = await openSet(page, name);
    const wanted = open.parseId(String(id));
    const spectrum = wanted === null ? null : await open.read(wanted, { singles: true, signal });
    if (spectrum) return sent(spectrum);
  }
  throw new EngineError(t("There is no spectrum {id} in this release.", { id: String(id) }));
}

/** @param {import("../../spectrum/data/part.js").Spectrum} spectrum */
function sent({ id, set, facts, parts }) {
  /** @type {Record<string, ArrayBufferView>} */
  const arrays = {};
  const put = (/** @type {ArrayBufferView} */ array) => {
    const key = `a${Object.keys(arrays).length}`;
    // a copy: the page's own arrays may be shared by several spectra of one grid
    arrays[key] = /** @type {any} */ (array).slice();
    return key;
  };
  const named = (/** @type {Record<string, ArrayBufferView>} */ all) =>
    Object.fromEntries(Object.entries(all).map(([name, array]) => [name, put(array)]));
  const arms = parts.map((part) => ({
    name: part.arm,
    kind: part.kind,
    exposure: part.exposure,
    flux_unit: set.about.flux_unit,
    wavelength_unit: set.about.wavelength_unit,
    scale: part.scale,
    vacuum: Boolean(part.facts.vacuum ?? facts.vacuum ?? true),
    arrays: named({ flux: part.flux, wavelength: part.stored, ...part.values }),
    masks: named(part.masks),
    facts: part.facts,
  }));
  const json = JSON.stringify({ id: String(id), set: set.name, facts, arms });
  return {
    value: { json, arrays },
    transfer: Object.values(arrays).map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)),
  };
}
