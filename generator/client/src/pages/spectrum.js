/** spectrum.html: one spectrum, from an address such as `spectrum.html?obsid=101001`. The query engine is never started. */
import { onDisk } from "../reading/scripts.js";
import { openVault } from "../reading/sources/sealed-files.js";
import { copyAddress, readPage } from "../shared/page.js";
import { find } from "../spectrum/viewer/controls.js";
import { offerFolder } from "../spectrum/folder.js";
import { findRows, headerFacts, isRedshift, redshiftOf, rowFacts, valueOf } from "../spectrum/facts.js";
import { rowIssues } from "../spectrum/spectrum-issues.js";
import { observedSets } from "../spectrum/spectra-links.js";
import { cut, queryOf, wanted, writeAddress } from "../spectrum/page/asked-spectrum.js";
import { badgesOf, kindOf } from "../spectrum/page/badges.js";
import { saveAs } from "../spectrum/page/save-spectrum.js";
import { arrangeTools } from "../spectrum/page/room.js";
import { OwnFile } from "../spectrum/page/own-file.js";
import { Steps } from "../spectrum/page/list-steps.js";
import { TemplateField } from "../spectrum/page/template.js";
import { openSet } from "../spectrum/data/set.js";
import { Traces } from "../spectrum/viewer/traces.js";
import { View } from "../spectrum/viewer/spectrum-view.js";
import { t } from "../shared/strings.js";

/**
 * @typedef {import("../spectrum/data/set.js").Spectrum} Spectrum
 * @typedef {import("../shared/page.js").SpectraEntry} SpectraEntry
 */

const page = readPage();
const sets = observedSets(page);
/** @type {Spectrum | null} */
let shown = null;
/** @type {AbortController | null} */
let running = null;
/** Whether the arrays of the single exposures have been read. */
let whole = false;
/** Whether the spectrum is from a file of the reader's, which no address leads to. */
let isOwn = false;

/** @type {import("../formats.d.ts").ShownLines[]} */
const lineLists = JSON.parse(document.getElementById("line-lists")?.textContent ?? "[]");
const view = new View(page, lineLists, {
  onAddress: () => isOwn || writeAddress(query()),
  onKey: (event) => steps.key(event),
});
const steps = new Steps(page, go);
const template = new TemplateField(page, view);
const own = new OwnFile({ show: showOwn, say });

find("spectrum-open").addEventListener("submit", (event) => {
  event.preventDefault();
  const choice = /** @type {HTMLSelectElement | null} */ (document.getElementById("open-set"));
  const set = sets.find(({ name }) => name === choice?.value) ?? sets[0];
  const id = /** @type {HTMLInputElement} */ (find("open-id")).value.trim();
  if (set && id) go(set, id);
});
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-save]")))
  button.addEventListener("click", () => {
    const kind = /** @type {"png" | "svg" | "csv" | "fits"} */ (button.dataset.save);
    if (shown) saveAs(kind, { page, view, spectrum: shown, query: isOwn ? null : query() });
  });
find("copy-link").addEventListener("click", (event) => {
  copyAddress(/** @type {HTMLElement} */ (event.currentTarget), query());
});
find("load-singles").addEventListener("click", () => loadSingles());
document.addEventListener("keydown", (event) => {
  if (event.target === document.body && !event.ctrlKey && !event.metaKey && !event.altKey) steps.key(event);
});
addEventListener("popstate", () => follow());
arrangeTools();
follow();

/** @param {string} message @param {boolean} [bad] */
function say(message, bad = false) {
  const status = find("status");
  status.textContent = message;
  status.classList.toggle("bad", bad);
}

/** Report an error; where data are missing, offer to pick a folder. @param {any} error @param {() => void} again */
function fail(error, again) {
  say(error.message, true);
  if (error.kind === "bytes") offerFolder(find("spectrum-folder"), page, again);
}

/** Show the spectrum of the address. @param {boolean} [fresh] false: as things are shown now */
async function follow(fresh = true) {
  running?.abort();
  own.close();
  const controller = (running = new AbortController());
  const { signal } = controller;
  const asked = new URLSearchParams(location.search);
  const { sets: some, column, text, wrong } = wanted(sets, asked);
  find("spectrum-start").hidden = Boolean(some.length);
  if (!some.length) {
    find("spectrum-body").hidden = true;
    say(wrong || t("No spectrum is requested."), Boolean(wrong));
    if (onDisk() && !openVault()) offerFolder(find("spectrum-folder"), page, () => {});
    return;
  }
  const started = performance.now();
  say(t("Reading…"));
  try {
    const spectrum = await read(some, text, signal, asked);
    if (signal.aborted) return;
    if (!spectrum) return await missing(some, column, text);
    find("spectrum-folder").hidden = true;
    show(spectrum, fresh ? asked : null);
    const seconds = (performance.now() - started) / 1000;
    const words = [
      kindOf(spectrum.facts),
      t("{n} pixels in {s} s", { n: pixelsOf(spectrum), s: seconds.toFixed(2) }),
    ];
    say(`${spectrum.id}: ${words.filter(Boolean).join(", ")}`);
    await beside(spectrum, signal);
  } catch (error) {
    if (signal.aborted) return;
    find("spectrum-body").hidden = true;
    fail(error, () => follow(fresh));
  }
}

/**
 * @param {SpectraEntry[]} some @param {string} text @param {AbortSignal} signal @param {URLSearchParams} asked
 * @returns {Promise<Spectrum | null>} of the first set that has it
 */
async function read(some, text, signal, asked) {
  for (const { name } of some) {
    const set = await openSet(page, name);
    const id = set.parseId(text);
    if (id === null) continue;
    // A link may name single exposures; others are read when they are requested.
    whole = /[-\w]*\d/.test(asked.get("parts") ?? "");
    const spectrum = await set.read(id, { singles: whole, signal });
    if (spectrum) return spectrum;
  }
  return null;
}

/** Report that there is no such spectrum, and which ids there are. @param {SpectraEntry[]} some @param {string} column @param {string} text */
async function missing(some, column, text) {
  const about = (await openSet(page, some[0].name)).about;
  const range = about.index.length
    ? `${about.index[0].first} – ${about.index[about.index.length - 1].last}`
    : "";
  find("spectrum-body").hidden = true;
  find("spectrum-start").hidden = false;
  const said = t("There is no spectrum of {column} {id} here. {set} has {n}, from {range}.", {
    column,
    id: text ? cut(text) : "“”",
    set: some[0].title,
    n: about.spectra,
    range,
  });
  const part = about.part_of
    ? t("This copy contains only a part of the {all} spectra.", { all: about.part_of.spectra })
    : "";
  say(`${said} ${part}`.trim(), true);
}

/** @param {Spectrum} spectrum */
const pixelsOf = ({ parts }) => parts.reduce((sum, { flux }) => sum + flux.length, 0);

/** @param {Spectrum} spectrum @param {URLSearchParams | null} asked */
function show(spectrum, asked) {
  isOwn = false;
  const refused = display(spectrum, asked);
  const message = template.refused(spectrum);
  if (message) refused.push(t("{parameter}: {message}", { parameter: "template", message }));
  const list = find("refused");
  list.replaceChildren(
    ...refused.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
  list.setAttribute("role", refused.length ? "status" : "presentation");
  list.hidden = !refused.length;
  /** @type {HTMLInputElement} */ (find("open-id")).value = String(spectrum.id);
  const choice = /** @type {HTMLSelectElement | null} */ (document.getElementById("open-set"));
  if (choice) choice.value = spectrum.set.name;
  find("spectrum-badges").replaceChildren(...badgesOf(page, entry(spectrum), spectrum));
  steps.show(entry(spectrum), String(spectrum.id));
}

/** Show a spectrum of a file that the reader opened. @param {Spectrum} spectrum @param {number} row @param {number} rows */
function showOwn(spectrum, row, rows) {
  running?.abort();
  isOwn = whole = true;
  display(spectrum, null);
  for (const id of ["spectrum-start", "spectrum-list", "spectrum-folder", "refused", "load-singles"])
    find(id).hidden = true;
  find("parts-place").hidden = spectrum.parts.length < 2;
  find("spectrum-badges").replaceChildren(...badgesOf(page, null, spectrum));
  find("facts").replaceChildren(headerFacts(spectrum.facts));
  template.offer(spectrum);
  const words = [
    spectrum.set.name,
    String(spectrum.facts.layout),
    t("pixels: {n}", { n: pixelsOf(spectrum) }),
  ];
  if (rows > 1) words.push(t("spectrum {at} of {n}", { at: row + 1, n: rows }));
  say(words.join(", "));
}

/** Show a spectrum in the viewer. @param {Spectrum} spectrum @param {URLSearchParams | null} asked @returns {string[]} errors in the address */
function display(spectrum, asked) {
  shown = spectrum;
  find("spectrum-body").hidden = false;
  find("spectrum-title").textContent = `${t("Spectrum")} ${spectrum.id}`;
  document.title = document.title.replace(/^.*?(?= · |$)/, () => `${t("Spectrum")} ${spectrum.id}`);
  find("copy-link").hidden = isOwn;
  return view.open(spectrum, asked);
}

/** The page's entry for the set of a spectrum. @param {Spectrum} spectrum */
const entry = ({ set }) => /** @type {SpectraEntry} */ (sets.find(({ name }) => name === set.name));

/** Load what can wait until the spectrum is on screen. @param {Spectrum} spectrum @param {AbortSignal} signal */
async function beside(spectrum, signal) {
  const place = find("facts");
  place.replaceChildren(headerFacts(spectrum.facts));
  const { about } = spectrum.set;
  const places = await spectrum.set.places([spectrum.id], signal);
  if (signal.aborted) return;
  const singles = !whole && (places.get(spectrum.id)?.more ?? 0) > 0;
  find("load-singles").hidden = !singles;
  find("parts-place").hidden = !singles && spectrum.parts.length < 2;
  template.offer(spectrum);
  await findRows(page, about.id.name, spectrum, {
    signal,
    onRows: (rows) => {
      const [row] = rows;
      const title = page.catalogues.find(({ name }) => name === row.catalogue)?.title ?? row.catalogue;
      place.append(rowFacts(rows, title, signal));
      rowIssues(page, rows).then((notice) => notice && !signal.aborted && place.prepend(notice));
      const { facts } = spectrum;
      const z = isRedshift(facts.z) ? null : redshiftOf(row);
      const kind = facts.class ? null : valueOf(row, ["class"]);
      if ((z !== null && !view.known.z) || kind)
        view.learn({ ...(z !== null ? { z } : {}), ...(kind ? { class: String(kind) } : {}) });
    },
    onProblem: (message) => {
      const line = document.createElement("p");
      line.className = "error-text";
      line.textContent = message;
      place.append(line);
    },
  });
}

/** The exposures of a sum, all of them shown. */
async function loadSingles() {
  if (!shown) return;
  const button = /** @type {HTMLButtonElement} */ (find("load-singles"));
  button.disabled = true;
  try {
    const spectrum = await shown.set.read(shown.id, { singles: true });
    if (spectrum && spectrum.id === shown.id) {
      whole = true;
      shown = spectrum;
      view.extend(spectrum, { parts: new Traces(spectrum, spectrum.set.about).all.map(({ key }) => key) });
      button.hidden = true;
    }
  } catch (error) {
    fail(error, loadSingles);
  }
  button.disabled = false;
}

/** The query of the current view, without the parameters that belong to the page alone. */
function query() {
  return shown ? queryOf(sets, entry(shown), String(shown.id), view.address) : location.search.slice(1);
}

/** Show another spectrum in the same view. @param {SpectraEntry} set @param {string} id */
function go(set, id) {
  writeAddress(queryOf(sets, set, id), "pushState");
  follow(!shown || isOwn || shown.set.name !== set.name);
}
