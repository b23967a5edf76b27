/** A search as Python with LSDB, which runs it on all cores, or on many machines. */
import { findColumn, kindOf, separationName } from "../../search/columns.js";
import { plan } from "../../search/conditions.js";
import { asksForNaN, readInfinity, readReal } from "../../search/literals.js";
import { listColumns } from "./target-list.js";
import { literal } from "./python-text.js";
import { opening } from "./python.js";
import { otherLines, otherNames } from "./lsdb-match.js";
import { LIST, listsIn } from "./question.js";

/**
 * @typedef {import("./question.js").Recipe} Recipe
 * @typedef {import("../../search/columns.js").Column} Column
 * @typedef {import("../../search/grammar.js").Item} Item
 */

/** Most neighbours of a target that are looked for where all are wanted. */
const NEIGHBOURS = 100;

const IMPORTS = [
  "import sys",
  "from decimal import Decimal",
  "",
  "import lsdb",
  "import numpy as np",
  "import pandas as pd",
  "import pyarrow as pa",
  "from astropy.coordinates import SkyCoord",
  "from astropy.table import Table",
];
/** Defines `opened`. */
const OPENED = [
  "",
  "def opened(folder, columns, radius=0.0):",
  '    """A catalogue with its margins, where it has them and they are as wide as a match, in arcsec."""',
  "    try:",
  '        found = lsdb.open_catalog(f"{RELEASE}/{folder}_collection", columns=columns)',
  "    except FileNotFoundError:",
  '        found = lsdb.open_catalog(f"{RELEASE}/{folder}", columns=columns)',
  "    if found.margin and found.margin.hc_structure.catalog_info.margin_threshold < radius:",
  "        found.margin = None  # matches across the borders of its partitions may be missed",
  "    return found",
  "",
  "",
];

/** @param {Recipe} recipe */
export function lsdbRecipe(recipe) {
  const { search, form, typical = [] } = recipe.question;
  if (!search || !form?.position) return "";
  const wanted = plan(search.targets ? { ...search, region: null } : search, form, typical);
  const list = search.targets ?? null;
  const id = list?.targets.ids ? list.targets.roles.column : null;
  const { ra, dec } = form.position;
  const read = [...new Set([...wanted.read, ra, dec, ...(id ? [id] : [])])];
  const tests = search.constraints.flatMap(({ column, items }) =>
    [findColumn(form, column) ?? []].flat().map((found) => condition(found, items)),
  );
  const columns = list ? listColumns(list, form) : null;
  const apart = separationName(form);
  const shown = [
    ...(columns?.carried.map(({ name }) => name) ?? []),
    ...(list && !id ? [apart] : []),
    ...wanted.shown,
    ...(search.match ? otherNames(recipe.question).values() : []),
  ];
  const lines = [
    ...opening(recipe, "lsdb", IMPORTS),
    `COLUMNS = ${literal(shown)}`,
    ...(columns && list ? listLines(columns) : []),
    "",
    ...OPENED,
    ...idListLines(listsIn(recipe.question)),
    `catalog = opened(${literal(`data/${form.name}`)}, ${literal(read)})`,
    ...regionLines(search.region),
  ];
  if (id) tests.push(`rows[${literal(id)}].isin(TARGETS[${literal(columns?.compared[1].name)}])`);
  lines.push(...testLines(tests));
  if (columns && list) lines.push(...matchLines(columns, id, list.match, apart));
  else if (search.match) lines.push(...otherLines(recipe.question));
  else
    lines.push(
      "result = catalog.compute()",
      ...separationLines(search.region, ra, dec, wanted.apart ?? apart),
    );
  const sort = wanted.sort.length || !list ? wanted.sort : [];
  if (sort.length)
    lines.push(
      `result = result.sort_values(${literal(sort.map(({ column }) => column))}, ascending=${literal(sort.map(({ descending }) => !descending))})`,
    );
  lines.push(
    `result = result[COLUMNS]${search.limit === null ? "" : `.head(${search.limit})`}`,
    "",
    "print(result)",
    "",
  );
  return lines
    .filter((line) => !(line in SOMETIMES) || lines.some((l) => SOMETIMES[line].test(l)))
    .join("\n");
}

/** @type {Record<string, RegExp>} Imports, and the code that needs them. */
const SOMETIMES = {
  "import numpy as np": /\bnp\./,
  "import pandas as pd": /\bpd\./,
  "import pyarrow as pa": /\bpa\.scalar/,
  "from astropy.coordinates import SkyCoord": /\bSkyCoord\(/,
  "from astropy.table import Table": /\bTable\./,
  "from decimal import Decimal": /\bDecimal\(/,
};

/** @param {string[]} tests expressions that must all be true @returns {string[]} */
function testLines(tests) {
  if (!tests.length) return [];
  return [
    "",
    "",
    "def keep(rows):",
    "    good = (",
    `        ${tests.join("\n        & ")}`,
    "    )",
    "    return rows[good.fillna(False)]",
    "",
    "",
    "catalog = catalog.map_partitions(keep)",
  ];
}

/** @param {any} region @param {string} ra @param {string} dec @param {string} apart name of the separation @returns {string[]} */
function separationLines(region, ra, dec, apart) {
  if (region?.type !== "cone") return [];
  return [
    `centre = SkyCoord(${literal(region.ra)}, ${literal(region.dec)}, unit="deg")`,
    `places = SkyCoord(result[${literal(ra)}].to_numpy(float), result[${literal(dec)}].to_numpy(float), unit="deg")`,
    `result[${literal(apart)}] = places.separation(centre).arcsec`,
  ];
}

/** @param {any} region @returns {string[]} */
function regionLines(region) {
  if (region?.type === "cone")
    return [
      `catalog = catalog.cone_search(${literal(region.ra)}, ${literal(region.dec)}, radius_arcsec=${literal(region.radius)})`,
    ];
  if (region?.type === "box")
    return [
      `catalog = catalog.box_search(ra=(${literal(region.ra_min)}, ${literal(region.ra_max)}), dec=(${literal(region.dec_min)}, ${literal(region.dec_max)}))`,
    ];
  if (region?.type === "polygon") {
    const points = Array.from(
      { length: region.points.length / 2 },
      (_, i) => `(${literal(region.points[2 * i])}, ${literal(region.points[2 * i + 1])})`,
    );
    return [`catalog = catalog.polygon_search([${points.join(", ")}])`];
  }
  return [];
}

/** @param {ReturnType<typeof listColumns>} columns */
function listLines({ compared, carried, count, long }) {
  const all = [...compared, ...carried];
  const dtypes = { INTEGER: "int32", BIGINT: "Int64", DOUBLE: "float64", VARCHAR: "str" };
  const types = `{${all.map(({ name, type }) => `${literal(name)}: ${literal(/** @type {any} */ (dtypes)[type])}`).join(", ")}}`;
  if (long)
    return [`TARGETS = pd.read_csv(${literal(LIST)}, dtype=${types}, keep_default_na=False, na_values=[""])`];
  const lines = all.map(
    ({ name, values }) =>
      `        ${literal(name)}: ${literal(Array.from({ length: count }, (_, i) => values(i)))},`,
  );
  return ["TARGETS = pd.DataFrame(", "    {", ...lines, "    }", `).astype(${types})`];
}

/**
 * @param {ReturnType<typeof listColumns>} columns @param {string | null} id @param {string} match @param {string} apart
 * @returns {string[]}
 */
function matchLines({ compared }, id, match, apart) {
  const [n, first, second, radius] = compared.map(({ name }) => literal(name));
  if (id)
    return [
      "found = catalog.compute()",
      `found = found.astype({${literal(id)}: TARGETS[${first}].dtype})`,
      `result = TARGETS.merge(found, left_on=${first}, right_on=${literal(id)}).sort_values(${n}, kind="stable")`,
    ];
  return [
    `widest = float(TARGETS[${radius}].max())`,
    "# The list has margins, so that it is matched across the borders of its partitions.",
    `targets = lsdb.from_dataframe(TARGETS, ra_column=${first}, dec_column=${second}, margin_threshold=max(widest, 1.0))`,
    "result = catalog.crossmatch(",
    `    targets, n_neighbors=min(len(TARGETS), ${NEIGHBOURS}), radius_arcsec=widest, suffixes=("", " of the list"), suffix_method="all_columns"`,
    ").compute()",
    'result.columns = [name.removesuffix(" of the list") for name in result.columns]',
    `result = result.rename(columns={"_dist_arcsec": ${literal(apart)}})`,
    `result = result[result[${literal(apart)}] <= result[${radius}]].sort_values([${n}, ${literal(apart)}])`,
    ...(match === "nearest" ? [`result = result.drop_duplicates(${n})`] : []),
  ];
}

/** Lists of ids that conditions name. @param {import("../../search/columns.js").IdList[]} lists */
function idListLines(lists) {
  if (!lists.length) return [];
  const reads = lists.map(({ table, column, type, files }) => {
    const text = type === "VARCHAR" ? `, dtype=str, keep_default_na=False` : "";
    const read = type
      ? `pd.read_csv(f"{RELEASE}/{file}"${text})`
      : `pd.read_parquet(f"{RELEASE}/{file}", columns=[${literal(column)}])`;
    return `    ${literal(table)}: [i for file in ${literal(files)} for i in ${read}[${literal(column)}]],`;
  });
  return ["# Lists of ids, from files of the release.", "LISTS = {", ...reads, "}", ""];
}

/** @param {Column} column of a filter @param {Item[]} items */
function listed({ filter }, items) {
  const asked = new Set(items.map((item) => /^(true|1|yes)$/i.test(/** @type {any} */ (item).text)));
  const is = `rows[${literal(filter?.id ?? "")}].isin(LISTS[${literal(filter?.table ?? "")}])`;
  if (asked.size > 1) return `(${is} | ~${is})`;
  return asked.has(true) ? is : `~${is}`;
}

/** @param {Column} column @param {Item[]} items @returns {string} a condition of pandas */
export function condition(column, items) {
  if (column.filter) return listed(column, items);
  const rows = `rows[${literal(column.name)}]`;
  const isNaN = (/** @type {Item} */ item) => item.kind === "value" && asksForNaN(column, item.text);
  if (items.some(isNaN))
    return condition(
      column,
      items.map((item) => (isNaN(item) ? { kind: "null" } : item)),
    );
  // a day, month or year includes all its times
  const spread = items.map((item) =>
    item.kind === "value" && following(column, item.text)
      ? { kind: /** @type {const} */ ("range"), low: item.text, high: item.text }
      : item,
  );
  const values = spread.filter(
    (item) =>
      item.kind === "value" ||
      (item.kind === "range" &&
        item.low &&
        item.low === item.high &&
        !item.above &&
        !item.below &&
        !following(column, item.low)),
  );
  const others = spread.filter((item) => !values.includes(item)).map((item) => other(column, rows, item));
  const texts = values.map((item) => (item.kind === "range" ? item.low : /** @type {any} */ (item).text));
  // pandas cannot search for times, decimals or large unsigned numbers in a list
  if (texts.length === 1 || kindOf(column) === "time" || column.scale != null || column.unsigned)
    others.unshift(...texts.map((text) => `(${rows} == ${one(column, text)})`));
  else if (texts.length)
    others.unshift(`${rows}.isin([${texts.map((text) => one(column, text)).join(", ")}])`);
  return others.length === 1 ? others[0] : `(${others.join(" | ")})`;
}

/** @param {Column} column @param {string} rows @param {Item} item */
function other(column, rows, item) {
  if (item.kind === "null") return `${rows}.isna()`;
  if (item.kind === "pattern") {
    const pattern = item.text
      .split("*")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("(?s:.*)");
    return `${rows}.str.fullmatch(${literal(pattern)})`;
  }
  const asked = /** @type {import("../../search/grammar.js").Range} */ (item);
  const isOpen = (/** @type {string} */ end) =>
    (kindOf(column) === "whole" || column.scale != null) && readInfinity(end) !== null;
  const range = {
    ...asked,
    low: isOpen(asked.low) ? "" : asked.low,
    high: isOpen(asked.high) ? "" : asked.high,
  };
  const ends = [
    ...(range.low ? [`(${rows} ${lower(column, range)})`] : []),
    ...(range.high ? [`(${rows} ${upper(column, range)})`] : []),
  ];
  const missing = (column.missing ?? []).filter(
    (value) => (typeof value === "number") === (kindOf(column) !== "text"),
  );
  return `(${[`${rows}.notna()`, ...ends, ...(missing.length ? [`~${rows}.isin(${literal(missing)})`] : [])].join(" & ")})`;
}

/** The next day, month or year; null for anything else. @param {Column} column @param {string} text */
function following(column, text) {
  const date = kindOf(column) === "time" && /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text.trim());
  if (!date) return null;
  const unit = date[3] ? "D" : date[2] ? "M" : "Y";
  return `(np.datetime64(${literal(text.trim())}, ${literal(unit)}) + 1).astype("datetime64[us]")`;
}

/** @param {Column} column @param {import("../../search/grammar.js").Range} range */
function lower(column, { low, above }) {
  const next = above ? following(column, low) : null;
  return next ? `>= ${next}` : `${above ? ">" : ">="} ${one(column, low)}`;
}

/** A day, month or year as an upper end includes all of it. @param {Column} column @param {import("../../search/grammar.js").Range} range */
function upper(column, { high, below }) {
  const next = below ? null : following(column, high);
  return next ? `< ${next}` : `${below ? "<" : "<="} ${one(column, high)}`;
}

/** One value in Python, so that pandas compares it exactly. @param {Column} column @param {string} text */
function one(column, text) {
  const number = text.trim().replace(/^\u2212/, "-");
  switch (kindOf(column)) {
    case "whole": {
      if (!/^[+-]?\d+$/.test(number)) return String(Number(number));
      const whole = BigInt(number.replace(/^\+/, ""));
      return whole < 2n ** 63n ? String(whole) : `pa.scalar(${whole}, pa.uint64())`;
    }
    case "real":
      if (column.scale != null) return `Decimal(${literal(number)})`;
      return column.datatype === "float"
        ? `np.float32(${literal(readReal(number))})`
        : literal(readReal(number));
    case "truth":
      return /^(true|1|yes)$/i.test(number) ? "True" : "False";
    case "time": {
      const unit = /\.\d{7}/.test(number) ? "ns" : "us";
      return `np.datetime64(${literal(number.replace(" ", "T").replace(/Z$/, ""))}, "${unit}")`;
    }
    default:
      return literal(text);
  }
}
