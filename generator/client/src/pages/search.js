/** search.html: forms, permalinks, and the rows they find. */
import { knownIssues } from "../catalogue/known-issues.js";
import { addAllComputed } from "../results/query/add-computed.js";
import { detailOf } from "../results/query/detail.js";
import { Asker } from "../results/query/confirm.js";
import { offerElsewhere } from "../results/recipes/elsewhere.js";
import { findRows } from "../results/query/find-rows.js";
import { missingValues } from "../results/query/listed.js";
import { Nothing } from "../results/query/nothing.js";
import { makePlots } from "../results/plots/plots-button.js";
import { recipes } from "../results/recipes/recipes.js";
import { acceptQueryFiles } from "../results/recipes/query-open.js";
import { sourceOf } from "../results/recipes/question.js";
import { offerSamp } from "../results/samp/samp-offer.js";
import { listsOfSearch } from "./parts/needed-lists.js";
import { hasName, withPlace } from "./parts/named-cone.js";
import { Others } from "./parts/others.js";
import { offerAsFilter } from "./parts/as-filter.js";
import { makeForms } from "./parts/search-forms.js";
import { remark } from "./parts/remark.js";
import { takeTable } from "./parts/take-table.js";
import { Session, aboutPage, address, readPage } from "./parts/session.js";
import { TargetReport } from "../results/unmatched.js";
import { ResultsView } from "../results/view.js";
import { explained } from "../search/columns.js";
import { Refused } from "../search/grammar.js";
import { Chips } from "../search/form/chips.js";
import { goToField, showPart } from "../search/form/fields.js";
import { Narrow } from "../search/form/narrow.js";
import { readPermalink, writePermalink } from "../search/permalink.js";
import { ordering, plan } from "../search/conditions.js";
import { makeTabs } from "../search/form/tabs.js";
import { RADIUS } from "../search/targets/target-link.js";
import { offerPlaces } from "../places/places-offer.js";
import { offerSpectra } from "../spectrum/download/spectra-offer.js";
import { makeGallery } from "../spectrum/gallery/gallery-choice.js";
import { rowSpectra } from "../spectrum/spectra-links.js";
import { t } from "../shared/strings.js";

/**
 * @typedef {import("../search/permalink.js").Search} Search
 * @typedef {import("../search/form/form.js").SearchForm} SearchForm
 */

const page = readPage();
const forms = makeForms(page, { submit, link: readForm });
/** @type {AbortController | null} */
let running = null;
/**
 * What the table shows: the search, whether matching rows are missing from it, all columns that were read, and what
 * the files say about it.
 * @type {{search: Search, cut: boolean, fields: import("../results/export/votable.js").Field[], about: {query: string}} | null}
 */
let shown = null;

const view = new ResultsView({
  onSort: resort,
  onColumns: rearrange,
  onComputed: compute,
  onCancel: () => running?.abort(),
});
const session = new Session(page, view);
const open = (/** @type {string} */ name) => session.planned(name);
const others = new Others(session);
const asker = new Asker(page.ask);
const narrow = new Narrow();
const chips = new Chips(/** @type {HTMLElement} */ (document.getElementById("search-chips")), {
  open(form, part) {
    narrow.unfold();
    showPart(form.element, part);
  },
  search(form, rest) {
    form.write(rest);
    ask(form, rest);
  },
});
makePlots(view);
makeGallery(view, page);
const report = new TargetReport(/** @type {HTMLElement} */ (document.getElementById("target-report")));
const nothing = new Nothing(/** @type {HTMLElement} */ (document.getElementById("nothing-found")));
const welcome = document.getElementById("search-welcome");

const known = [...forms.values()].map((form) => form.form);
const tabs = document.querySelector("[data-tabs]");
const showTab = tabs instanceof HTMLElement ? makeTabs(tabs, () => {}) : () => {};

session.warmUp(/** @type {HTMLElement} */ (document.getElementById("search-forms")));
session.offerFolder();
offerElsewhere(view, page);
offerSpectra(view, page);
offerPlaces(view);
offerAsFilter(view, () => shown && { form: forms.get(shown.search.catalogue), search: shown.search }, ask);
for (const form of forms.values()) others.offerColumns(form);
acceptQueryFiles(view, page, "search", openFile);
offerSamp(view, page, receive);
addEventListener("popstate", follow);
for (const place of [welcome, nothing.place]) place?.addEventListener("click", followLink);
follow();

/** Follow a link to a search of this page. @param {MouseEvent} event */
function followLink(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href^='?']") : null;
  if (!(link instanceof HTMLAnchorElement) || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const { search: query } = new URL(link.href);
  history.pushState(null, "", address(query.slice(1)));
  follow();
}

/** Show the search of the address. */
async function follow() {
  running?.abort();
  nothing.hide();
  const query = location.search;
  const named = hasName(query) ? await withPlace(query) : null;
  if (query !== location.search) return;
  if (named) history.replaceState(history.state, "", `?${named.query}`);
  const { search: written, problems, asked } = readPermalink(location.search, known);
  const form = forms.get(written.catalogue);
  const search = form ? form.settle(written) : written;
  if (!form) {
    if (known.length) showTab(known[0].name);
    showProblems(problems, location.search);
    return;
  }
  showTab(search.catalogue);
  form.write(search);
  if (named) form.names?.tell(named.found.object, named.found.name);
  if (problems.length) showProblems(problems, location.search, form);
  else if (asked) run(form, search);
  else {
    shown = null;
    view.clear();
    report.hide();
    view.problem([]);
    view.say("");
    narrow.form();
    if (welcome) welcome.hidden = false;
    goToField(location.hash);
  }
}

/** Show the list of targets that another program sent. @param {File} list */
function receive(list) {
  const place = takeTable(list, forms.values());
  narrow.form();
  place?.scrollIntoView({ block: "center" });
}

/** Show the search of a query file, with its list of targets. @param {import("../results/recipes/query-file.js").QueryFile} file */
async function openFile(file) {
  const { search: written, problems } = readPermalink(file.query, known);
  const form = forms.get(written.catalogue);
  if (!form || problems.length) return showProblems(problems, file.query, form);
  const search = form.settle(written);
  if (file.targets) {
    const { match, radius } = search.list ?? { match: "all", radius: RADIUS };
    const { restoreTargets } = await recipes();
    search.targets = { targets: await restoreTargets(file.targets, form.form), match, radius };
  }
  history.pushState(null, "", address(writePermalink(search), `?${file.query}`));
  showTab(search.catalogue);
  form.write(search);
  await run(form, search);
}

/**
 * Report each mistake of a permalink once: next to its field, with the value that was refused in it, or where there is none above.
 * @param {Refused[]} problems @param {string} query @param {SearchForm} [form]
 */
function showProblems(problems, query, form) {
  shown = null;
  view.clear();
  narrow.form();
  report.hide();
  nothing.hide();
  if (welcome) welcome.hidden = false;
  const values = new URLSearchParams(query);
  const rest = problems.filter((problem) => !form?.complain(problem, values.get(problem.parameter)));
  const [message, ...more] = rest.map(({ parameter, message }) =>
    t("{parameter}: {message}", { parameter, message }),
  );
  const words = message
    ? t("Nothing was searched: {message}", { message })
    : t("Nothing was searched: correct the marked fields.");
  view.say(words, true);
  view.problem(more, false);
  if (rest.length < problems.length) form?.focusComplaint();
}

/** @param {SearchForm} form @returns {Promise<Search | null>} null when a field is wrong, which is reported next to it */
async function readForm(form) {
  try {
    await form.ready();
    return form.read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    view.say(t("Nothing was searched: {message}", { message: error.message }), true);
    form.focusComplaint();
    return null;
  }
}

/** @param {SearchForm} form */
async function submit(form) {
  const search = await readForm(form);
  if (search) ask(form, search);
}

/** Run a search of the reader, under its own address. @param {SearchForm} form @param {Search} search */
function ask(form, search) {
  const target = address(writePermalink(search));
  if (target !== location.pathname + location.search) history.pushState(null, "", target);
  run(form, search);
}

/**
 * @param {SearchForm} form @param {Search} search
 * @returns {Promise<boolean>} whether rows are shown
 */
async function run(form, search) {
  running?.abort();
  const controller = (running = new AbortController());
  const { signal } = controller;
  const issues = knownIssues(page, search.catalogue);
  view.begin();
  narrow.results();
  chips.show(form, search);
  report.hide();
  nothing.hide();
  try {
    if (search.list && !search.targets) {
      search.targets = (await form.targets?.follow(search.list)) ?? null;
      if (signal.aborted) return false;
      form.write(search);
      chips.show(form, search);
    }
    const lists = await listsOfSearch(form.form, search, { page, open, asker, running: controller });
    const found = await findRows(
      {
        catalogue: open,
        other: (match, options) => others.open(form, match, options),
        view,
        asker,
        report,
      },
      form,
      search,
      controller,
    );
    const { hits } = found;
    const catalogue = await session.planned(search.catalogue);
    const added = await addAllComputed(hits, search.computed ?? [], catalogue.columns);
    if (signal.aborted) return false;
    if (welcome) welcome.hidden = true;
    await present(form, search, catalogue, found, added, await issues, lists);
    if (added.problems.length) view.problem(added.problems, false);
    narrow.arrived();
    if (hits.total === 0) await nothing.show({ catalogue, form: form.form, search, signal });
    const unmet = search.targets ? [] : await missingValues(hits, search, form.form, signal);
    if (signal.aborted) return false;
    report.showValues(unmet, search.constraints.length > 1 || search.region !== null);
    return true;
  } catch (error) {
    if (running !== controller) return false;
    narrow.unfold();
    if (signal.aborted) view.say(t("Cancelled."));
    else if (error instanceof Refused) {
      view.clear();
      view.say(t("Nothing was searched: {message}", { message: error.message }), true);
    } else
      view.say(t("The search failed: {message}", { message: /** @type {Error} */ (error).message }), true);
    return false;
  } finally {
    if (running === controller) {
      running = null;
      view.end();
    }
  }
}

/**
 * Show the rows of a search, and remember what is shown.
 * @param {SearchForm} form @param {Search} search
 * @param {import("../catalogue/catalogue.js").Catalogue} catalogue
 * @param {Awaited<ReturnType<typeof findRows>>} found
 * @param {Awaited<ReturnType<typeof addAllComputed>>} added
 * @param {Awaited<ReturnType<typeof knownIssues>>} issues @param {string} lists what readers must know about those of ids
 */
async function present(form, search, catalogue, found, { fields, computed }, issues, lists) {
  const { hits, sort, seconds, matched } = found;
  const about = aboutPage(page, search.catalogue, writePermalink(search));
  shown = { search, cut: hits.kept < hits.total, fields: [...hits.fields, ...fields], about };
  if (computed.length < (search.computed ?? []).length) note(form, { ...search, computed });
  const at = plan(search, form.form, form.typical).arranged;
  const rank = (/** @type {{name: string}} */ { name }) => at.indexOf(name);
  const result = computed.length
    ? hits.withFields(shown.fields.toSorted((one, other) => rank(one) - rank(other)))
    : hits;
  const question = { search, form: form.form, typical: form.typical, catalogues: [sourceOf(catalogue)] };
  const recipe = (matched ? await others.recipe(form, question, matched) : question) ?? undefined;
  await view.show(
    {
      hits: result,
      sort,
      order: (keys) => ordering(keys, form.form.columns, hits.own),
      columns: [...form.form.columns, ...computed].map(({ name }) => name),
      about,
      recipe,
      computed,
      described: explained(catalogue.columns, form.form.columns),
      position: form.form.position,
      spectra: rowSpectra(page, await hits.names(), search.catalogue),
      detail: detailOf(catalogue),
      issues,
    },
    seconds,
    [remark(hits, search), lists].filter(Boolean).join(" "),
  );
}

/** Update the address, the form and the files for another search. @param {SearchForm} form @param {Search} search */
function note(form, search) {
  history.replaceState(null, "", address(writePermalink(search)));
  form.write(search);
  if (!shown) return;
  shown.search = search;
  shown.about.query = writePermalink(search);
  if (view.shown?.recipe) view.shown.recipe.search = search;
}

/**
 * Sort the rows shown differently. Where some were cut off, the search itself must run again.
 * @param {Search["sort"]} sort
 */
async function resort(sort) {
  const form = shown && forms.get(shown.search.catalogue);
  if (!form || !shown) return false;
  // a column of the list cannot be in a link: the kept rows are sorted
  const { computed = [] } = shown.search;
  const known = [...form.form.columns, ...computed].map(({ name }) => name);
  if ((shown.search.targets || shown.search.match) && !sort.every(({ column }) => known.includes(column)))
    return false;
  const search = { ...shown.search, sort };
  note(form, search);
  // rows that were left out have no computed values: the kept rows are sorted
  const own = sort.some(({ column }) => computed.some(({ name }) => name === column));
  return shown.cut && !own ? run(form, search) : false;
}

/**
 * Show other columns, or the same in another order. Where some were not read, the search must run again.
 * @param {string[]} names
 */
async function rearrange(names) {
  const form = shown && forms.get(shown.search.catalogue);
  if (!form || !shown) return null;
  const all = form.form.columns.map((column) => column.name);
  const { computed = [] } = shown.search;
  const own = computed.map(({ name }) => name);
  const columns = names.filter((name) => !own.includes(name)).join("\0") === all.join("\0") ? ["*"] : names;
  const search = { ...shown.search, columns };
  note(form, search);
  const { fields } = shown;
  const first = fields.filter(({ name }) => !all.includes(name) && !own.includes(name));
  const read = names.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  if (read.length === names.length) return [...first, ...read];
  await run(form, search);
  return null;
}

/**
 * Show other computed columns. Where they need columns that were not read, the search runs again.
 * @param {import("../search/computed.js").Computed[]} computed @param {boolean} again
 * @param {import("../results/export/votable.js").Field} [field] the new one
 * @returns {Promise<string>} an error message, or ""
 */
async function compute(computed, again, field) {
  const form = shown && forms.get(shown.search.catalogue);
  if (!form || !shown) return "";
  const names = computed.map(({ name }) => name);
  const before = shown.search.computed ?? [];
  const gone = before.map(({ name }) => name).filter((name) => !names.includes(name));
  const columns = shown.search.columns?.filter((name) => !gone.includes(name)) ?? null;
  const sort = shown.search.sort.filter(({ column }) => !gone.includes(column));
  const search = { ...shown.search, computed, columns, sort };
  if (!again) {
    shown.fields = shown.fields.filter(({ name }) => !gone.includes(name));
    if (field) shown.fields = [...shown.fields, field];
    note(form, search);
    return "";
  }
  await run(form, search);
  if (shown?.search.computed?.length !== computed.length)
    return document.getElementById("problems")?.textContent ?? "";
  note(form, search);
  return "";
}
