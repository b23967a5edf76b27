/** Writes metadata/sky.sql: the functions of the SQL page for DuckDB outside of pages. */
import { writeFile } from "node:fs/promises";
import { skyFile } from "./src/search/sql/macros.js";

await writeFile(new URL("../metadata/sky.sql", import.meta.url), skyFile());
