/**
 * A query as a small file: the content of a permalink, and the list of targets, which is too long for a link. Files come from
 * anywhere, so nothing in one is trusted: it is read like an address, and the list like any other list.
 *
 * @typedef {import("./question.js").Question} Question
 * @typedef {import("../../search/targets/roles.js").Roles} Roles
 *
 * @typedef {object} Targets
 * @property {import("../../formats.d.ts").TargetColumn[]} columns
 * @property {string[][]} rows each value as text; empty where there is none
 * @property {Partial<Roles>} roles
 *
 * @typedef {object} QueryFile
 * @property {string} release
 * @property {"search" | "sql"} kind
 * @property {string} query the address without "?"
 * @property {Targets | null} targets
 */
import { Refused } from "../../search/grammar.js";
import { writePermalink } from "../../search/permalink.js";
import { resolveTargets } from "../../search/targets/roles.js";
import { MOST_ROWS, TableBuilder } from "../../search/targets/target-table.js";
import { SHOWN } from "../../shared/page.js";
import { t } from "../../shared/strings.js";
import { namesOf } from "./question.js";
import { statement } from "./one-statement.js";

const FORMAT = 1;
const MOST_BYTES = 512 << 20;
const ROLES = /** @type {const} */ (["ra", "dec", "radius", "id"]);

/**
 * @param {Question} question @param {Omit<import("../export/download.js").About, "date">} about @param {string} date
 * @param {string} [shown] the page's address after "?", for how the rows are shown: plots, or spectra
 * @returns {string} JSON
 */
export function queryFile(question, about, date, shown = "") {
  const { search } = question;
  const list = search?.targets?.targets;
  /** @type {Omit<import("../../formats.d.ts").QueryFile, "targets">} */
  const head = {
    drportal: FORMAT,
    release: about.release,
    catalogue: search?.catalogue ?? namesOf(question),
    kind: search ? "search" : "sql",
    query: {
      ...(search
        ? Object.fromEntries(new URLSearchParams(writePermalink(search)))
        : { sql: question.sql ?? "" }),
      ...Object.fromEntries([...new URLSearchParams(shown)].filter(([name]) => SHOWN.includes(name))),
    },
    sql: list && list.rows.length > 50 ? null : statement(question),
    created: date,
    cite: about.cite,
  };
  const text = JSON.stringify(head, null, 1);
  if (!list) return `${text}\n`;
  const { columns } = list.table;
  /** @type {Omit<import("../../formats.d.ts").QueryTargets, "rows">} */
  const targets = {
    columns: columns.map(({ name, unit, ucd }) => ({ name, unit, ucd })),
    roles: list.roles,
  };
  const rows = Array.from(list.rows, (row) => JSON.stringify(columns.map((column) => column.text(row))));
  const inner = JSON.stringify(targets, null, 1).replace(/\n\}$/, "");
  return `${text.replace(/\n\}$/, "")},\n "targets": ${inner},\n "rows": [\n${rows.join(",\n")}\n ]}\n}\n`;
}

/** @param {string} text @returns {never} */
function refuse(text) {
  throw new Refused(t("This is not a query file: {message}", { message: text }));
}

/** @param {Blob} blob @returns {Promise<QueryFile>} throws Refused */
export async function readQueryFile(blob) {
  if (blob.size > MOST_BYTES) refuse(t("The file is too large."));
  /** @type {any} */
  let file;
  try {
    file = JSON.parse(await blob.text());
  } catch {
    refuse(t("it is not JSON."));
  }
  if (typeof file !== "object" || file === null || !Object.hasOwn(file, "drportal"))
    refuse(t("the member {name} is missing.", { name: "drportal" }));
  if (file.drportal !== FORMAT)
    refuse(t("it is from another version, {version}.", { version: String(file.drportal).slice(0, 20) }));
  if (typeof file.release !== "string") refuse(t("the member {name} is missing.", { name: "release" }));
  const { query } = file;
  if (typeof query !== "object" || query === null || Array.isArray(query))
    refuse(t("the member {name} is missing.", { name: "query" }));
  const pairs = Object.entries(query);
  const strange = pairs.find(([, value]) => typeof value !== "string");
  if (strange) refuse(t("{name} is not text.", { name: strange[0].slice(0, 60) }));
  const kind = Object.hasOwn(query, "sql") && file.kind === "sql" ? "sql" : "search";
  return {
    release: file.release.slice(0, 100),
    kind,
    query: new URLSearchParams(/** @type {[string, string][]} */ (pairs)).toString(),
    targets: file.targets === undefined || file.targets === null ? null : readTargets(file.targets),
  };
}

/** @param {any} targets @returns {Targets} */
function readTargets(targets) {
  const { columns, rows, roles } = targets ?? {};
  const fine =
    Array.isArray(columns) &&
    columns.length > 0 &&
    columns.length < 1000 &&
    columns.every((column) => typeof column?.name === "string") &&
    Array.isArray(rows) &&
    rows.length <= MOST_ROWS &&
    rows.every(
      (row) =>
        Array.isArray(row) &&
        row.length === columns.length &&
        row.every((/** @type {unknown} */ cell) => typeof cell === "string"),
    ) &&
    typeof roles === "object" &&
    roles !== null;
  if (!fine) refuse(t("its list of targets is damaged."));
  const text = (/** @type {unknown} */ value) => (typeof value === "string" ? value : "");
  return {
    columns: columns.map((/** @type {any} */ { name, unit, ucd }) => ({
      name,
      unit: text(unit),
      ucd: text(ucd),
    })),
    rows,
    roles,
  };
}

/**
 * The list in a file as targets of a search.
 * @param {Targets} list @param {import("../../search/columns.js").Form} form
 * @returns {Promise<import("../../search/targets/roles.js").Targets>} throws Refused
 */
export async function restoreTargets({ columns, rows, roles }, form) {
  const place = (/** @type {unknown} */ at) =>
    Number.isInteger(at) && Number(at) >= -1 && Number(at) < columns.length ? Number(at) : -1;
  const builder = new TableBuilder(t("query file"), columns, true);
  rows.forEach((row, i) => builder.add(row, i + 1));
  const [ra, dec, radius, id] = ROLES.map((name) => place(roles[name]));
  const wanted = {
    by: /** @type {"id" | "position"} */ (roles.by === "id" ? "id" : "position"),
    ra,
    dec,
    radius,
    id,
    column: typeof roles.column === "string" ? roles.column : "",
    galactic: typeof roles.galactic === "boolean" ? roles.galactic : undefined,
  };
  if (wanted.by === "id" ? id < 0 : ra < 0 || dec < 0) refuse(t("its list of targets is damaged."));
  const targets = await resolveTargets(await builder.finish(), wanted, form);
  if (!targets.rows.length) throw new Refused(t("No target could be read from the list."));
  return targets;
}
