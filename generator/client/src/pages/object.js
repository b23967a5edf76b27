/** object.html: everything that the release has about one object. */
import { linkTo, placesFor } from "../results/table/row-links.js";
import { fileName } from "../results/format.js";
import { aboutPage, readPage } from "../shared/page.js";
import { save } from "../shared/save-file.js";
import { NameBox } from "../search/names/name-box.js";
import { Refused } from "../search/grammar.js";
import { offerFolder } from "../spectrum/folder.js";
import {
  addressOf,
  asked as askedBy,
  meant,
  readAsked,
  readRadius,
} from "../spectrum/object/asked-object.js";
import { findObject } from "../spectrum/object/find-object.js";
import { byDate } from "../spectrum/object/spectra-order.js";
import { ObjectPlot } from "../spectrum/object/object-plot.js";
import { linkSearches, showObservations } from "../spectrum/object/observation-table.js";
import { observationsOf } from "../spectrum/object/observations.js";
import { SeriesChart } from "../spectrum/object/series-chart.js";
import { rowIssues } from "../spectrum/spectrum-issues.js";
import { Finder } from "../spectrum/object/finder.js";
import { showMatched } from "../spectrum/object/matched-rows.js";
import { drawSky } from "../spectrum/object/sky-map.js";
import { lazily } from "../shared/lazy.js";
import { showSteps } from "../spectrum/object/object-steps.js";
import { summarize } from "../spectrum/object/spectrum-summary.js";
import { t } from "../shared/strings.js";

const page = /** @type {import("../spectrum/object/find-object.js").Page} */ (readPage());
/** @template {Element} [T=HTMLElement] @param {string} id @returns {T} */
const get = (id) => /** @type {any} */ (document.getElementById(id));
/** @type {import("../formats.d.ts").ObjectBlock} */
const { objects, identifiers } = JSON.parse(get("object-facts").textContent ?? "{}");
const form = /** @type {HTMLFormElement} */ (get("object-form"));
const [by, value, radius] = ["by", "value", "radius"].map(
  (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)),
);
const plot = new ObjectPlot(get("object-plot"));
const series = new SeriesChart(get("object-series"), page, objects);
const loadSaving = lazily(() => import("../spectrum/object/save-combined.js"));
plot.saving.addEventListener("click", saveComputed);
const loadExamples = lazily(() => import("../spectrum/object/examples.js"));
const finder = new Finder(get("object-around"), page, objects);
const steps = {
  before: /** @type {HTMLAnchorElement} */ (get("object-before")),
  next: /** @type {HTMLAnchorElement} */ (get("object-next")),
  back: /** @type {HTMLAnchorElement} */ (get("object-back")),
  at: get("object-at"),
};
/** The spectra of the plot, in its order. @type {import("../spectrum/object/spectra-order.js").Listed[]} */
let shown = [];
/** @type {AbortController | null} */
let running = null;

const names = new NameBox(
  value,
  form,
  ({ ra, dec }) => (value.value = `${ra} ${dec < 0 ? "" : "+"}${dec}`),
  () => by.value === "position" || (by.value === "" && meant(value.value, identifiers) === "position"),
);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await names.settle();
    const wanted = askedBy(
      by.value || meant(value.value, identifiers),
      value.value,
      radius.value.trim() ? readRadius(radius.value) : 3,
      identifiers,
    );
    history.pushState(null, "", addressOf(wanted));
    follow();
  } catch (error) {
    refuse(error);
  }
});
addEventListener("popstate", follow);
addEventListener("keydown", (event) => {
  const link = { p: steps.before, n: steps.next }[event.key];
  const writing = event.target instanceof Element && event.target.closest("input, select, textarea");
  if (!link || link.hidden || writing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  link.click();
});
follow();

/** @param {string} text @param {boolean} [bad] */
function say(text, bad = false) {
  get("status").textContent = text;
  get("status").classList.toggle("bad", bad);
}

/** Save the difference, the ratio or the sum that the plot shows. */
async function saveComputed() {
  const { computed, used } = plot;
  if (!computed) return;
  const { combinedCsv } = await loadSaving();
  const date = `${new Date().toISOString().slice(0, 19)}Z`;
  const spectra = used.map((of) => `${shown[of].set.name} ${shown[of].spectrum.id}`);
  const about = { ...aboutPage(page, "", ""), date, spectra };
  const text = combinedCsv(computed.what, computed.result, about);
  const name = fileName(
    [page.release.id.replaceAll("/", "_"), computed.what, get("object-name").textContent ?? ""],
    "csv",
  );
  save({ blob: new Blob([text], { type: "text/csv;charset=utf-8" }), name });
}

/** @param {unknown} error */
function refuse(error) {
  if (!(error instanceof Refused)) throw error;
  const field = { position: value, radius }[error.parameter] ?? value;
  field.setAttribute("aria-invalid", "true");
  say(error.message, true);
}

/** Show the object of the address. */
async function follow() {
  running?.abort();
  const controller = (running = new AbortController());
  get("object").hidden = true;
  get("object-steps").hidden = true;
  get("object-start").hidden = true;
  for (const field of [by, value, radius]) field.removeAttribute("aria-invalid");
  try {
    const wanted = readAsked(location.search, identifiers);
    if (!wanted) return await begin();
    by.value = wanted.column ?? "position";
    value.value = wanted.value;
    radius.value = String(wanted.radius);
    say(t("Looking for {name}…", { name: wanted.value }));
    const found = await findObject(page, objects, wanted, controller.signal);
    get("object-folder").hidden = true;
    if (running === controller) show(wanted, found);
  } catch (error) {
    if (controller.signal.aborted) return;
    if (error instanceof Refused) {
      const written = error.parameter && new URLSearchParams(location.search).get(error.parameter);
      if (written && error.parameter === "position") [by.value, value.value] = ["position", written];
      return refuse(error);
    }
    const { message, kind } = /** @type {import("../shared/errors.js").EngineError} */ (error);
    say(t("The object could not be read: {message}", { message }), true);
    if (kind === "bytes") offerFolder(get("object-folder"), page, follow);
  }
}

/** No object is requested: examples of some. */
async function begin() {
  say(t("Give a name, a position or an identifier of an object."));
  const start = get("object-start");
  start.hidden = !start.querySelector("li");
  if (start.hidden) return;
  const { showExamples } = await loadExamples();
  await showExamples(start, page);
}

/**
 * @param {import("../spectrum/object/asked-object.js").Asked} wanted
 * @param {import("../spectrum/object/find-object.js").Whole} found
 */
function show(wanted, { centre, others, rows, spectra }) {
  const { radius: arcsec } = wanted;
  if (!rows.length && !spectra.length) {
    name(wanted.value, centre);
    return say(
      wanted.position
        ? t("Nothing lies within {radius}″ of {name} in this release. Try a wider radius.", {
            radius: String(arcsec),
            name: wanted.value,
          })
        : t("This release has no data for {column} {name}.", {
            column: wanted.column ?? "",
            name: wanted.value,
          }),
    );
  }
  const listed = byDate(
    spectra.map((one) => ({
      ...one,
      summary: summarize(one.spectrum, one.row, objects[one.row?.catalogue ?? ""]?.roles ?? {}),
    })),
  );
  shown = listed;
  name(nameOf(wanted, rows, listed), centre);
  get("object").hidden = false;
  const labels = listed.map(({ summary, spectrum }) => summary.date || String(spectrum.id));
  get("object-spectra").hidden = !listed.length;
  plot.show(
    listed.map(({ spectrum }) => spectrum),
    labels,
  );
  showPlace(centre);
  const observations = observationsOf(rows, listed, objects);
  const back = `object.html${location.search}`;
  const onToggle = (/** @type {number} */ of, /** @type {boolean} */ on) => plot.toggle(of, on);
  showObservations(get("observations"), observations, { page, objects, back, onToggle });
  linkSearches(get("object-searches"), rows, page.catalogues, (catalogue) =>
    centre ? `search.html?catalogue=${catalogue}&cone=${centre.ra},${centre.dec},${arcsec}` : null,
  );
  series.show(observations);
  const matched = showMatched(
    get("object-matched-rows"),
    rows.map(({ row }) => row),
    objects,
  );
  get("object-matched").hidden = !matched;
  showIssues(rows);
  showOthers(wanted, others);
  get("object-steps").hidden = !showSteps(page, listed, steps);
  const titles = page.catalogues.filter((one) => rows.some(({ row }) => row.catalogue === one.name));
  say(
    t("Spectra: {spectra} · rows: {rows} · catalogues: {catalogues}", {
      spectra: listed.length,
      rows: rows.length,
      catalogues: titles.map((one) => one.name).join(", ") || "–",
    }),
  );
}

/** The whole sky, what is around, and other sites. @param {{ra: number, dec: number} | null} centre */
function showPlace(centre) {
  get("object-sky").hidden = !centre;
  if (centre) drawSky(get("object-map"), [centre]);
  const places = centre ? placesFor(centre.ra, centre.dec) : [];
  get("object-links").replaceChildren(
    ...places.map((place) => {
      const item = document.createElement("li");
      item.append(linkTo(place));
      return item;
    }),
  );
  finder.show(centre);
}

/** @param {import("../spectrum/object/find-object.js").Found[]} found */
async function showIssues(found) {
  const controller = running;
  get("object-issues").replaceChildren();
  const rows = found.map(({ row }) => row);
  const own = page.catalogues.map(({ name }) => rows.filter(({ catalogue }) => catalogue === name));
  const notices = await Promise.all(own.filter(({ length }) => length).map((some) => rowIssues(page, some)));
  if (running === controller) get("object-issues").replaceChildren(...notices.flatMap((one) => one ?? []));
}

/**
 * Catalogues may number their rows in the same way: list the other objects with this id.
 * @param {import("../spectrum/object/asked-object.js").Asked} wanted @param {import("../spectrum/object/find-object.js").Whole["others"]} others
 */
function showOthers({ column, value }, others) {
  const note = get("object-others");
  note.hidden = !others.length;
  const links = others.map(({ row, place: { ra, dec } }) => {
    const link = document.createElement("a");
    link.href = `object.html?position=${ra},${dec}`;
    link.textContent = `${row.catalogue} ${ra.toFixed(5)} ${signed(dec)}`;
    return link;
  });
  const words = t("Other objects have {column} {value} too:", { column: column ?? "", value });
  note.replaceChildren(words, ...links.flatMap((link) => [" ", link]));
}

/**
 * @param {import("../spectrum/object/asked-object.js").Asked} wanted @param {import("../spectrum/object/find-object.js").Found[]} rows
 * @param {import("../spectrum/object/spectra-order.js").Listed[]} spectra
 */
function nameOf({ column, value }, rows, spectra) {
  for (const { row } of rows) {
    const own = row.columns.find(({ name }) => /^(designation|desig)$/i.test(name));
    const known = own && row.values.get(own.name);
    if (typeof known === "string" && known && !own.missing.includes(known)) return known;
  }
  const own = spectra.find(({ spectrum }) => typeof spectrum.facts.designation === "string");
  return own?.spectrum.facts.designation ?? (column ? `${column} ${value}` : value);
}

/** @param {string} text @param {{ra: number, dec: number} | null} centre */
function name(text, centre) {
  get("object-name").textContent = text;
  document.title = `${text} · ${page.release.label}`;
  get("object-place").textContent = centre
    ? `${centre.ra.toFixed(6)}  ${signed(centre.dec)} · ${sexagesimal(centre)}`
    : "";
}

/** @param {number} dec */
const signed = (dec) => `${dec < 0 ? "−" : "+"}${Math.abs(dec).toFixed(6)}°`;

/** @param {{ra: number, dec: number}} place */
function sexagesimal({ ra, dec }) {
  const parts = (/** @type {number} */ units, /** @type {number} */ digits) => {
    const whole = Math.floor(units / 10 ** digits);
    const pair = (/** @type {number} */ n) => String(n).padStart(2, "0");
    const rest = String(units % 10 ** digits).padStart(digits, "0");
    return `${pair(Math.floor(whole / 3600))}:${pair(Math.floor(whole / 60) % 60)}:${pair(whole % 60)}.${rest}`;
  };
  const east = Math.round(((((ra % 360) + 360) % 360) / 15) * 3600 * 100) % 8640000;
  return `${parts(east, 2)} ${dec < 0 ? "−" : "+"}${parts(Math.round(Math.abs(dec) * 36000), 1)}`;
}
