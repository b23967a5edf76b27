/** Completions of the SQL editor: catalogues, their columns with unit and meaning, functions, keywords. */
import { PostgreSQL, SQLDialect, schemaCompletionSource } from "@codemirror/lang-sql";
import { t } from "../../shared/strings.js";
import { insertable } from "./insertable.js";
import { statementAt, splitStatements } from "./statements.js";

/**
 * @typedef {import("@codemirror/autocomplete").Completion} Completion
 * @typedef {import("@codemirror/autocomplete").CompletionContext} Context
 * @typedef {{ name: string, title?: string, rows?: number, columns: { name: string, datatype: string, unit?: string | null,
 *   description?: string | null, about?: string }[] }} Schema
 */

/** Functions of DuckDB that are useful to astronomers, as they are written. */
const FUNCTIONS =
  `abs(x) acos(x) any_value(x) approx_count_distinct(x) approx_quantile(x, p) arg_max(value, of) arg_min(value, of)
asin(x) atan2(y, x) avg(x) bool_or(x) ceil(x) coalesce(a, b, …) concat(a, b, …) contains(text, part) corr(y, x) cos(x)
count(*) count(x) covar_samp(y, x) date_part(part, date) date_trunc(part, date) degrees(x) dense_rank() exp(x) first(x)
floor(x) format(text, …) greatest(a, b, …) histogram(x) if(test, a, b) ifnull(x, other) isfinite(x) isnan(x) kurtosis(x)
lag(x) last(x) lead(x) least(a, b, …) left(text, n) length(text) list(x) ln(x) log10(x) lower(text) mad(x) max(x) median(x)
min(x) mode(x) nullif(x, value) pi() pow(x, y) quantile_cont(x, p) radians(x) random() rank() regexp_extract(text, pattern)
regexp_matches(text, pattern) regr_intercept(y, x) regr_slope(y, x) replace(text, from, to) right(text, n) round(x, digits)
row_number() sign(x) sin(x) skewness(x) split_part(text, separator, n) sqrt(x) starts_with(text, begin) stddev_samp(x)
string_agg(text, separator) strptime(text, format) substr(text, from, n) sum(x) tan(x) trim(text) trunc(x) try_cast(x AS type)
upper(text) var_samp(x)`
    .split(/(?<=\)|\]) ?\n?(?=[a-z])/)
    .map((signature) => signature.trim());

/** Functions that only this page has. @returns {[signature: string, meaning: string][]} */
export const ownFunctions = () => [
  ["cone(ra, dec, ra0, dec0, radius)", t("whether a position lies within radius arcsec of ra0, dec0")],
  ["separation(ra1, dec1, ra2, dec2)", t("distance on the sky in arcsec")],
  ["galactic(ra, dec)", t("galactic coordinates in degrees, a pair with l and b")],
  ["galactic_l(ra, dec)", t("galactic longitude in degrees")],
  ["galactic_b(ra, dec)", t("galactic latitude in degrees")],
  ["sexagesimal(ra, dec)", t("a position as hours, minutes and seconds")],
  ["angstrom_air(wavelength)", t("a vacuum wavelength in Å, converted to air")],
  [
    "near(a, b, radius)",
    t("after FROM: all pairs of rows of two tables within radius arcsec, and their separation"),
  ],
  ["nearest(a, b, radius)", t("after FROM: for each row of a the nearest row of b within radius arcsec")],
  ["spectrum(id)", t("a link to the page of a spectrum, where the release has spectra")],
];

/** The keywords, of several hundred in the language, that readers use. */
const KEYWORDS =
  `ALL AND AS ASC BETWEEN BY CASE CAST CROSS DESC DESCRIBE DISTINCT ELSE END EXCEPT EXCLUDE EXISTS EXPLAIN ANALYZE
FALSE FILTER FROM FULL GROUP HAVING ILIKE IN INNER INTERSECT IS JOIN LEFT LIKE LIMIT NOT NULL NULLS FIRST LAST OFFSET ON OR ORDER OUTER OVER
PARTITION PIVOT QUALIFY RECURSIVE REPLACE RIGHT SAMPLE SELECT SHOW SUMMARIZE TABLES THEN TRUE UNION UNPIVOT USING VALUES WHEN WHERE WITH
BIGINT BOOLEAN DATE DOUBLE FLOAT INTEGER TIMESTAMP VARCHAR`
    .split(/\s+/)
    .map((label) => ({ label, type: "keyword", boost: -10 }));

const MORE =
  "qualify pivot unpivot summarize describe show exclude replace using sample asof positional columns ilike";

export const dialect = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords} ${MORE}`,
});

/** @param {Schema["columns"][number]} column @param {string} [of] its catalogue @returns {Completion} */
const columnOption = ({ name, datatype, unit, description, about }, of) => ({
  label: name,
  apply: insertable(name),
  type: "property",
  detail: [datatype, unit].filter(Boolean).join(" · "),
  info: [about ?? description, of].filter(Boolean).join(" — ") || undefined,
  boost: 20,
});

/** @param {string} signature @param {string} [meaning] @returns {Completion} */
function functionOption(signature, meaning) {
  const [, name, rest] = /^(\w+)(.*)$/.exec(signature) ?? [];
  return {
    label: name,
    type: "function",
    detail: rest,
    info: meaning,
    boost: meaning ? 10 : 0,
    apply(view, _, from, to) {
      const bare = rest === "()" || rest === "(*)";
      const insert = bare ? name + rest : `${name}()`;
      const cursor = from + insert.length - (bare ? 0 : 1);
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: cursor } });
    },
  };
}

/**
 * @param {Schema[]} schemas
 * @returns {import("@codemirror/autocomplete").CompletionSource[]}
 */
export function completions(schemas) {
  const functions = [
    ...ownFunctions().map(([signature, meaning]) => functionOption(signature, meaning)),
    ...FUNCTIONS.map((signature) => functionOption(signature)),
  ];
  const tables = schemas.map(({ name, title }) => ({
    label: name,
    apply: insertable(name),
    type: "class",
    detail: title,
    boost: 30,
  }));
  const columns = new Map(
    schemas.map(({ name, columns }) => [name, columns.map((column) => columnOption(column, name))]),
  );
  const schema = Object.fromEntries(
    tables.map((self) => [self.label, { self, children: columns.get(self.label) ?? [] }]),
  );
  const qualified = schemaCompletionSource({ dialect, schema });

  /** Unqualified names: columns of the catalogues in the statement, or of all catalogues where it names none yet. @param {Context} context */
  const alone = (context) => {
    const word = context.matchBefore(/[\p{L}\p{N}_]+/u);
    if ((!word && !context.explicit) || !between(context)) return null;
    const from = word?.from ?? context.pos;
    const before = context.state.sliceDoc(from - 1, from);
    if (before === "." || before === '"') return null;
    const text = context.state.doc.toString();
    const own = statementAt(splitStatements(text), context.pos)?.sql.toLowerCase() ?? "";
    const words = new Set(own.match(/[\p{L}\p{N}_]+/gu));
    const named = schemas.filter(({ name }) => words.has(name.toLowerCase()));
    /** @type {Map<string, Completion>} */
    const known = new Map();
    for (const { name } of named.length ? named : schemas)
      for (const option of columns.get(name) ?? [])
        if (!known.has(option.label)) known.set(option.label, option);
    return {
      from,
      options: [...tables, ...known.values(), ...functions, ...KEYWORDS],
      validFor: /^[\p{L}\p{N}_]*$/u,
    };
  };
  return [alone, (context) => (afterDot(context) ? qualified(context) : null)];
}

/** @param {Context} context */
const afterDot = (context) => Boolean(context.matchBefore(/\.\s*"?[\p{L}\p{N}_]*/u));

/** Whether the cursor is outside of texts and comments. @param {Context} context */
const between = (context) => !context.tokenBefore(["String", "LineComment", "BlockComment"]);
