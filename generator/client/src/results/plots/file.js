/** Content and name of a saved plot. */
import { t } from "../../shared/strings.js";
import { fileName } from "../format.js";
import { paperPalette } from "./colours.js";
import { colourOf, summaryOf } from "./describe-plot.js";
import { draw } from "./draw.js";
import { toPng, toSvg } from "./save-plot.js";

/** Up to so many points are separate shapes in a saved SVG. */
const VECTORS = 5000;

/**
 * @param {import("./plot.js").Plot} plot @param {"png" | "svg"} kind
 * @param {{release: string, catalogue: string, query: string, cite: string}} about
 * @param {string} catalogue of the rows, "" where unknown @param {number} marked rows
 * @returns {Promise<{blob: Blob, name: string}>}
 */
export async function makePicture(plot, kind, { release, query, cite }, catalogue, marked) {
  const page = JSON.parse(document.getElementById("page")?.textContent ?? "{}");
  const date = new Date().toISOString().slice(0, 10);
  const named = catalogue || "SQL";
  const palette = paperPalette();
  const head = `${page.release?.label ?? release} · ${named}`;
  const summary = summaryOf(plot);
  const marks = marked ? [t("{n} rows marked", { n: marked })] : [];
  const scene = {
    ...plot.scene(palette),
    titles: [head, [...summary.split(" · ").slice(0, 2), ...marks, date].join(" · ")],
  };
  const columns =
    plot.kind === "sky"
      ? ["sky"]
      : [plot.question.p, plot.question.q].flatMap((term) => term?.column.name ?? []);
  const name = fileName([release.replaceAll("/", "_"), named, ...columns], kind);
  const few = plot.points && plot.points.r.length <= VECTORS && !marked ? plot.points : null;
  const paint =
    (/** @type {boolean} */ rows) =>
    (
      /** @type {CanvasRenderingContext2D} */ context,
      /** @type {import("./paint-plot.js").Box} */ box,
      /** @type {import("./colours.js").Palette} */ colours,
    ) =>
      plot.paint(context, box, colours, rows);
  if (kind === "png") return { blob: await toPng(scene, palette, paint(true)), name };
  const { box } = draw(scene, palette);
  const dots = few && {
    ...plot.screen(box),
    colour: (/** @type {number} */ i) => colourOf(plot, few.c[i], palette),
  };
  const description = [summary, ...marks, query, cite, date].join("\n");
  return { blob: toSvg(scene, palette, paint(!few), dots, { title: head, description }), name };
}
