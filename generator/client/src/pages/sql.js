/** sql.html: free, read-only SQL over the catalogues of the release. */
import { knownIssues } from "../catalogue/known-issues.js";
import { Asker } from "../results/query/confirm.js";
import { offerElsewhere } from "../results/recipes/elsewhere.js";
import { detailOf } from "../results/query/detail.js";
import { CAP, Hits } from "../results/query/hits.js";
import { mayBeKnown } from "../results/query/known.js";
import { makePlots } from "../results/plots/plots-button.js";
import { acceptQueryFiles } from "../results/recipes/query-open.js";
import { sourceOf } from "../results/recipes/question.js";
import { offerSamp } from "../results/samp/samp-offer.js";
import { offerSteps } from "./parts/column-steps.js";
import { listsOfStatement } from "./parts/needed-lists.js";
import { Session, aboutPage, address, copyAddress, readPage } from "./parts/session.js";
import { ResultsView } from "../results/view.js";
import { explained } from "../search/columns.js";
import { idLists } from "../search/filters.js";
import { insertable } from "../search/sql/insertable.js";
import { plainSigns } from "../search/sql/dialect-words.js";
import { translate } from "../search/sql/dialects.js";
import { makeEditor } from "../search/sql/editor.js";
import { showEmpty } from "../search/sql/empty.js";
import { execute, until } from "../results/query/execute.js";
import { Refused } from "../search/grammar.js";
import { History } from "../search/sql/history.js";
import { showHistory } from "../search/sql/history-dialog.js";
import { macrosIn } from "../search/sql/macros.js";
import { positionsOf } from "../search/sql/near-calls.js";
import { askerIn, comeInto } from "../search/form/narrow.js";
import { Outcomes, readText, sum } from "../results/query/outcomes.js";
import { asStored, described } from "../results/query/read-columns.js";
import { ordering } from "../search/conditions.js";
import { readError } from "../search/sql/sql-errors.js";
import { namedIn, readStatement, splitStatements, statementAt } from "../search/sql/statements.js";
import { offerPlaces } from "../places/places-offer.js";
import { offerSpectra } from "../spectrum/download/spectra-offer.js";
import { makeGallery } from "../spectrum/gallery/gallery-choice.js";
import { rowSpectra, spectrumLink } from "../spectrum/spectra-links.js";
import { t } from "../shared/strings.js";

/**
 * @typedef {import("../search/sql/statements.js").Piece} Piece
 * @typedef {import("../results/query/execute.js").Statement} Statement
 */

const page = readPage();
/** @type {import("../formats.d.ts").ConsoleSchema[]} */
const schemas = JSON.parse(document.getElementById("console")?.textContent ?? "[]");
const form = /** @type {HTMLFormElement} */ (document.getElementById("sql-form"));
const source = /** @type {HTMLTextAreaElement} */ (document.getElementById("sql-source"));
const errorPlace = /** @type {HTMLElement} */ (document.getElementById("sql-error"));
const planPlace = /** @type {HTMLElement} */ (document.getElementById("sql-plan"));
const nothing = /** @type {HTMLElement} */ (document.getElementById("nothing-found"));
const translated = /** @type {HTMLElement} */ (document.getElementById("sql-translated"));
/** Names that a statement may use. */
const known = {
  catalogues: schemas.map(({ name }) => name),
  columns: schemas.flatMap(({ columns }) => columns.map(({ name }) => name)),
  positions: positionsOf(schemas),
};
/** @type {AbortController | null} */
let running = null;
/** @type {import("../results/export/votable.js").Field[]} of the result shown, as the statement gives them */
let fields = [];
/** Names of the columns that the statement itself gives. @type {Set<string>} */
let given = new Set();

const view = new ResultsView({
  onSort: async () => false,
  onColumns: async (names) => names.flatMap((name) => fields.find((field) => field.name === name) ?? []),
  onComputed: async (computed, _, field) => {
    fields = fields.filter(({ name }) => given.has(name) || computed.some((one) => one.name === name));
    if (field) fields = [...fields, field];
    return "";
  },
  onCancel: () => running?.abort(),
});
const session = new Session(page, view);
makePlots(view);
makeGallery(view, page);
const asker = new Asker(page.ask);
const past = new History(`${page.portal} ${page.release.id}`);
const outcomes = new Outcomes(
  /** @type {HTMLElement} */ (document.getElementById("sql-outcomes")),
  (message) => view.say(message, true),
);
const editor = makeEditor(source, { schemas, label: t("SQL statement"), onRun: submit });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(true);
});
source.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(true);
});
for (const button of document.querySelectorAll("[data-sql]")) {
  button.addEventListener("click", () => bring(/** @type {HTMLElement} */ (button).dataset.sql ?? ""));
}
for (const button of document.querySelectorAll("[data-insert]")) {
  button.addEventListener("click", () =>
    editor.insert(insertable(/** @type {HTMLElement} */ (button).dataset.insert ?? "")),
  );
}
for (const button of document.querySelectorAll("[data-function]")) {
  button.addEventListener("click", () =>
    editor.insert(/** @type {HTMLElement} */ (button).dataset.function ?? ""),
  );
}
document.getElementById("copy-link")?.addEventListener("click", (event) => {
  copyAddress(/** @type {HTMLElement} */ (event.currentTarget), permalink(editor.read()));
});
document.getElementById("sql-history")?.addEventListener("click", () => showHistory(past, bring));
session.warmUp(form);
session.offerFolder();
offerElsewhere(view, page);
offerSpectra(view, page);
offerPlaces(view);
acceptQueryFiles(view, page, "sql", openFile);
offerSamp(view, page, null);
offerSteps(view, schemas, editor, () => submit(true));
addEventListener("popstate", follow);
follow();

/** Put a statement into the editor. @param {string} sql */
function bring(sql) {
  editor.write(sql);
  complain(null);
  editor.focus();
}

/** @param {string} sql */
function permalink(sql) {
  return `sql=${encodeURIComponent(sql.toWellFormed())}`;
}

/** Show and run the statement of a query file. @param {import("../results/recipes/query-file.js").QueryFile} file */
async function openFile({ query }) {
  const sql = new URLSearchParams(query).get("sql") ?? "";
  editor.write(sql);
  history.pushState(null, "", address(permalink(sql), `?${query}`));
  await run(splitStatements(plainSigns(sql)), 0, sql);
}

/** Run the statement of the address. */
function follow() {
  const sql = new URLSearchParams(location.search).get("sql");
  if (sql === null) return;
  // Going back restores the whole text, not only the statement of it that ran.
  const { text = sql, at = 0 } = history.state ?? {};
  editor.write(text);
  run(splitStatements(plainSigns(sql)), at, sql);
}

/** @param {boolean} all statements, or only the selection or the one at the cursor */
function submit(all) {
  const text = editor.read();
  const pieces = splitStatements(plainSigns(text));
  const { from, to } = editor.chosen();
  const only = pieces.length > 1 ? statementAt(pieces, from) : null;
  const place = all
    ? { from: 0, to: text.length }
    : from < to
      ? { from, to }
      : (only ?? { from: 0, to: text.length });
  const sql = text.slice(place.from, place.to);
  const target = address(permalink(sql));
  if (target !== location.pathname + location.search) history.pushState({ text, at: place.from }, "", target);
  run(splitStatements(plainSigns(sql)), place.from, sql);
}

/**
 * Show an error next to the editor.
 * @param {import("../search/sql/sql-errors.js").Problem | null} problem null takes it away @param {number} [at] where the statement begins
 */
function complain(problem, at = 0) {
  editor.mark(null);
  errorPlace.replaceChildren();
  source.toggleAttribute("aria-invalid", Boolean(problem));
  if (!problem) return;
  const { text, from, to, meant } = problem;
  const message = document.createElement("span");
  message.textContent =
    from === null ? text : t("Line {line}: {message}", { line: editor.line(at + from), message: text });
  errorPlace.append(message);
  if (from === null) return;
  const place = { from: at + from, to: at + (to ?? from) };
  editor.mark(place);
  if (!meant.length || to === null) return;
  errorPlace.append(` ${t("Did you mean:")} `);
  for (const name of meant) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small mono";
    button.textContent = name;
    button.addEventListener("click", () => {
      editor.replace(place, name.split(".").map(insertable).join("."));
      complain(null);
    });
    errorPlace.append(button, " ");
  }
}

/**
 * Run statements one after another.
 * @param {Piece[]} pieces @param {number} at where the text begins in the editor @param {string} written the whole
 * @param {(sql: string) => string} [read] what runs of a statement
 */
async function run(pieces, at, written, read = (sql) => translate(sql, known)) {
  running?.abort();
  const controller = (running = new AbortController());
  const { signal } = controller;
  // Who runs one statement after another from the editor writes on there.
  const asker = document.activeElement?.closest(".cm-editor, #sql-source") ? null : askerIn("#sql-form");
  complain(null);
  view.begin();
  planPlace.hidden = true;
  translated.hidden = true;
  nothing.hidden = true;
  let now = 0;
  /** @type {Statement | null} */
  let statement = null;
  try {
    if (!pieces.length) readStatement(written);
    await outcomes.begin([]);
    const texts = pieces.map(({ sql }, i) => ((now = i), read(sql)));
    const statements = texts.map((sql, i) => ((now = i), readStatement(sql)));
    showTranslation(pieces, texts, { at, written });
    await outcomes.begin(pieces.map(({ sql }) => sql));
    for (now = 0; now < statements.length; now++) {
      statement = statements[now];
      const show = await find(statement, now, controller);
      if (signal.aborted) return;
      if (now === statements.length - 1) await show();
    }
    comeInto(document.getElementById("sql-results"), asker);
  } catch (error) {
    if (running !== controller) return;
    if (signal.aborted) {
      if (pieces.length > 1) outcomes.failed(now, t("Cancelled."));
      return view.say(t("Cancelled."));
    }
    fail(/** @type {Error} */ (error), pieces[now], at, statement);
    if (pieces.length > 1) outcomes.failed(now, errorPlace.firstChild?.textContent ?? "");
  } finally {
    if (running === controller) {
      running = null;
      view.end();
    }
  }
}

/**
 * Where a statement was translated into this page's SQL, show what runs, and offer to keep or to undo it.
 * @param {Piece[]} pieces @param {string[]} texts that run @param {{at: number, written: string}} place in the editor
 */
function showTranslation(pieces, texts, { at, written }) {
  if (pieces.every(({ sql }, i) => sql === texts[i])) return;
  const button = (/** @type {string} */ what) =>
    /** @type {HTMLButtonElement} */ (translated.querySelector(`[data-translated="${what}"]`));
  const shown = texts.map((sql) => sql.trim()).join(";\n");
  const text = translated.querySelector("pre");
  if (text) text.textContent = shown;
  button("take").onclick = () => {
    editor.replace({ from: at, to: at + written.length }, shown);
    translated.hidden = true;
    editor.focus();
  };
  button("undo").onclick = () => run(pieces, at, written, (sql) => sql);
  translated.hidden = false;
}

nothing.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!(link instanceof HTMLAnchorElement) || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  history.pushState(null, "", address(new URL(link.href).search.slice(1)));
  follow();
});

/** @param {Error} error @param {Piece | undefined} piece @param {number} at @param {Statement | null} statement */
function fail(error, piece, at, statement) {
  const problem =
    error instanceof Refused || !statement
      ? { text: t(error.message), from: null, to: null, meant: [] }
      : readError(t(error.message), statement.query, statement.sql);
  // positions in what runs are not those in what was written
  if (statement && piece && statement.sql !== piece.sql) problem.from = null;
  complain(problem, at + (piece?.from ?? 0));
  view.clear();
  view.say(t("Nothing was found: {message}", { message: problem.text.split("\n")[0] }), true);
}

/**
 * @param {Statement} statement @param {number} i its number @param {AbortController} controller
 * @returns {Promise<() => Promise<void>>} shows the result
 */
async function find(statement, i, controller) {
  const { signal } = controller;
  const early = (/** @type {string} */ name) =>
    mayBeKnown(statement.words) ? session.describe(name) : session.catalogue(name);
  for (const { name } of namedIn(statement.words, page.catalogues)) early(name).catch(() => {});
  const engine = await until(session.engine(), signal);
  await outcomes.park(engine);
  const open = (/** @type {string} */ name) => session.catalogue(name);
  const lists = await listsOfStatement(schemas, statement.words, { page, open, asker, running: controller });
  const found = await execute(statement, {
    engine: async () => engine,
    catalogue: open,
    describe: (name) => session.describe(name),
    catalogues: page.catalogues,
    ask: (bytes) => asker.ask(bytes, controller),
    enough: asker.much,
    signal,
    onProgress: (loaded, total) => view.progress(loaded, total, "data"),
  });
  const { total, seconds } = found;
  past.add({ sql: statement.sql, at: Date.now(), rows: total, seconds });
  const read = namedIn(statement.words, schemas);
  const columns = found.fields.flatMap((field) => described(field, read) ?? []);
  const detailed = found.fields.map((field) => {
    const { unit, ucd, description, missing } = columns.find(({ name }) => name === field.name) ?? {};
    return { ...field, unit, ucd, description, missing };
  });
  const hits = new Hits(engine, detailed, total, found.kept);
  const order = (/** @type {import("../results/table/table.js").Order[]} */ sort) =>
    ordering(sort, columns, hits.own);
  const show = () => {
    fields = detailed;
    return present(statement, found, { hits, order, sort: [] }, read, lists);
  };
  outcomes.done(i, sum(found), show);
  return show;
}

/**
 * Show the result of a statement.
 * @param {Statement} statement @param {import("../results/query/execute.js").Found} found
 * @param {Pick<import("../results/view.js").Shown, "hits" | "order" | "sort">} rows
 * @param {typeof schemas} read catalogues that the statement reads @param {Awaited<ReturnType<typeof listsOfStatement>>} lists
 */
async function present(statement, found, rows, read, lists) {
  const { total, kept, seconds, plan } = found;
  planPlace.textContent = plan;
  planPlace.hidden = !plan;
  const names = fields.map((field) => field.name);
  given = new Set(names);
  const all = await Promise.all(read.map(({ name }) => session.planned(name)));
  const only = read.length === 1 ? read[0].name : null;
  await view.show(
    {
      ...rows,
      columns: names,
      about: aboutPage(page, "sql", statement.sql),
      recipe: {
        sql: statement.sql,
        catalogues: all.map((catalogue) => sourceOf(catalogue, statement.words)),
        macros: macrosIn(statement.words, page.spectra),
        lists: idLists(lists.filters),
      },
      spectra: rowSpectra(page, names, only),
      linkOf: (text) => spectrumLink(page, text),
      issues: only ? await knownIssues(page, only) : null,
      ...aboutRows(all, names),
    },
    seconds,
    [
      lists.note,
      ...(total > kept ? [t("There are more rows: only the first {n} are kept here.", { n: CAP })] : []),
      ...asStored(statement, read),
    ]
      .filter(Boolean)
      .join(" "),
  );
  showEmpty(nothing, total ? "" : statement.sql, permalink);
  // A plan is a drawing in lines of text: a table of it is useless.
  if (plan) view.body.hidden = true;
  view.status.append(` · ${readText(found)}`);
}

/**
 * Further data about the rows: their positions, where columns are named like a catalogue's
 * position columns, and the rest of their columns, where the statement reads one catalogue.
 * @param {import("../catalogue/catalogue.js").Catalogue[]} all that the statement reads @param {string[]} names columns of the result
 */
function aboutRows(all, names) {
  const position =
    all
      .map(({ meta }) => meta.position)
      .find((at) => at && names.includes(at.ra) && names.includes(at.dec)) ?? null;
  const [only] = all;
  const columnsOf = (/** @type {string} */ name) => schemas.find((one) => one.name === name)?.columns ?? [];
  const identified = only && [only.meta.id, position?.ra].some((name) => name && names.includes(name));
  return {
    position,
    ...(all.length === 1 && identified
      ? { described: explained(only.columns, columnsOf(only.meta.name)), detail: detailOf(only) }
      : {}),
  };
}
