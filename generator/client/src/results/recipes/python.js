/** A search or a statement as Python that runs as it is: DuckDB reads the release's files, the result is an astropy table. */
import { LIST, headLines, isLong } from "./question.js";
import { macrosOf, statement } from "./one-statement.js";

/** @typedef {import("./question.js").Recipe} Recipe */

/** A Python literal; JSON's strings, numbers and lists are Python's too. @param {any} value @returns {string} */
export function literal(value) {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `float("${value}")`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, one]) => `${literal(key)}: ${literal(one)}`)
      .join(", ")}}`;
  return JSON.stringify(String(value).toWellFormed()).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text of several lines, readable where it can be. @param {string} text */
export function longText(text) {
  const lines = text.split("\n").map((line) => literal(line).slice(1, -1).replaceAll('\\"', '"'));
  return `"""\n${lines.join("\n").replaceAll('""', '\\"\\"')}\n"""`;
}

/** A dictionary of several lines, "" where it is empty. @param {string} name @param {Map<string, string>} pairs */
const dictionary = (name, pairs) => [
  `${name} = {`,
  ...Array.from(pairs, ([key, value]) => `    ${literal(key)}: ${literal(value)},`),
  "}",
];

/** The beginning of every recipe: what it is, and where the release is. @param {Recipe} recipe @param {string} needs @param {string[]} imports */
export function opening(recipe, needs, imports) {
  const { place } = recipe;
  const long = isLong(recipe.question.search?.targets?.targets);
  return [
    ...headLines(recipe, "#"),
    "#",
    `# pip install ${needs}`,
    ...(long ? [`# Save the list of targets beside it as ${LIST}: the page has it in the same menu.`] : []),
    ...imports,
    "",
    "# Folder or web address of the release; another one may be given on the command line.",
    `RELEASE = sys.argv[1] if len(sys.argv) > 1 else ${literal(place)}`,
  ];
}

/** The text that is copied as Python. @param {Recipe} recipe */
export function pythonRecipe(recipe) {
  const { question, fields } = recipe;
  const views = question.catalogues.flatMap(({ view }) => view ?? []);
  const units = new Map(fields.flatMap(({ name, unit }) => (unit ? [[name, unit]] : [])));
  const said = new Map(fields.flatMap(({ name, description }) => (description ? [[name, description]] : [])));
  return [
    ...opening(recipe, "duckdb astropy pyarrow fsspec aiohttp", [
      "import json",
      "import sys",
      "",
      "import duckdb",
      "import fsspec",
      "import pyarrow.dataset",
      "from astropy.table import Table",
    ]),
    "# Each catalogue, and the view of its rows as they are stored.",
    `CATALOGUES = ${literal(Object.fromEntries(question.catalogues.map(({ name, stored, folder = `data/${name}` }) => [folder, stored])))}`,
    `SQL = ${longText(statement(question))}`,
    ...dictionary("UNITS", /** @type {Map<string, string>} */ (units)),
    ...dictionary("DESCRIPTIONS", /** @type {Map<string, string>} */ (said)),
    "",
    "",
    "def quoted(name):",
    `    return '"' + name.replace('"', '""') + '"'`,
    "",
    "",
    "db = duckdb.connect()",
    "for name, stored in CATALOGUES.items():",
    '    folder = f"{RELEASE}/{name}"',
    '    with fsspec.open(f"{folder}/catalogue.json", encoding="utf-8", mode="r") as file:',
    "        about = json.load(file)",
    '    files = [f"{folder}/{part[\'path\']}" for part in about["partitions"]]',
    '    if "://" in RELEASE:',
    '        parts = pyarrow.dataset.dataset(files, filesystem=fsspec.filesystem("http"))',
    '        db.register(f"files of {name}", parts)',
    '        rows = db.table(quoted(f"files of {name}"))',
    "    else:",
    "        rows = db.read_parquet(files, hive_partitioning=False)",
    '    columns = ", ".join(quoted(column["name"]) for column in about["columns"])',
    "    rows.project(columns).create_view(stored)",
    ...(views.length ? ["# Values that mean “missing” are NULL here."] : []),
    ...views.map((view) => `db.execute(${literal(`CREATE ${view}`)})`),
    ...macrosOf(question).map((macro) => `db.execute(${literal(macro)})`),
    "",
    ...(fields.some(({ type }) => /^decimal/i.test(type))
      ? ["# Decimals become doubles here; CAST(… AS VARCHAR) in the statement keeps all their digits."]
      : []),
    "table = Table(db.execute(SQL).fetchnumpy())",
    "for name, unit in UNITS.items():",
    "    table[name].unit = unit",
    "for name, description in DESCRIPTIONS.items():",
    "    table[name].description = description",
    "",
    "print(table)",
    '# table.write("result.fits") or table.write("result.ecsv") keeps units and descriptions',
    "",
  ].join("\n");
}
