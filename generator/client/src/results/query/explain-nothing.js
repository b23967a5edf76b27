/** Why no row was found: the conditions that are the cause, and searches that find some. */
import { sentinels } from "../../catalogue/missing.js";
import { bounds } from "../../search/bounds.js";
import { APART, findColumn, isId, kindOf } from "../../search/columns.js";
import { writeItems } from "../../search/grammar.js";
import {
  MOST_PARTS,
  diagnose,
  maskOf,
  meantPattern,
  meantTexts,
  partsOf,
  placeIn,
  similar,
  textsOf,
  without,
} from "./diagnosis.js";
import { CONE_RADIUS } from "../../search/position.js";
import { conditions, separation } from "../../search/conditions.js";
import { testedColumns } from "../../search/filters.js";
import { findTargets } from "./find-targets.js";
import { like, quoteName } from "../../search/literals.js";
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("../../search/permalink.js").Search} Search
 * @typedef {import("../../search/columns.js").Form} Form
 * @typedef {import("./diagnosis.js").Part} Part
 * @typedef {import("../../catalogue/catalogue.js").Catalogue} Catalogue
 * @typedef {{text: string, search?: Search}} Line a sentence, or text of a link to another search
 * @typedef {{catalogue: Catalogue, form: Form, search: Search, signal: AbortSignal}} Case
 */

/** At most this much is read to explain that nothing was found. */
const MOST_BYTES = 48 << 20;
const MOST_LINKS = 6;
const MOST_COLUMNS = 3;
/** A cone is not made wider than this, in arcsec. */
const WIDEST = 36000;

/** Reading more would be too much. */
class TooMuch extends Error {}

/** @param {number} bytes */
const enough = async (bytes) => {
  if (bytes > MOST_BYTES) throw new TooMuch();
};

/** @param {Case} about @returns {Promise<Line[]>} */
export async function explain(about) {
  const { search, form } = about;
  const parts = partsOf(search, form).slice(0, MOST_PARTS);
  const region = parts.find(({ constraint }) => constraint === null) ?? null;
  if (search.targets) return [...(await inList(about, parts)), ...widerList(about)];
  if (!parts.length) return [];
  let relation = await whole(about, parts);
  const counted = relation !== null;
  if (!relation && region) relation = await whole(about, parts, search.region);
  if (!relation) return uncounted(about, parts);
  const used = counted ? parts : parts.filter((part) => part !== region);
  const rows = await masks(about, `${relation} WHERE ${counted ? "TRUE" : (region?.sql ?? "TRUE")}`, used);
  const found = diagnose(rows, used.length);
  return [
    ...(counted
      ? await impossible(
          about,
          found.impossible.map((i) => parts[i]),
          relation,
        )
      : []),
    ...blame(about, found, used),
    ...(counted || !region ? [] : uncounted(about, [region])),
    ...(await nearest(about, counted ? relation : null)),
  ];
}

/**
 * The relation to read to test these parts; null where it is too much.
 * @param {Case} about @param {Part[]} parts @param {Search["region"]} [region]
 */
async function whole({ catalogue, form, search, signal }, parts, region = null) {
  const constraints = parts.flatMap(({ constraint }) => constraint ?? []);
  const columns = testedColumns({ ...search, constraints }, form);
  if (form.position) columns.push(form.position.ra, form.position.dec);
  try {
    return (await catalogue.prepare({ region, columns: [...new Set(columns)], confirm: enough, signal }))
      .relation;
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return null;
  }
}

/** @param {Case} about @param {string} from @param {Part[]} parts @returns {Promise<Map<number, number>>} */
async function masks({ catalogue, signal }, from, parts) {
  const query = `SELECT ${maskOf(parts)} AS mask, count(*) FROM ${from} GROUP BY 1`;
  const { rows } = await catalogue.engine.rows(query, { signal });
  return new Map(rows.map(([mask, count]) => [Number(mask), Number(count)]));
}

/** @param {Case} about @param {import("./diagnosis.js").Diagnosis} found @param {Part[]} parts @returns {Line[]} */
function blame({ search }, found, parts) {
  const label = (/** @type {number[]} */ numbers) => numbers.map((i) => parts[i].label);
  const links = found.without.slice(0, MOST_LINKS).map(({ parts: out, rows }) => {
    const [one, other] = label(out);
    return {
      text: other
        ? t("Without {one} and {other}: {n} rows", { one, other, n: rows })
        : t("Without {condition}: {n} rows", { condition: one, n: rows }),
      search: without(
        search,
        out.map((i) => parts[i]),
      ),
    };
  });
  if (links.length) {
    const pair = found.without[0].parts.length > 1;
    const head = pair
      ? t("No single condition excludes all rows, but two together do:")
      : links.length === 1
        ? t("One condition alone excludes all rows:")
        : t("Each of these conditions alone excludes all rows:");
    return [{ text: head }, ...links];
  }
  if (!found.most) return [];
  const { parts: kept, rows } = found.most;
  const others = parts.filter((_, i) => !kept.includes(i));
  return [
    { text: t("No one or two conditions exclude all rows; more of them together do.") },
    {
      text: t("With {conditions} alone: {n} rows", { conditions: label(kept).join(", "), n: rows }),
      search: without(search, others),
    },
  ];
}

/** @param {Case} about @param {Part[]} parts @returns {Line[]} */
function uncounted({ search }, parts) {
  if (search.constraints.length + Number(Boolean(search.region)) < 2) return [];
  return [
    { text: t("To count these, much of the catalogue would be read:") },
    ...parts.map((part) => ({
      text: t("Without {condition}", { condition: part.label }),
      search: without(search, [part]),
    })),
  ];
}

/**
 * Conditions that no row meets: the values that the column has, and what may have been meant.
 * @param {Case} about @param {Part[]} parts @param {string} relation
 */
async function impossible(about, parts, relation) {
  /** @type {Line[]} */
  const lines = [];
  for (const { constraint, label } of parts.slice(0, MOST_COLUMNS)) {
    const column = constraint && findColumn(about.form, constraint.column);
    if (!column || !constraint) continue;
    lines.push({ text: t("No row of the catalogue has {condition}.", { condition: label }) });
    if (kindOf(column) === "text") lines.push(...(await meant(about, constraint, relation)));
    if (isId(column)) lines.push(...(await elsewhere(about, constraint)));
    if (["whole", "real", "time"].includes(kindOf(column)) && !isId(column)) {
      const missing = sentinels(column);
      const name = quoteName(column.name);
      const good = [
        `${name} IS NOT NULL`,
        ...(missing.length ? [`${name} NOT IN (${missing.join(", ")})`] : []),
      ];
      if (kindOf(column) === "real") good.push(`isfinite(${name})`);
      const query = `SELECT CAST(min(${name}) AS VARCHAR), CAST(max(${name}) AS VARCHAR) FROM ${relation} WHERE ${good.join(" AND ")}`;
      const [[low, high]] = (await about.catalogue.engine.rows(query, { signal: about.signal })).rows;
      if (low !== null)
        lines.push({
          text: t("{column} runs from {low} to {high}.", {
            column: column.name,
            low: String(low),
            high: String(high),
          }),
        });
    }
  }
  return lines;
}

/**
 * Texts that no row has: similar texts, and positions in names.
 * @param {Case} about @param {import("../../search/permalink.js").Constraint} constraint @param {string} relation
 */
async function meant({ catalogue, form, search, signal }, constraint, relation) {
  const column = /** @type {import("../../search/columns.js").Column} */ (
    findColumn(form, constraint.column)
  );
  const name = quoteName(column.name);
  /** @type {Line[]} */
  const lines = [];
  const others = search.constraints.filter((one) => one !== constraint);
  for (const { text, pattern } of textsOf(constraint, form).slice(0, MOST_LINKS)) {
    const shape = pattern ? text : meantPattern(text);
    const several = pattern ? [] : meantTexts(text);
    const condition = [
      shape ? like(column, shape).replace(" LIKE ", " ILIKE ") : similar(column.name, text),
      ...several.map((one) => similar(column.name, one)),
    ].join(" OR ");
    const query = `SELECT ${name}, count(*) FROM ${relation} WHERE ${condition} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MOST_LINKS}`;
    const { rows } = await catalogue.engine.rows(query, { signal });
    if (rows.length && shape && !pattern)
      lines.push({
        text: t("A * stands for any letters: {column}={pattern}", { column: column.name, pattern: shape }),
        search: {
          ...search,
          constraints: [...others, { column: column.name, items: [{ kind: "pattern", text: shape }] }],
        },
      });
    else if (rows.length > 1 && several.length) {
      const items = rows.map(([value]) => ({ kind: /** @type {const} */ ("value"), text: String(value) }));
      lines.push({
        text: t("Several values have commas between them: {condition}", {
          condition: `${column.name}=${writeItems(items)}`,
        }),
        search: { ...search, constraints: [...others, { column: column.name, items }] },
      });
    }
    for (const [value, n] of rows) {
      const items = [{ kind: /** @type {const} */ ("value"), text: String(value) }];
      lines.push({
        text: t("{column} has “{value}”: {n} rows", {
          column: column.name,
          value: String(value),
          n: Number(n),
        }),
        search: { ...search, constraints: [...others, { column: column.name, items }] },
      });
    }
    const place = form.position && placeIn(text);
    if (place)
      lines.push({
        text: t("Search around the position in the name {name}", { name: text }),
        search: {
          ...search,
          region: { type: "cone", ...place, radius: CONE_RADIUS },
          constraints: others,
        },
      });
  }
  return lines;
}

/**
 * Identifiers that occur in another column of identifiers.
 * @param {Case} about @param {import("../../search/permalink.js").Constraint} constraint
 */
async function elsewhere({ catalogue, form, search, signal }, constraint) {
  const constraints = search.constraints.filter((one) => one !== constraint);
  const same = findColumn(form, constraint.column);
  const others = form.columns.filter(
    (column) => column !== same && same && isId(column) && kindOf(column) === kindOf(same),
  );
  /** @type {Line[]} */
  const lines = [];
  for (const column of others.slice(0, MOST_LINKS)) {
    const other = {
      ...search,
      region: null,
      constraints: [{ column: column.name, items: constraint.items }],
    };
    const wanted = { where: bounds(other, form), columns: [column.name], confirm: enough, signal };
    try {
      const { relation } = await catalogue.prepare(wanted);
      const query = `SELECT count(*) FROM ${relation} WHERE ${conditions(other, form)}`;
      const [[n]] = (await catalogue.engine.rows(query, { signal })).rows;
      if (Number(n))
        lines.push({
          text: t("{column} has “{value}”: {n} rows", {
            column: column.name,
            value: writeItems(constraint.items),
            n: Number(n),
          }),
          search: { ...search, constraints: [...constraints, ...other.constraints] },
        });
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
    }
  }
  return lines;
}

/**
 * Distance of the nearest row that meets the other conditions.
 * @param {Case} about @param {string | null} relation of the whole catalogue
 * @returns {Promise<Line[]>}
 */
async function nearest({ catalogue, form, search, signal }, relation) {
  const { region } = search;
  if (region?.type !== "cone" || !form.position || region.radius >= WIDEST) return [];
  const rest = { ...search, region: null };
  let from = relation;
  if (!from) {
    const wide = { ...region, radius: Math.min(WIDEST, region.radius * 20) };
    const columns = [form.position.ra, form.position.dec, ...testedColumns(search, form)];
    const where = bounds(rest, form);
    try {
      from = (await catalogue.prepare({ region: wide, where, columns, confirm: enough, signal })).relation;
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return [];
    }
  }
  const query = `SELECT min(${separation(form.position, region)}) FROM ${from} WHERE ${conditions(rest, form)}`;
  const [[away]] = (await catalogue.engine.rows(query, { signal })).rows;
  if (away === null || Number(away) > WIDEST) return [];
  const scale = 10 ** (Math.floor(Math.log10(Number(away))) - 1);
  const radius = Number((Math.ceil((Number(away) * 1.0001) / scale) * scale).toPrecision(6));
  return [
    {
      text: t("The nearest such row is {n} arcsec away: search within {radius} arcsec", {
        n: Number(away).toFixed(Number(away) < 10 ? APART : 1),
        radius: String(radius),
      }),
      search: { ...search, region: { ...region, radius } },
    },
  ];
}

/**
 * For a list: whether the other conditions exclude its matches.
 * @param {Case} about @param {Part[]} parts
 */
async function inList(about, parts) {
  const { search, catalogue, form, signal } = about;
  if (!parts.length) return [];
  const chosen = [...new Set(search.constraints.map(({ column }) => column))];
  const wanted = {
    catalogue,
    form,
    search: { ...search, constraints: [], sort: [], limit: null },
    chosen,
    cap: 100_000,
    signal,
    onShare: () => {},
  };
  const rows = await findTargets(wanted, (found) => masks(about, `(${found.query})`, parts));
  const list = { label: t("the list"), sql: "", constraint: null };
  // every row matches the list
  const all = new Map([...rows].map(([mask, count]) => [mask * 2 + 1, count]));
  return blame(about, diagnose(all, parts.length + 1), [list, ...parts]);
}

/** @param {Case} about @returns {Line[]} */
function widerList({ search }) {
  const { targets } = search;
  if (!targets || targets.targets.roles.by !== "position") return [];
  const radius = Math.min(Math.max(5, targets.radius * 5), 3600);
  return radius <= targets.radius
    ? []
    : [
        {
          text: t("Match the list within {radius} arcsec", { radius: String(radius) }),
          search: { ...search, targets: { ...targets, radius } },
        },
      ];
}
