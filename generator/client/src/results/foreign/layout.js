/**
 * The files of a catalogue from elsewhere: what their names and the properties beside them say. Pure functions.
 *
 * @typedef {object} Part a file with rows
 * @property {string} path
 * @property {number | null} low first pixel of order 24 in which its rows may be; null where its name does not say
 * @property {number | null} high
 *
 * @typedef {Map<string, string>} Properties
 * @typedef {{ root: string, parts: Part[], properties: Properties }} Layout root: folder of the catalogue, "" or with "/" at its end
 */
import { ORDER, span } from "../../catalogue/healpix.js";
import { Refused } from "../../search/grammar.js";
import { t } from "../../shared/strings.js";

/** A partition of HATS: a file, or a folder of files. */
const PARTITION = /^(.*?)(?:dataset\/)?Norder=(\d+)\/(?:Dir=\d+\/)?Npix=(\d+)(?:\/[^/]+|\.[^/]+)$/;
/** Files with rows; others begin with these signs. */
const ROWS = /(?:^|\/)[^/._][^/]*\.(?:parquet|parq|pq)$/i;
const DEEPEST = 29;
const PROPERTIES = /^(?:hats\.|collection\.)?properties$/;
const COLLECTION = "collection.properties";
/** More files of unknown places take too long to look into. */
const MOST_FILES = 1000;

/** @param {string} path */
const folderOf = (path) => path.slice(0, path.lastIndexOf("/") + 1);

/** @param {string} path */
export const isProperties = (path) => PROPERTIES.test(path.slice(folderOf(path).length));

/** A file of properties, as Java writes them. @param {string} text @returns {Properties} */
export const readProperties = (text) =>
  new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const [, key, value] = /^\s*([^#!=\s][^=\s]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return key ? [/** @type {[string, string]} */ ([key, value])] : [];
    }),
  );

/** @param {string} path @param {number} order @param {number} pixel @returns {Part} throws Refused */
export function partOf(path, order, pixel) {
  if (!(order <= DEEPEST && pixel < 12 * 4 ** order))
    throw new Refused(t("{name} is not a partition of the sky.", { name: path }));
  const finer = Math.max(0, order - ORDER);
  const [low, high] = span(order - finer, Math.floor(pixel / 4 ** finer));
  return { path, low, high };
}

/**
 * The catalogue in a folder: of HATS, or several Parquet files.
 * @param {string[]} paths of all files below it
 * @param {Map<string, Properties>} properties of the files that have them, by path
 * @returns {Layout} throws Refused
 */
export function layoutOf(paths, properties) {
  /** @type {Map<string, Part[]>} */
  const found = new Map();
  for (const path of paths.filter((one) => ROWS.test(one))) {
    const [, root, order, pixel] = PARTITION.exec(path) ?? [];
    if (order === undefined) continue;
    found.set(root, [...(found.get(root) ?? []), partOf(path, Number(order), Number(pixel))]);
  }
  if (!found.size) return plainFiles(paths);
  const of = (/** @type {string} */ root) =>
    properties.get(`${root}hats.properties`) ?? properties.get(`${root}properties`) ?? new Map();
  const roots = [...found.keys()].filter((root) => isCatalogue(of(root)));
  if (!roots.length) throw new Refused(t("This folder has no catalogue, only margins or pairs of one."));
  const root = roots.length > 1 ? primaryOf(roots, properties) : roots[0];
  const parts = (found.get(root) ?? []).sort((one, other) => Number(one.low) - Number(other.low));
  return { root, parts, properties: of(root) };
}

/** Whether rows are objects, and not margins or pairs. @param {Properties} properties */
export const isCatalogue = (properties) =>
  /^(?:object|source)$/.test(properties.get("dataproduct_type") ?? "object");

/** @param {string[]} roots @param {Map<string, Properties>} properties */
function primaryOf(roots, properties) {
  for (const [path, values] of properties) {
    const primary = path.endsWith(COLLECTION) && values.get("hats_primary_table_url");
    const root = primary && `${folderOf(path)}${primary.replace(/\/*$/, "/")}`;
    if (root && roots.includes(root)) return root;
  }
  const names = roots.map((root) => root.replace(/\/$/, "").replace(/^.*\//, ""));
  throw new Refused(
    t("This folder has several catalogues ({names}): choose that of one.", {
      names: names.sort().join(", "),
    }),
  );
}

/** @param {string[]} paths @returns {Layout} */
function plainFiles(paths) {
  const rows = paths.filter((path) => ROWS.test(path)).sort();
  if (!rows.length) throw new Refused(t("This folder has no Parquet files."));
  if (rows.length > MOST_FILES)
    throw new Refused(
      t("This folder is not in the HATS layout, and has more than {most} Parquet files.", {
        most: MOST_FILES,
      }),
    );
  return { root: "", parts: rows.map((path) => ({ path, low: null, high: null })), properties: new Map() };
}

/**
 * The partitions that `partition_info.csv` of a HATS catalogue lists.
 * @param {string} text @param {Properties} properties
 * @returns {(Part & { rows: number })[]} throws Refused
 */
export function listedParts(text, properties) {
  const suffix = properties.get("hats_npix_suffix") ?? ".parquet";
  if (!/^\.[\w.]+$/.test(suffix))
    throw new Refused(
      t(
        "Its partitions are folders, which cannot be listed at an address: download it and choose its folder.",
      ),
    );
  const [head, ...lines] = text.split(/\r?\n/).filter(Boolean);
  const names = head?.split(",").map((name) => name.trim().replace(/^"|"$/g, "")) ?? [];
  const [order, pixel, count] = ["Norder", "Npix", "num_rows"].map((name) => names.indexOf(name));
  if (order < 0 || pixel < 0)
    throw new Refused(t("{name} has no columns Norder and Npix.", { name: "partition_info.csv" }));
  return lines.map((line) => {
    const values = line.split(",").map(Number);
    const [norder, npix] = [values[order], values[pixel]];
    if (![norder, npix].every((n) => Number.isSafeInteger(n) && n >= 0))
      throw new Refused(t("{name} is not a partition of the sky.", { name: line.slice(0, 40) }));
    const path = `dataset/Norder=${norder}/Dir=${Math.floor(npix / 10_000) * 10_000}/Npix=${npix}${suffix}`;
    return { ...partOf(path, norder, npix), rows: values[count] || 0 };
  });
}
