/** A search or a statement as Python that runs as it is: DuckDB reads the release's files, the result is an astropy table. */
import { databaseLines, elsewhereOf, importsOf } from "./from-elsewhere.js";
import { literal, longText } from "./python-text.js";
import { LIST, headLines, isLong, listsIn } from "./question.js";
import { macrosOf, statement } from "./one-statement.js";

/** @typedef {import("./question.js").Recipe} Recipe */

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

/** @param {import("./question.js").Question} question */
function importLines(question) {
  const [numpy = [], ...others] = importsOf(elsewhereOf(question));
  const astropy = others.length ? others : ["from astropy.table import Table"];
  const first = ["import json", "import sys", "", "import duckdb", "import fsspec"];
  const arrow = listsIn(question).length
    ? ["import pyarrow.csv", "import pyarrow.dataset", "import pyarrow.parquet"]
    : ["import pyarrow.dataset"];
  return [...first, numpy, ...arrow, ...astropy].flat();
}

/** Lists of ids that a statement names, as views. @param {import("../../search/columns.js").IdList[]} lists */
function listLines(lists) {
  if (!lists.length) return [];
  const text = (/** @type {string} */ type) => (type === "VARCHAR" ? "pyarrow.string()" : "pyarrow.int64()");
  return [
    "# Lists of ids that the statement names.",
    "LISTS = [",
    ...lists.map(({ table, column, type, files }) => {
      const types = type ? `{${literal(column)}: ${text(type)}}` : "None";
      return `    (${literal(table)}, ${literal(column)}, ${types}, ${literal(files)}),`;
    }),
    "]",
    "for name, column, types, files in LISTS:",
    "    ids = [pyarrow.array([], pyarrow.int64())] if not files else []",
    "    for file in files:",
    '        with fsspec.open(f"{RELEASE}/{file}") as rows:',
    "            if types:",
    "                options = pyarrow.csv.ConvertOptions(column_types=types)",
    "                part = pyarrow.csv.read_csv(rows, convert_options=options)",
    "            else:",
    "                part = pyarrow.parquet.read_table(pyarrow.BufferReader(rows.read()), columns=[column])",
    "            ids += part[column].chunks",
    '    db.register(name, pyarrow.table({"id": pyarrow.chunked_array(ids)}))',
  ];
}

/** The text that is copied as Python. @param {Recipe} recipe */
export function pythonRecipe(recipe) {
  const { question, fields } = recipe;
  const own = question.catalogues.filter((one) => !one.elsewhere);
  const views = own.flatMap(({ view }) => view ?? []);
  const added = question.catalogues.flatMap(({ elsewhere, stored }) =>
    elsewhere ? databaseLines(elsewhere, stored) : [],
  );
  const units = new Map(fields.flatMap(({ name, unit }) => (unit ? [[name, unit]] : [])));
  const said = new Map(fields.flatMap(({ name, description }) => (description ? [[name, description]] : [])));
  return [
    ...opening(recipe, "duckdb astropy pyarrow fsspec aiohttp", importLines(question)),
    "# Each catalogue, and the view of its rows as they are stored.",
    `CATALOGUES = ${literal(Object.fromEntries(own.map(({ name, stored, folder = `data/${name}` }) => [folder, stored])))}`,
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
    ...added,
    ...listLines(listsIn(question)),
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
