/** Histograms of a form's fields: loaded and drawn when they come into sight, as in a catalogue with many columns most never do. */
import { fromScript } from "../../reading/scripts.js";
import { root } from "../../shared/trusted.js";

/** @typedef {Record<string, import("./bins.js").Packed>} Histograms by column */

/** @param {HTMLElement} form @param {string} catalogue @param {import("./fields.js").Field[]} fields */
export function drawLater(form, catalogue, fields) {
  /** @type {Promise<Histograms> | null} */
  let loaded = null;
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const field = isIntersecting && fields.find(({ element }) => element.contains(target));
        if (!field) continue;
        watcher.unobserve(target);
        loaded ??= load(catalogue);
        loaded.then((all) => {
          if (Object.hasOwn(all, field.column.name)) field.draw(all[field.column.name]);
        });
      }
    },
    { rootMargin: "200px" },
  );
  for (const place of form.querySelectorAll("[data-brush]")) watcher.observe(place);
}

/** The form works without them. @param {string} catalogue @returns {Promise<Histograms>} */
const load = (catalogue) =>
  fromScript(`${root}assets/histograms.${catalogue}.js`, `chunk histograms ${catalogue}`).catch(() => ({}));
