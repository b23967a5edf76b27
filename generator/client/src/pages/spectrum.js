/** spectrum.html: one spectrum, from an address such as `spectrum.html?obsid=101001`. The query engine is never started. */
import { fileName } from "../results/format.js";
import { aboutPage, copyAddress, readPage } from "../results/page.js";
import { save } from "../site/save.js";
import { find } from "../spectrum/controls.js";
import { spectrumCsv } from "../spectrum/export/csv.js";
import { spectrumFits } from "../spectrum/export/fits.js";
import { findRows, headerFacts, isRedshift, redshiftOf, rowFacts, valueOf } from "../spectrum/facts.js";
import { objectAddress, observedSets } from "../spectrum/links.js";
import { readList, writeList } from "../spectrum/list.js";
import { asPng, asSvg, drawPicture } from "../spectrum/picture.js";
import { openSet } from "../spectrum/set.js";
import { Traces } from "../spectrum/traces.js";
import { View } from "../spectrum/view.js";
import { t } from "../strings.js";

/**
 * @typedef {import("../spectrum/set.js").Spectrum} Spectrum
 * @typedef {import("../spectrum/set.js").SpectraEntry} SpectraEntry
 */

const page = readPage();
const sets = observedSets(page);
const numbers = new Intl.NumberFormat(page.lang);
/** @type {Spectrum | null} */
let shown = null;
/** @type {AbortController | null} */
let running = null;
/** Whether the arrays of the single exposures are there. */
let whole = false;

const view = new View(page, JSON.parse(document.getElementById("line-lists")?.textContent ?? "[]"), {
  onAddress: () => followState(),
  onKey: (event) => turn({ n: 1, p: -1 }[event.key] ?? 0),
});

find("spectrum-open").addEventListener("submit", (event) => {
  event.preventDefault();
  const choice = /** @type {HTMLSelectElement | null} */ (document.getElementById("open-set"));
  const set = sets.find(({ name }) => name === choice?.value) ?? sets[0];
  const id = /** @type {HTMLInputElement} */ (find("open-id")).value.trim();
  if (set && id) go(set, id);
});
for (const button of document.querySelectorAll("[data-save]"))
  button.addEventListener("click", () =>
    saveAs(/** @type {"png" | "svg" | "csv" | "fits"} */ (/** @type {HTMLElement} */ (button).dataset.save)),
  );
find("copy-link").addEventListener("click", (event) => {
  copyAddress(/** @type {HTMLElement} */ (event.currentTarget), query());
});
find("load-singles").addEventListener("click", () => loadSingles());
find("template-on").addEventListener("click", () => toggleTemplate());
find("template").addEventListener("change", () => view.state.template && toggleTemplate(true));
document.addEventListener("keydown", (event) => {
  if (event.target === document.body && !event.ctrlKey && !event.metaKey && !event.altKey)
    turn({ n: 1, p: -1 }[event.key] ?? 0);
});
addEventListener("popstate", () => follow());
follow();

/** @param {string} message @param {boolean} [bad] */
function say(message, bad = false) {
  const status = find("status");
  status.textContent = message;
  status.classList.toggle("bad", bad);
}

/** What the page's address asks for: the sets that may have it, and the id as it is written. @param {URLSearchParams} asked */
function wanted(asked) {
  const named = asked.get("set");
  if (named !== null && !sets.some(({ name }) => name === named))
    return { sets: [], column: "", text: "", wrong: `set: ${unknownSet(named)}` };
  for (const { id: column } of sets) {
    const text = asked.get(column);
    if (text === null) continue;
    const some = sets.filter(({ id, name }) => id === column && (named === null || name === named));
    if (some.length) return { sets: some, column, text: text.trim(), wrong: "" };
  }
  return { sets: [], column: "", text: "", wrong: "" };
}

/** @param {string} name */
function unknownSet(name) {
  const known = sets.map((set) => set.name).join(", ");
  return t("There is no set of spectra “{name}” in this release. It has: {known}.", {
    name: cut(name),
    known,
  });
}

/** @param {string} text */
function cut(text) {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Show what the address asks for. @param {boolean} [fresh] false: as things are shown now */
async function follow(fresh = true) {
  running?.abort();
  const controller = (running = new AbortController());
  const { signal } = controller;
  const asked = new URLSearchParams(location.search);
  const { sets: some, column, text, wrong } = wanted(asked);
  find("spectrum-start").hidden = Boolean(some.length);
  if (!some.length) {
    find("spectrum-body").hidden = true;
    say(wrong || t("No spectrum is asked for."), Boolean(wrong));
    return;
  }
  const started = performance.now();
  say(t("Reading…"));
  try {
    const spectrum = await read(some, text, signal, asked);
    if (signal.aborted) return;
    if (!spectrum) return missing(some, column, text);
    show(spectrum, fresh ? asked : null);
    const seconds = (performance.now() - started) / 1000;
    const kind = [spectrum.facts.class, spectrum.facts.subclass].filter((word) => word && word !== "Non");
    const pixels = spectrum.parts.reduce((sum, { flux }) => sum + flux.length, 0);
    const words = [
      kind.join(" "),
      t("{n} pixels in {s} s", { n: numbers.format(pixels), s: seconds.toFixed(2) }),
    ];
    say(`${spectrum.id}: ${words.filter(Boolean).join(", ")}`);
    await beside(spectrum, signal);
  } catch (error) {
    if (signal.aborted) return;
    find("spectrum-body").hidden = true;
    say(/** @type {Error} */ (error).message, true);
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
    // A link may name single exposures; others come when they are asked for.
    whole = /[-\w]*\d/.test(asked.get("parts") ?? "");
    const spectrum = await set.read(id, { singles: whole, signal });
    if (spectrum) return spectrum;
  }
  return null;
}

/** There is no such spectrum: say so, and what there is. @param {SpectraEntry[]} some @param {string} column @param {string} text */
async function missing(some, column, text) {
  const about = (await openSet(page, some[0].name)).about;
  const range = about.index.length
    ? `${about.index[0].first} – ${about.index[about.index.length - 1].last}`
    : "";
  find("spectrum-body").hidden = true;
  find("spectrum-start").hidden = false;
  say(
    t("There is no spectrum of {column} {id} here. {set} holds {n}, from {range}.", {
      column,
      id: text ? cut(text) : "“”",
      set: some[0].title,
      n: numbers.format(about.spectra),
      range,
    }),
    true,
  );
}

/** @param {Spectrum} spectrum @param {URLSearchParams | null} asked */
function show(spectrum, asked) {
  shown = spectrum;
  find("spectrum-body").hidden = false;
  find("spectrum-title").textContent = `${t("Spectrum")} ${spectrum.id}`;
  document.title = document.title.replace(/^.*?(?= · |$)/, `${t("Spectrum")} ${spectrum.id}`);
  const refused = view.open(spectrum, asked);
  if (view.state.template && !templates()) {
    const message = t("There is no template “{name}” here.", { name: cut(view.state.template) });
    refused.push(t("{parameter}: {message}", { parameter: "template", message }));
  }
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
  const field = /** @type {HTMLInputElement} */ (find("open-id"));
  field.value = String(spectrum.id);
  const choice = /** @type {HTMLSelectElement | null} */ (document.getElementById("open-set"));
  if (choice) choice.value = spectrum.set.name;
  badges();
  showList();
}

/** Class, signal to noise and redshift at a glance; the object's own page. */
function badges() {
  if (!shown) return;
  const { facts, id } = shown;
  const made = [];
  const badge = (/** @type {string} */ text, look = "") => {
    const one = document.createElement("span");
    one.className = `badge ${look}`.trim();
    one.textContent = text;
    made.push(one);
  };
  const kind = [facts.class, facts.subclass].filter((word) => word && word !== "Non").join(" ");
  if (kind) badge(kind, "accent");
  if (isRedshift(facts.z)) badge(`z ${Number(facts.z.toPrecision(6))}`);
  const bands = typeof facts.snr === "object" && facts.snr ? Object.entries(facts.snr) : [["", facts.snr]];
  const ratios = bands.filter(([, value]) => typeof value === "number" && value > -99);
  const ratio = ratios.find(([band]) => band === "r" || band === "") ?? ratios[0];
  if (ratio) badge(`S/N ${ratio[0]} ${Number(Number(ratio[1]).toPrecision(3))}`.replace("  ", " "));
  if (facts.simulated) badge(t("simulated"), "warn");
  const link = document.createElement("a");
  const { name } = shown.set;
  link.href = objectAddress(
    page,
    sets.filter((set) => set.name === name),
    String(id),
  );
  link.textContent = t("Object");
  made.push(link);
  find("spectrum-badges").replaceChildren(...made);
}

/** What can wait until the spectrum is on screen. @param {Spectrum} spectrum @param {AbortSignal} signal */
async function beside(spectrum, signal) {
  const place = find("facts");
  place.replaceChildren(headerFacts(spectrum.facts));
  const { about } = spectrum.set;
  const places = await spectrum.set.places([spectrum.id], signal);
  if (signal.aborted) return;
  const singles = !whole && (places.get(spectrum.id)?.more ?? 0) > 0;
  find("load-singles").hidden = !singles;
  find("parts-place").hidden = !singles && spectrum.parts.length < 2;
  offerTemplate(spectrum);
  await findRows(page, about.id.name, spectrum, {
    signal,
    onRows: (rows) => {
      const [row] = rows;
      const title = page.catalogues.find(({ name }) => name === row.catalogue)?.title ?? row.catalogue;
      place.append(rowFacts(rows, title));
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

/** The exposures behind a sum, all of them shown. */
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
    say(/** @type {Error} */ (error).message, true);
  }
  button.disabled = false;
}

/** The set of templates for the spectra shown. */
function templates() {
  return (page.spectra ?? []).find(({ templates_of: of }) => of !== null && of === shown?.set.name);
}

/** @param {Spectrum} spectrum */
function offerTemplate({ facts }) {
  const field = /** @type {HTMLInputElement} */ (find("template"));
  find("template-place").hidden = !templates();
  const name = [facts.subclass, facts.class].find((word) => word && word !== "Non");
  field.value = view.state.template || String(name ?? "");
  find("template-on").setAttribute("aria-pressed", "false");
  find("template-error").hidden = true;
  if (view.state.template) toggleTemplate(true);
}

/** Draw the template named in the field, or take it away. @param {boolean} [on] */
async function toggleTemplate(on = !view.state.template) {
  const [button, problem] = [find("template-on"), find("template-error")];
  button.setAttribute("aria-pressed", String(on));
  problem.hidden = true;
  const entry = templates();
  if (!on || !entry || !shown) {
    view.overlay(null);
    return view.set({ template: "" });
  }
  const spectrum = shown;
  const typed = /** @type {HTMLInputElement} */ (find("template")).value.trim();
  try {
    const set = await openSet(page, entry.name);
    // The subclass first; where it has no template, that of its class.
    const kinds = typed === spectrum.facts.subclass ? [typed, String(spectrum.facts.class ?? "")] : [typed];
    for (const name of kinds) {
      const id = set.parseId(name);
      const template = id === null ? null : await set.read(id);
      if (spectrum !== shown) return;
      if (!template) continue;
      view.overlay(new Traces(template, set.about));
      /** @type {HTMLInputElement} */ (find("template")).value = name;
      return view.set({ template: name });
    }
    throw new Error(t("There is no template “{name}” here.", { name: cut(typed) }));
  } catch (error) {
    button.setAttribute("aria-pressed", "false");
    problem.textContent = /** @type {Error} */ (error).message;
    problem.hidden = false;
    view.overlay(null);
    view.set({ template: "" });
  }
}

/** The address of what is shown, without what belongs to the page alone. */
function query() {
  if (!shown) return location.search.slice(1);
  const { name, datatype } = { name: shown.set.about.id.name, datatype: shown.set.about.id.datatype };
  const several = sets.filter(({ id }) => id === name).length > 1;
  const id = datatype === "long" ? String(shown.id) : encodeURIComponent(String(shown.id));
  return [`${encodeURIComponent(name)}=${id}`, several ? `set=${shown.set.name}` : "", view.address]
    .filter(Boolean)
    .join("&");
}

/** Parameters of the address that are not the viewer's. @param {string[]} names */
function kept(names) {
  return location.search
    .slice(1)
    .split("&")
    .filter((part) => names.some((name) => part.startsWith(`${name}=`)));
}

function followState() {
  const search = [query(), ...kept(["theme", "list", "back"])].join("&");
  replace(`?${search}`);
}

/** @param {string} search @param {"replaceState" | "pushState"} [how] */
function replace(search, how = "replaceState") {
  try {
    history[how](null, "", search + location.hash);
  } catch {
    // not allowed on this address; “Copy link” gives it all the same
  }
}

/** Another spectrum, shown as this one is. @param {SpectraEntry} set @param {string} id */
function go(set, id) {
  const several = sets.filter((other) => other.id === set.id).length > 1;
  const parts = [`${encodeURIComponent(set.id)}=${encodeURIComponent(id)}`, several ? `set=${set.name}` : ""];
  replace(`?${[...parts, ...kept(["theme", "list", "back"])].filter(Boolean).join("&")}`, "pushState");
  follow(!shown || shown.set.name !== set.name);
}

/** The list that the reader came from, and where in it this spectrum is. */
function position() {
  const id = shown && String(shown.id);
  const list = shown && readList(page.release.id, shown.set.name, /** @type {string} */ (id));
  return list ? { list, at: list.ids.indexOf(/** @type {string} */ (id)) } : null;
}

function showList() {
  const found = position();
  find("spectrum-list").hidden = !found;
  if (!found) return;
  const { list, at } = found;
  find("list-at").textContent = t("{at} of {n}", { at: at + 1, n: list.ids.length });
  for (const [id, step] of /** @type {[string, number][]} */ ([
    ["list-previous", -1],
    ["list-next", 1],
  ])) {
    const link = /** @type {HTMLAnchorElement} */ (find(id));
    const to = list.ids[at + step];
    if (to === undefined) link.removeAttribute("href");
    else
      link.href = `spectrum.html?${encodeURIComponent(shown?.set.about.id.name ?? "")}=${encodeURIComponent(to)}`;
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      turn(step);
    };
  }
  const back = /** @type {HTMLAnchorElement} */ (find("list-back"));
  back.hidden = !list.back;
  if (list.back) back.href = list.back;
}

/** To the next or previous spectrum of the list. @param {number} step @returns {boolean} whether there is one */
function turn(step) {
  const found = step ? position() : null;
  const to = found?.list.ids[found.at + step];
  if (!found || to === undefined) return false;
  const set = sets.find(({ name }) => name === found.list.set);
  if (!set) return false;
  writeList(page.release.id, found.list, to);
  go(set, to);
  return true;
}

/** @param {"png" | "svg" | "csv" | "fits"} kind */
async function saveAs(kind) {
  if (!shown) return;
  const spectrum = shown;
  const date = `${new Date().toISOString().slice(0, 19)}Z`;
  const about = { ...aboutPage(page, spectrum.set.name, query()), date };
  const name = fileName([page.release.id.replaceAll("/", "_"), spectrum.set.name, String(spectrum.id)], kind);
  const keys = view.state.parts ?? view.traces?.usual ?? [];
  const parts = (view.traces?.all ?? []).filter(({ key }) => keys.includes(key)).map(({ part }) => part);
  /** @type {Blob} */
  let blob;
  if (kind === "csv")
    blob = new Blob([spectrumCsv(spectrum, about, parts)], { type: "text/csv;charset=utf-8" });
  else if (kind === "fits")
    blob = new Blob([spectrumFits(spectrum, about, parts)], { type: "application/fits" });
  else {
    const words = [spectrum.facts.class, spectrum.facts.subclass].filter((word) => word && word !== "Non");
    const title = [page.release.label, `${spectrum.set.about.id.name} ${spectrum.id}`, words.join(" ")];
    const subtitle = [
      `z = ${Number(view.z.toFixed(6))}`,
      date.slice(0, 10),
      ...(spectrum.facts.simulated ? [t("simulated")] : []),
    ];
    const picture = drawPicture(view.screens, {
      title: title.filter(Boolean).join(" · "),
      subtitle: subtitle.join(" · "),
      description: [find("plot-description").textContent, about.query, about.cite, date].join("\n"),
    });
    blob = kind === "svg" ? asSvg(picture) : await asPng(picture);
  }
  save({ blob, name });
}
