/** A folder that the reader picked, as a catalogue to match with. Nothing of it is read but what a match needs. */
import { PickedFiles } from "../../reading/sources/picked.js";
import { describedIn } from "./columns.js";
import { Foreign } from "./foreign.js";
import { isProperties, layoutOf, readProperties } from "./layout.js";

/** @param {File} file its path in the picked folder */
export const pathOf = (file) => file.webkitRelativePath || file.name;

/** A description of columns is smaller. */
const MOST = 16 << 20;

/**
 * @param {import("./foreign.js").Catalogue["engine"]} engine @param {File[]} files
 * @param {{ signal?: AbortSignal }} options
 * @returns {Promise<Foreign>} throws Refused
 */
export async function openFolder(engine, files, options) {
  const all = new Map(files.map((file) => [pathOf(file), file]));
  const properties = new Map();
  for (const [path, file] of all)
    if (isProperties(path) && file.size < MOST) properties.set(path, readProperties(await file.text()));
  const layout = layoutOf([...all.keys()], properties);
  const of = (/** @type {string} */ path) => /** @type {File} */ (all.get(path));
  const bytes = layout.parts.reduce((sum, { path }) => sum + of(path).size, 0);
  const rows = Number(layout.properties.get("hats_nrows")) || 0;
  return Foreign.open(
    engine,
    {
      ...layout,
      source: (paths) => new PickedFiles(new Map([...paths].map(([engine, path]) => [engine, of(path)]))),
      size: async (path) => of(path).size,
      rows: ({ path }) => (rows * of(path).size) / Math.max(1, bytes),
      elsewhere: {
        kind: "folder",
        name: layout.root.replace(/\/$/, "") || layout.parts[0].path.replace(/\/[^/]*$/, ""),
        files:
          layout.parts[0].low === null
            ? layout.parts.map(({ path }) => path)
            : [
                `${layout.root}${/dataset\/Norder=/.test(layout.parts[0].path) ? "dataset/" : ""}Norder=*/**/*.parquet`,
              ],
        hats: layout.properties.size > 0,
      },
      described: await about(all.get(`${layout.root}catalogue.json`)),
    },
    options,
  );
}

/** @param {File} [file] */
async function about(file) {
  if (!file || file.size > MOST) return [];
  try {
    return describedIn(JSON.parse(await file.text()));
  } catch {
    return [];
  }
}
