/**
 * The address of a search. `readPermalink` and `writePermalink` are inverse: a search can be bookmarked, cited and sent.
 *
 * @typedef {import("./columns.js").Form} Form
 * @typedef {{column: string, items: import("./grammar.js").Item[]}} Constraint
 * @typedef {{column: string, descending: boolean}} Order
 *
 * @typedef {{text: string, parsed: ReturnType<typeof parseTargets>, match: "all" | "nearest", radius: number}} TargetLink radius: arcsec
 *
 * @typedef {object} Search
 * @property {string} catalogue
 * @property {import("./position.js").Region | null} region
 * @property {boolean} [whole] the whole sky is requested explicitly
 * @property {Constraint[]} constraints all must be met; the items of one are alternatives
 * @property {string[] | null} columns null: the typical ones; ["*"]: all
 * @property {Order[]} sort
 * @property {TargetLink | null} [list] targets as in a link
 * @property {import("./targets/roles.js").TargetSearch | null} [targets] read and ready
 * @property {import("./targets/match-link.js").MatchSearch | null} [match] with another catalogue
 * @property {import("./computed.js").Computed[]} [computed] columns computed from others
 * @property {number | null} limit
 */
import { t } from "../shared/strings.js";
import { findColumn, separationName } from "./columns.js";
import { Refused, parseNames, writeItems, writeNames } from "./grammar.js";
import { readItems } from "./habits.js";
import { parsePolygon } from "./polygon-text.js";
import { parseBox, parseCone, parseRadius, writeRegion } from "./position.js";
import { parseComputed, writeComputed } from "./computed.js";
import { condition } from "./conditions.js";
import { matchParameters, matchRadius, parseCarried, parseWith } from "./targets/match-link.js";
import { RADIUS, parseTargets, targetParameters } from "./targets/target-link.js";

const OWN = [
  "catalogue",
  "cone",
  "box",
  "polygon",
  "sky",
  "targets",
  "match",
  "match_radius",
  "match_with",
  "match_columns",
  "columns",
  "compute",
  "sort",
  "limit",
];
/** Parameters of the page that are not part of a search and stay unchanged. */
const KEPT = ["theme", "plot", "show"];
const PREFIX = "column.";

/**
 * @param {string} query location.search
 * @param {Form[]} forms of the page; the first is the default
 * @returns {{search: Search, problems: Refused[], asked: boolean}} asked: something constrains the rows; with problems, run nothing
 */
export function readPermalink(query, forms) {
  const parameters = new URLSearchParams(query);
  /** @type {Refused[]} */
  const problems = [];
  const name = parameters.get("catalogue") ?? forms[0]?.name ?? "";
  const form = forms.find((f) => f.name === name);
  /** @type {Search} */
  const search = { catalogue: name, region: null, constraints: [], columns: null, sort: [], limit: null };
  if (!form) {
    const known = forms.map((f) => f.name).join(", ");
    const text = t("There is no catalogue “{name}” in this release. It has: {known}.", { name, known });
    return { search, problems: [new Refused(text, "catalogue")], asked: false };
  }
  const seen = new Set();
  const computed = parameters.get("compute") ?? "";
  try {
    if (computed.trim()) search.computed = parseComputed(computed);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    problems.push(new Refused(error.message, "compute"));
  }
  for (const [key, value] of parameters) {
    if (KEPT.includes(key)) continue;
    try {
      if (seen.has(key)) throw new Refused(t("is given twice; separate several values by commas."));
      seen.add(key);
      if (value.trim() === "" || key === "catalogue" || key === "compute") continue;
      readParameter(key, value, form, search);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.push(new Refused(error.message, key));
    }
  }
  try {
    settleMatch(search);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    problems.push(new Refused(error.message, "match_radius"));
  }
  if (search.list && !search.list.text) search.list = null;
  return {
    search,
    problems,
    asked:
      search.region !== null ||
      Boolean(search.list || search.match || search.whole) ||
      search.constraints.length > 0,
  };
}

/** The radius of a match, and whether only the nearest is wanted, have the names of those of a list. @param {Search} search */
function settleMatch({ list, match }) {
  if (match && !match.catalogue) throw new Refused(t("match_columns needs match_with."));
  if (!match || !list) return;
  match.match = list.match;
  match.radius = matchRadius(list.radius);
}

/** @param {string} key @param {string} value @param {Form} form @param {Search} search */
function readParameter(key, value, form, search) {
  if (key === "cone" || key === "box" || key === "polygon") {
    if (!form.position) throw new Refused(t("The catalogue {name} has no positions.", { name: form.name }));
    onlyOne(search);
    search.region = { cone: parseCone, box: parseBox, polygon: parsePolygon }[key](value);
  } else if (key === "sky") {
    if (value !== "all") throw new Refused(t("Write all, or leave it out."));
    onlyOne(search);
    search.whole = true;
  } else if (key === "targets") {
    onlyOne(search);
    const parsed = parseTargets(value);
    if (!form.position) throw new Refused(t("The catalogue {name} has no positions.", { name: form.name }));
    if ("column" in parsed && parsed.column !== null) known(form, parsed.column);
    search.list = { match: "all", radius: RADIUS, ...search.list, text: value, parsed };
  } else if (key === "match_with") {
    onlyOne(search);
    if (!form.position) throw new Refused(t("The catalogue {name} has no positions.", { name: form.name }));
    search.match = { match: "all", radius: RADIUS, columns: null, ...search.match, ...parseWith(value) };
  } else if (key === "match_columns") {
    const columns = parseCarried(value);
    search.match = { release: "", catalogue: "", match: "all", radius: RADIUS, ...search.match, columns };
  } else if (key === "match" || key === "match_radius") {
    search.list ??= { text: "", parsed: { count: 0 }, match: "all", radius: RADIUS };
    if (key === "match_radius") search.list.radius = parseRadius(value);
    else if (value === "all" || value === "nearest") search.list.match = value;
    else throw new Refused(t("Write all or nearest."));
  } else if (key === "columns") {
    search.columns =
      value.trim() === "*"
        ? ["*"]
        : unique(parseNames(value).map((name) => known(withComputed(form, search), name).name));
  } else if (key === "sort") {
    search.sort = parseSort(value, withComputed(form, search));
  } else if (key === "limit") {
    if (!/^[1-9]\d{0,8}$/.test(value.trim())) throw new Refused(t("Write a whole number above 0."));
    search.limit = Number(value);
  } else {
    const column = known(form, key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key, true);
    const items = readItems(column, value);
    if (items.length === 0) return;
    condition(column, items); // refuses what cannot be searched for
    if (search.constraints.some((c) => c.column === column.name)) {
      throw new Refused(t("is given twice; separate several values by commas."));
    }
    search.constraints.push({ column: column.name, items });
  }
}

/** @param {Search} search */
function onlyOne(search) {
  if (search.region || search.list?.text || search.match?.catalogue || search.whole)
    throw new Refused(t("Give either a cone, a box, a polygon, a list or the whole sky."));
}

/** The form with the computed columns, which can be shown and sorted by like the others. @param {Form} form @param {Search} search @returns {Form} */
function withComputed(form, { computed = [] }) {
  return {
    ...form,
    columns: [...form.columns, ...computed.map(({ name }) => ({ name, datatype: "double" }))],
  };
}

/** @param {Form} form @param {string} name @param {boolean} [computed] whether it may be a condition that no column has */
function known(form, name, computed = false) {
  const column = findColumn(form, name);
  if (!column || (column.filter && !computed))
    throw new Refused(t("There is no column “{name}” in {catalogue}.", { name, catalogue: form.name }));
  return column;
}

/** @param {string} text `-snrg,z`; a name that begins with - is quoted @param {Form} form @returns {Order[]} */
function parseSort(text, form) {
  return splitSort(text).map(({ name, descending }) => ({
    column: name === separationName(form) ? name : known(form, name).name,
    descending,
  }));
}

/** @param {string} text */
function splitSort(text) {
  /** @type {{name: string, descending: boolean}[]} */
  const found = [];
  for (const part of text.match(/-?\s*"(?:[^"]|"")*"|[^,]+/g) ?? []) {
    const descending = part.trim().startsWith("-");
    const [name, ...more] = parseNames(part.trim().replace(/^-/, ""));
    if (name === undefined || more.length) throw new Refused(t("Write column names separated by commas."));
    found.push({ name, descending });
  }
  return found;
}

/** @param {Search} search @returns {string} the query without "?", with as few escapes as possible */
export function writePermalink(search) {
  /** @type {[string, string][]} */
  const parts = [["catalogue", search.catalogue]];
  if (search.region) parts.push([search.region.type, writeRegion(search.region)]);
  if (search.whole && !search.constraints.length) parts.push(["sky", "all"]);
  if (search.match) parts.push(...matchParameters(search.match));
  if (search.targets) parts.push(...targetParameters(search.targets));
  else if (search.list) {
    const { text, match, radius } = search.list;
    parts.push(["targets", text]);
    if (match !== "all") parts.push(["match", match]);
    if (radius !== RADIUS) parts.push(["match_radius", String(radius)]);
  }
  for (const { column, items } of search.constraints) {
    const own = [...OWN, ...KEPT].includes(column) || column.startsWith(PREFIX);
    parts.push([own ? PREFIX + column : column, writeItems(items)]);
  }
  if (search.columns) parts.push(["columns", search.columns[0] === "*" ? "*" : writeNames(search.columns)]);
  if (search.computed?.length) parts.push(["compute", writeComputed(search.computed)]);
  if (search.sort.length) {
    const words = search.sort.map(({ column, descending }) => {
      const name = column.startsWith("-") ? `"${column.replaceAll('"', '""')}"` : writeNames([column]);
      return (descending ? "-" : "") + name;
    });
    parts.push(["sort", words.join(",")]);
  }
  if (search.limit !== null) parts.push(["limit", String(search.limit)]);
  return parts.map(([key, value]) => `${escape(key)}=${escape(value)}`).join("&");
}

/** @param {string} text */
function escape(text) {
  return encodeURIComponent(text.toWellFormed()).replace(/%(2C|3A|2F|40)/g, (code) =>
    decodeURIComponent(code),
  );
}

/** @param {string[]} names */
function unique(names) {
  return [...new Set(names)];
}
