/** A spectrum as CSV: its description in lines that begin with `#`, then a row for each pixel of each part. */
import { csvHead, csvRows } from "../../results/export/csv.js";
import { flatFacts, pixelColumns } from "./pixel-columns.js";

/**
 * @param {import("./pixel-columns.js").Spectrum} spectrum
 * @param {import("./pixel-columns.js").About} about
 * @param {import("./pixel-columns.js").Part[]} [parts] those to write; all by default
 * @returns {string}
 */
export function spectrumCsv(spectrum, about, parts = spectrum.parts) {
  const { set } = spectrum;
  const all = parts.map((part) => pixelColumns(part, set.about));
  /** @type {Map<string, {type: string, unit?: string | null}>} every column that a part has */
  const columns = new Map(all.flatMap((own) => own.map(({ name, type, unit }) => [name, { type, unit }])));
  const several = parts.some(({ arm, exposure }) => arm || exposure);
  const labels = several ? ["arm", "exposure"] : [];
  const rows = parts.flatMap((part, n) => {
    const own = [...columns.keys()].map((name) => all[n].find((column) => column.name === name)?.values);
    const ends = several ? [part.arm, part.exposure || null] : [];
    return Array.from(part.flux, (_, i) => [...own.map((values) => values?.[i] ?? null), ...ends]);
  });
  const types = [...columns.values()].map(({ type }) => type);
  return (
    head(spectrum, about, columns) +
    csvHead([...columns.keys(), ...labels]) +
    csvRows(rows, [...types, "", ""])
  );
}

/**
 * @param {import("./pixel-columns.js").Spectrum} spectrum @param {import("./pixel-columns.js").About} about
 * @param {Map<string, {unit?: string | null}>} columns
 */
function head({ id, set, facts }, { release, cite, date }, columns) {
  const units = [...columns].filter(([, { unit }]) => unit).map(([name, { unit }]) => `${name} [${unit}]`);
  const lines = [
    ["release", release],
    ["set", set.name],
    [set.about.id.name, id],
    ["units", units.join(", ")],
    ...flatFacts(facts).filter(([name]) => name !== set.about.id.name),
    ["cite", cite],
    ["date", date],
  ];
  return lines
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `# ${name}: ${value}`.replace(/\p{Cc}+/gu, " ") + "\r\n")
    .join("");
}
