// Writes the recipes of searches: {place, meta, queries} as JSON on the standard input, texts on the output.
import { text } from "node:stream/consumers";
import { listFile } from "../../generator/client/src/results/recipes/target-list.js";
import { lsdbRecipe } from "../../generator/client/src/results/recipes/lsdb.js";
import { pythonRecipe } from "../../generator/client/src/results/recipes/python.js";
import { sourceOf } from "../../generator/client/src/results/recipes/question.js";
import { sqlRecipe } from "../../generator/client/src/results/recipes/one-statement.js";
import { readPermalink } from "../../generator/client/src/search/permalink.js";
import { linkTable } from "../../generator/client/src/search/targets/target-link.js";
import { resolveTargets } from "../../generator/client/src/search/targets/roles.js";

const { place, meta, queries } = JSON.parse(await text(process.stdin));
const { name, rows, position, id, columns } = meta;
const form = { name, rows, position, id, columns };
const written = [];
for (const query of queries) {
  const { search, problems } = readPermalink(
    new URLSearchParams(query).toString(),
    [form],
  );
  if (problems.length) throw new Error(JSON.stringify(problems));
  if (search.list) {
    const { table, roles } = await linkTable(search.list.parsed, form);
    const targets = await resolveTargets(table, roles, form);
    search.targets = { ...search.list, targets };
  }
  const question = {
    search,
    form,
    typical: columns.slice(0, 3).map((column) => column.name),
    catalogues: [sourceOf({ name, stored: `${name}_raw`, meta })],
  };
  const about = { release: "DR1", catalogue: name, query: "", cite: "" };
  const fields = columns.map((column) => ({
    ...column,
    type: column.datatype,
  }));
  const recipe = {
    question,
    about,
    date: "2026",
    place,
    fields: fields.slice(0, 0),
  };
  written.push({
    sql: sqlRecipe(recipe),
    python: pythonRecipe(recipe),
    lsdb: lsdbRecipe(recipe),
    list: search.targets
      ? await new Blob(listFile(search.targets, form)).text()
      : "",
  });
}
process.stdout.write(JSON.stringify(written));
