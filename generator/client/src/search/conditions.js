/**
 * A search as SQL. The catalogue gives the relation to read from, which has only the bytes that can matter.
 *
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./columns.js").Form} Form
 * @typedef {import("./permalink.js").Search} Search
 */
import { sentinels } from "../catalogue/missing.js";
import { findColumn, separationName } from "./columns.js";
import { columnsNamed } from "./computed.js";
import { filterCondition, testedColumns } from "./filters.js";
import { polygonCondition } from "./polygon-text.js";
import { between, exactly, like, quoteName, quoteNumber } from "./literals.js";

/**
 * The rows where one column meets any of the items.
 * @param {Column} column @param {import("./grammar.js").Item[]} items
 * @returns {string} throws Refused
 */
export function condition(column, items) {
  if (column.filter) return filterCondition(column, items);
  const name = quoteName(column.name);
  /** @type {string[]} */
  const listed = [];
  /** @type {string[]} */
  const alternatives = [];
  for (const item of items) {
    if (item.kind === "null") alternatives.push(`${name} IS NULL`);
    else if (item.kind === "pattern") alternatives.push(like(column, item.text));
    else if (
      item.kind === "range" &&
      (item.low === "" || item.low !== item.high || item.above || item.below)
    ) {
      const missing = sentinels(column);
      alternatives.push(
        [
          `${name} IS NOT NULL`,
          ...between(column, item),
          ...(missing.length ? [`${name} NOT IN (${missing.join(", ")})`] : []),
        ].join(" AND "),
      );
    } else {
      const found = exactly(column, item.kind === "range" ? item.low : item.text);
      if ("literal" in found) listed.push(found.literal);
      else alternatives.push(found.sql);
    }
  }
  if (listed.length === 1) alternatives.unshift(`${name} = ${listed[0]}`);
  else if (listed.length) alternatives.unshift(`${name} IN (${listed.join(", ")})`);
  return alternatives.length === 1 ? alternatives[0] : `(${alternatives.map((a) => `(${a})`).join(" OR ")})`;
}

/**
 * Great-circle distance in arcsec by the Vincenty formula, which keeps its accuracy for tiny and for antipodal
 * separations; the same operations in the same order as astropy, so that results at the border agree.
 * @param {{ra: string, dec: string}} position columns
 * @param {{ra: number, dec: number}} centre deg
 */
export function separation(position, centre) {
  const [ra, dec] = [quoteName(position.ra), quoteName(position.dec)];
  const [ra0, dec0] = [`radians(${quoteNumber(centre.ra)})`, `radians(${quoteNumber(centre.dec)})`];
  return separationFormula(`radians(${ra})`, `radians(${dec})`, ra0, dec0);
}

/** @param {string} ra1 @param {string} dec1 @param {string} ra2 @param {string} dec2 SQL expressions in radians */
export function separationFormula(ra1, dec1, ra2, dec2) {
  const across = `cos(${dec2}) * sin(${ra2} - ${ra1})`;
  const along = `(cos(${dec1}) * sin(${dec2}) - sin(${dec1}) * cos(${dec2}) * cos(${ra2} - ${ra1}))`;
  const towards = `(sin(${dec1}) * sin(${dec2}) + cos(${dec1}) * cos(${dec2}) * cos(${ra2} - ${ra1}))`;
  const far = `sqrt((${across}) * (${across}) + ${along} * ${along})`;
  return `degrees(atan2(${far}, ${towards})) * 3600`;
}

/**
 * All conditions of a search.
 * @param {Search} search @param {Form} form
 * @returns {string} without the word WHERE; "TRUE" without conditions
 */
export function conditions(search, form) {
  /** @type {string[]} */
  const all = [];
  const { region } = search;
  if (region && form.position) {
    const [ra, dec] = [quoteName(form.position.ra), quoteName(form.position.dec)];
    if (region.type === "cone")
      all.push(`${separation(form.position, region)} <= ${quoteNumber(region.radius)}`);
    else if (region.type === "polygon") all.push(polygonCondition(form.position, region));
    else {
      const [west, east] = [
        `${ra} >= ${quoteNumber(region.ra_min)}`,
        `${ra} <= ${quoteNumber(region.ra_max)}`,
      ];
      all.push(region.ra_min > region.ra_max ? `(${west} OR ${east})` : `${west} AND ${east}`);
      all.push(`${dec} >= ${quoteNumber(region.dec_min)} AND ${dec} <= ${quoteNumber(region.dec_max)}`);
    }
  }
  for (const { column, items } of search.constraints) {
    const found = findColumn(form, column);
    if (found) all.push(condition(found, items));
  }
  return all.join(" AND ") || "TRUE";
}

/**
 * SQL of the sort order: missing values (NULL and sentinels) are last in both directions; ties keep their order.
 * @param {import("./permalink.js").Order[]} sort @param {Column[]} columns
 * @param {Map<string, string>} [own] SQL of the values of columns that are text here
 * @returns {string} "" for none
 */
export function ordering(sort, columns, own) {
  return sort
    .flatMap(({ column, descending }) => {
      const name = own?.get(column) ?? quoteName(column);
      const known = columns.find((c) => c.name === column);
      const missing = known ? sentinels(known) : [];
      const direction = `${name} ${descending ? "DESC" : "ASC"} NULLS LAST`;
      return missing.length
        ? [`coalesce(${name} IN (${missing.join(", ")}), FALSE)`, direction]
        : [direction];
    })
    .join(", ");
}

/**
 * The columns that a search reads and keeps.
 * @param {Search} search @param {Form} form @param {string[]} typical columns shown where none are chosen
 */
export function plan(search, form, typical) {
  const all = form.columns.map((c) => c.name);
  const own = (search.computed ?? []).map(({ name }) => name);
  const listed = search.columns === null ? typical : search.columns[0] === "*" ? all : search.columns;
  const chosen = listed.filter((name) => !own.includes(name));
  const apart = search.region?.type === "cone" ? separationName(form) : null;
  const sort = search.sort.filter(({ column }) => column !== separationName(form) || apart);
  if (sort.length === 0 && apart) sort.push({ column: apart, descending: false });
  const sorted = sort.map((order) => order.column).filter((name) => name !== apart);
  // a list of values: those that are not found are reported
  const several = search.constraints.flatMap(({ column, items }) =>
    items.length > 1 ? (findColumn(form, column)?.name ?? []) : [],
  );
  const place = [form.id ?? "", form.spectra ?? "", form.position?.ra ?? "", form.position?.dec ?? ""];
  // not shown, but needed to sort, compute, plot on the sky or look up a row
  const unshown = [...sorted, ...place, ...several, ...columnsNamed(search.computed ?? [], form.columns)];
  const kept = [...new Set([...chosen, ...unshown.filter((name) => all.includes(name))])];
  const tested = testedColumns(search, form);
  const position = search.region && form.position ? [form.position.ra, form.position.dec] : [];
  const select = kept.map(quoteName);
  if (apart && search.region?.type === "cone" && form.position) {
    select.unshift(`${separation(form.position, search.region)} AS ${quoteName(apart)}`);
  }
  return {
    /** shown, in this order */
    shown: apart ? [apart, ...chosen] : chosen,
    /** shown with the computed columns, in the order of the link or last */
    arranged: [...(apart ? [apart] : []), ...listed, ...own.filter((name) => !listed.includes(name))],
    /** every catalogue column of the result, shown or not */
    kept,
    /** every catalogue column whose bytes are needed */
    read: [...new Set([...chosen, ...sorted, ...tested, ...position, ...kept])],
    select: select.join(", "),
    where: conditions(search, form),
    sort,
    /** those of them by which the catalogue itself can be sorted */
    sortRead: sort.filter(({ column }) => column === apart || all.includes(column)),
    apart,
  };
}
