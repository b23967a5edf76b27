/**
 * Writes src/formats.d.ts, the types of the files that pages read, from the schemas in generator/formats/schema.
 * With --check nothing is written, and an outdated file is an error. `python -m drportal.formats` calls it.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { compile } from "json-schema-to-typescript";
import { format, resolveConfig } from "prettier";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "../formats/schema");
const target = join(here, "src/formats.d.ts");
/** @type {Record<string, string>} */
const SIMPLE = { integer: "number" };
const BANNER =
  "/* Made from generator/formats/schema by types.mjs; change the models in generator/formats instead. */";

/**
 * The same schema in the form that the compiler accepts: it creates a type for each reference with a description, and does not
 * support names for the items of a list.
 * @param {any} schema @returns {any}
 */
function plain(schema) {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== "object" || schema === null) return schema;
  if (schema.$ref) return { $ref: schema.$ref };
  const { $schema, $defs, prefixItems, ...rest } = schema;
  if (prefixItems) {
    const { description } = rest;
    const places = prefixItems.map((/** @type {any} */ place) => `${place.title}: ${typeOf(place)}`);
    return { description, tsType: `[${places.join(", ")}]` };
  }
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, plain(value)]));
}

/** Description of an item of a list. @param {any} schema @returns {string} */
function typeOf({ type, enum: words, anyOf, items }) {
  if (type === "array") return `${typeOf(items)}[]`;
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(" | ");
  return words ? words.map((/** @type {string} */ word) => `"${word}"`).join(" | ") : (SIMPLE[type] ?? type);
}

/** @type {Record<string, any>} */
const $defs = {};
/** @param {string} name @param {any} schema */
function define(name, schema) {
  if ($defs[name] && !isDeepStrictEqual($defs[name], schema))
    throw new Error(`two formats have a ${name}, and they differ`);
  $defs[name] = schema;
}

/** @type {Record<string, any>} */
const properties = {};
for (const file of readdirSync(folder).sort()) {
  const schema = JSON.parse(readFileSync(join(folder, file), "utf8"));
  for (const [name, part] of Object.entries(schema.$defs ?? {})) define(name, plain(part));
  define(schema.title, plain(schema));
  properties[file.replace(".json", "")] = { $ref: `#/$defs/${schema.title}` };
}
/** @type {any} */
const all = { title: "Formats", description: "Every format by the name of its schema.", type: "object" };
const required = Object.keys(properties);
const made = await compile({ ...all, properties, required, additionalProperties: false, $defs }, "Formats", {
  bannerComment: BANNER,
  format: false,
});
const text = await format(made, { ...(await resolveConfig(target)), parser: "typescript" });

if (!process.argv.includes("--check")) writeFileSync(target, text);
else {
  let now = "";
  try {
    now = readFileSync(target, "utf8");
  } catch {}
  if (now !== text) {
    console.error("generator/client/src/formats.d.ts: is stale; run python -m drportal.formats");
    process.exit(1);
  }
}
