/** A search as one statement of SQL that needs only views with the catalogues' names. */
import { findColumn, separationName } from "../../search/columns.js";
import { conditions, ordering, plan, separation, separationFormula } from "../../search/conditions.js";
import { quoteName, quoteText } from "../../search/literals.js";
import { viewOf } from "./from-elsewhere.js";
import { listColumns, listSql } from "./target-list.js";
import { LIST, headLines, isLong, listsIn, oneLine } from "./question.js";

/**
 * @typedef {import("./question.js").Recipe} Recipe
 * @typedef {import("./question.js").Question} Question
 */

/** The text that is copied as SQL. @param {Recipe} recipe */
export function sqlRecipe(recipe) {
  const { question } = recipe;
  const long = isLong(question.search?.targets?.targets);
  const views = question.catalogues.flatMap(
    ({ name, stored, positions, view, elsewhere, folder = `data/${name}` }) => {
      if (elsewhere) return [viewOf(elsewhere, stored)];
      const rows = `read_parquet(${quoteText(`${folder}/dataset/**/*.parquet`)}, hive_partitioning = false)`;
      const own = `SELECT *${positions ? " EXCLUDE (_healpix_29)" : ""} FROM ${rows}`;
      return [`CREATE VIEW ${quoteName(stored)} AS ${own};`, ...(view ? [`CREATE ${view};`] : [])];
    },
  );
  const made = [...views, ...listsIn(question).map(listView), ...macrosOf(question).map((sql) => `${sql};`)];
  return [
    ...headLines(recipe, "--"),
    "-- Runs on the SQL page of the release. In any other DuckDB, run these first, in the release's folder:",
    ...made.map((line) => `--   ${oneLine(line)}`),
    ...(long
      ? [`-- It reads the list of targets from ${LIST} in the folder it runs in, which the SQL page cannot.`]
      : []),
    statement(question),
    "",
  ].join("\n");
}

/** The view of a list of ids, in the release's folder. @param {import("../../search/columns.js").IdList} list */
function listView({ table, column, type, files }) {
  const names = `[${files.map(quoteText).join(", ")}]`;
  const types = `header = true, columns = {${quoteText(column)}: ${quoteText(type)}}`;
  const from = type ? `read_csv(${names}, ${types})` : `read_parquet(${names})`;
  const rows = files.length
    ? `SELECT ${quoteName(column)} AS id FROM ${from}`
    : "SELECT NULL::BIGINT AS id WHERE FALSE";
  return `CREATE VIEW ${quoteName(table)} AS ${rows};`;
}

/** Statements that create the functions which free SQL calls, and those which these call; searches need none. @param {Question} question */
export const macrosOf = ({ sql = "", macros = [] }) => {
  /** @type {string[]} */
  const needed = [];
  for (const macro of macros.toReversed()) {
    const name = /\bMACRO\s+"?(\w+)/i.exec(macro)?.[1];
    const called = name && new RegExp(`\\b${name}\\s*\\(`, "i");
    if (called && [sql, ...needed].some((text) => called.test(text))) needed.unshift(macro);
  }
  return needed;
};

/** @param {Question} question @returns {string} SQL without a semicolon */
export function statement({ sql, search, form, typical = [], catalogues }) {
  if (!search || !form || search.match) return sql ?? "";
  // a search compares and shows stored values, and lists the missing values itself
  const from = `FROM ${quoteName(catalogues[0]?.stored ?? form.name)}`;
  if (search.targets) return byList(search, form, typical, from);
  const wanted = plan(search, form, typical);
  const { region } = search;
  const select = wanted.shown.map((name) =>
    name === wanted.apart && region?.type === "cone" && form.position
      ? `${separation(form.position, region)} AS ${quoteName(name)}`
      : quoteName(name),
  );
  // conditions that DuckDB can compare with the extremes of each file, so that it need not read them all
  const near =
    region?.type === "cone" && form.position
      ? `${quoteName(form.position.dec)} BETWEEN ${region.dec} - ${region.radius} / 3600 - 1e-6 AND ${region.dec} + ${region.radius} / 3600 + 1e-6 AND `
      : "";
  return [
    `SELECT ${select.join(",\n  ")}`,
    from,
    `WHERE ${near}${wanted.where}`,
    ...ending(ordering(wanted.sort, form.columns), search.limit),
  ].join("\n");
}

/** @param {string} order @param {number | null} limit */
const ending = (order, limit) => [
  ...(order ? [`ORDER BY ${order}`] : []),
  ...(limit === null ? [] : [`LIMIT ${limit}`]),
];

/** @param {import("./question.js").Search} search @param {import("./question.js").Form} form @param {string[]} typical @param {string} source */
function byList(search, form, typical, source) {
  const list = /** @type {import("../../search/targets/roles.js").TargetSearch} */ (search.targets);
  const { compared, carried } = listColumns(list, form);
  const [n, ...rest] = compared.map(({ name }) => quoteName(name));
  const chosen = plan({ ...search, region: null }, form, typical).shown;
  const shown = chosen.map(quoteName);
  const own = carried.map(({ name }) => quoteName(name));
  const filter = conditions({ ...search, region: null }, form);
  const asked = filter === "TRUE" ? [] : [filter];
  const sort = search.sort.filter(({ column }) => findColumn(form, column));
  const from = `${source}, targets`;
  const one = (/** @type {string} */ place) =>
    list.match === "nearest" ? [`QUALIFY row_number() OVER (PARTITION BY ${n} ORDER BY ${place}) = 1`] : [];
  const order = (/** @type {string[]} */ last) =>
    [...(search.limit === null ? [] : [ordering(sort, form.columns)]), n, ...last].filter(Boolean).join(", ");
  if (!list.targets.ra || !form.position) {
    const column = quoteName(list.targets.roles.column);
    return [
      `WITH ${listSql(list, form)}`,
      `SELECT ${[...own, ...shown].join(",\n  ")}`,
      from,
      `WHERE ${[`${column} = ${rest[0]}`, ...asked].join("\n  AND ")}`,
      ...ending(order([]), search.limit),
    ].join("\n");
  }
  const [ra, dec, radius] = rest;
  const place = [form.position.ra, form.position.dec].map((name) => `radians(${quoteName(name)})`);
  const away = separationFormula(place[0], place[1], `radians(${ra})`, `radians(${dec})`);
  const apart = quoteName(separationName(form));
  const column = quoteName(form.position.dec);
  return [
    `WITH ${listSql(list, form)}`,
    `SELECT ${[...own, `${away} AS ${apart}`, ...shown].join(",\n  ")}`,
    from,
    `WHERE ${[
      `${column} BETWEEN ${dec} - ${radius} / 3600 - 1e-6 AND ${dec} + ${radius} / 3600 + 1e-6`,
      `${away} <= ${radius}`,
      ...asked,
    ].join("\n  AND ")}`,
    ...one(apart),
    ...ending(order([apart]), search.limit),
  ].join("\n");
}
