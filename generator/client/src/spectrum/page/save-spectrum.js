/** Save what is shown: the picture as PNG or SVG, the numbers as CSV or FITS. */
import { fileName } from "../../results/format.js";
import { aboutPage } from "../../shared/page.js";
import { save } from "../../shared/save-file.js";
import { t } from "../../shared/strings.js";
import { find } from "../viewer/controls.js";
import { spectrumCsv } from "../export/spectrum-csv.js";
import { spectrumFits } from "../export/spectrum-fits.js";
import { asPng, asSvg, drawPicture } from "../viewer/picture.js";
import { kindOf } from "./badges.js";

/**
 * @param {"png" | "svg" | "csv" | "fits"} kind
 * @param {{page: import("../../shared/page.js").Page, view: import("../viewer/spectrum-view.js").View,
 *   spectrum: import("../data/set.js").Spectrum, query: string | null}} shown query: of its address; null: a file of the reader's
 */
export async function saveAs(kind, { page, view, spectrum, query }) {
  const date = `${new Date().toISOString().slice(0, 19)}Z`;
  const isOwn = query === null;
  const about = isOwn
    ? { release: "", cite: "", query: "", date }
    : { ...aboutPage(page, spectrum.set.name, query), date };
  const words = isOwn
    ? [spectrum.set.name.replace(/\.(fits?|fts|gz)\b/gi, ""), "viewed"]
    : [page.release.id.replaceAll("/", "_"), spectrum.set.name, String(spectrum.id)];
  const name = fileName(words, kind);
  const parts = view.traces?.shown(view.state).map(({ part }) => part) ?? [];
  if (kind === "csv") {
    const type = "text/csv;charset=utf-8";
    return save({ blob: new Blob([spectrumCsv(spectrum, about, parts)], { type }), name });
  }
  if (kind === "fits") {
    const type = "application/fits";
    return save({ blob: new Blob([spectrumFits(spectrum, about, parts)], { type }), name });
  }
  const title = [
    isOwn ? spectrum.set.name : page.release.label,
    `${spectrum.set.about.id.name} ${spectrum.id}`,
    kindOf(spectrum.facts),
  ].filter(Boolean);
  const subtitle = [
    `z = ${Number(view.z.toFixed(6))}`,
    date.slice(0, 10),
    ...(spectrum.facts.simulated ? [t("simulated")] : []),
  ];
  const picture = drawPicture(view.screens, {
    title: title.join(" · "),
    subtitle: subtitle.join(" · "),
    description: [find("plot-description").textContent, about.query, about.cite, date].join("\n"),
  });
  save({ blob: kind === "svg" ? asSvg(picture) : await asPng(picture), name });
}
