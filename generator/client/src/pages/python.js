/** python.html: a notebook on the release's own tables and spectra. Python starts when a cell first runs. */
import { namesOfCells, namesOfPython, namesOfRelease } from "../notebook/cells/complete.js";
import { MOST, readNotebook, writeNotebook } from "../notebook/ipynb.js";
import { fromAddress, store, stored, toAddress } from "../notebook/keep.js";
import { Kernel } from "../notebook/kernel.js";
import { Notebook, emptyCell } from "../notebook/notebook.js";
import { loadParts } from "../notebook/parts.js";
import { readAsset } from "../reading/assets.js";
import { sizeText } from "../results/format.js";
import { Asker } from "../results/query/confirm.js";
import { lazily } from "../shared/lazy.js";
import { shared } from "../shared/once.js";
import { copyAddress, readPage, sayInAddress } from "../shared/page.js";
import { save } from "../shared/save-file.js";
import { t } from "../shared/strings.js";
import { observedSets } from "../spectrum/spectra-links.js";

/** @typedef {import("../notebook/kernel.js").State} State */

/** Milliseconds after the last change until the notebook is kept. */
const CALM = 800;

const page = readPage();
/** @param {string} id @returns {any} */
const block = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
const get = (id) => /** @type {T} */ (document.getElementById(id));
/** @type {import("../formats.d.ts").ConsoleSchema[]} */
const schemas = block("console") ?? [];
const about = block("notebook-facts");
const status = get("python-status");
const kept = get("notebook-kept");
const meter = get("python-progress");
const key = `drportal notebook ${page.portal} ${page.release.id}`;
const asker = new Asker(page.ask);
/** What reads the release's data: cells may never ask for any. */
const reading = lazily(() => import("./parts/notebook-data.js"));
const results = lazily(async () => new (await reading()).ResultShown(page, schemas, openTables));

/** @type {Map<string, Promise<import("../engine/engine.js").Engine>>} */
const engines = new Map();
/** The release's engine, with the functions of its SQL page; started by the first call. */
function openTables() {
  return shared(engines, "", startTables);
}

async function startTables() {
  const { base, engine: assets } = page;
  const { macrosFor, openEngine } = await reading();
  const engine = await openEngine({ base, assets, readAsset, onProgress: (...at) => data(...at) });
  await engine.define("macros", macrosFor(page.spectra));
  return engine;
}

/** @param {number} loaded @param {number} total @param {string} stage */
function data(loaded, total, stage) {
  const words = {
    engine: t("Loading the search engine"),
    start: t("Starting the search engine"),
    data: t("Reading data"),
  };
  const said = /** @type {Record<string, string>} */ (words)[stage];
  // While Python starts, the bar is Python's.
  if (kernel.state === "loading" || kernel.state === "starting") return;
  if (said && loaded < total) progress(said, loaded, total);
  else meter.hidden = true;
}

/** @param {string} words @param {number} [loaded] @param {number} [total] bytes */
function progress(words, loaded, total) {
  meter.hidden = false;
  const bar = /** @type {HTMLProgressElement} */ (meter.querySelector("progress"));
  const text = /** @type {HTMLElement} */ (meter.querySelector("span"));
  if (total === undefined || loaded === undefined) bar.removeAttribute("value");
  else bar.value = loaded / Math.max(total, 1);
  const parts = words === status.textContent ? [] : [words];
  if (total !== undefined && loaded !== undefined) parts.push(`${sizeText(loaded)} / ${sizeText(total)}`);
  text.textContent = parts.join(": ");
}

/** @returns {import("../notebook/protocol.d.ts").Screen} */
function screenOf() {
  const style = getComputedStyle(document.documentElement);
  const dark =
    getComputedStyle(document.body).colorScheme === "dark" || isDark(style.getPropertyValue("--paper"));
  const names = { surface: "--paper", ink: "--ink", soft: "--ink-soft", line: "--line" };
  const colours = Object.fromEntries(
    Object.entries(names).map(([name, property]) => [name, hex(style.getPropertyValue(property))]),
  );
  return { ratio: Math.max(1, devicePixelRatio), colours: dark ? colours : {} };
}

/** A colour of the theme as matplotlib reads it. @param {string} colour @returns {string} */
function hex(colour) {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return "";
  context.fillStyle = colour.trim();
  return String(context.fillStyle);
}

/** @param {string} colour */
function isDark(colour) {
  const [r, g, b] = (hex(colour).match(/[0-9a-f]{2}/gi) ?? []).map((part) => parseInt(part, 16));
  return r * 0.3 + g * 0.59 + b * 0.11 < 128;
}

const answers = lazily(async () => {
  const { answering, openCatalogue, openFiles } = await reading();
  return answering({
    page,
    tables: {
      schemas,
      typical: about.typical,
      means: (signal) => ({
        engine: openTables,
        catalogue: (name) => openCatalogue(openTables(), name, page),
        describe: async (name) => (await openFiles(name, page)).meta,
        catalogues: page.catalogues,
        ask: (bytes) => {
          const asking = new AbortController();
          signal.addEventListener("abort", () => asking.abort());
          return asker.ask(bytes, asking);
        },
        enough: asker.much,
        signal,
        onProgress: (loaded, total) => data(loaded, total, "data"),
      }),
    },
    release: JSON.stringify({
      ...about.release,
      simulated: page.release.simulated,
      catalogues: schemas.map(({ name, title, columns }) => ({
        name,
        title,
        rows: page.catalogues.find((one) => one.name === name)?.rows ?? 0,
        columns: columns.map(({ name, datatype, unit, ucd, description }) => ({
          name,
          datatype,
          unit,
          ucd,
          description,
        })),
      })),
      spectra: observedSets(page).map(({ name }) => name),
    }),
  });
});

const kernel = new Kernel({
  load: (first) => {
    const all = notebook.file.cells.map(({ source }) => source).join("\n");
    // Both start at once where the cells ask for data; what fails here is reported to the cell that asks.
    if (all.includes("drportal")) openTables().catch(() => {});
    const assets = block("python-assets");
    const folder = `${new URL(page.base || ".", document.baseURI).href}assets/`;
    const loading = (/** @type {number} */ loaded, /** @type {number} */ total) => {
      // once it starts, the bar is that of the start; packages that follow are read quietly
      if (kernel.state === "loading") progress(t("Loading Python"), loaded, total);
    };
    return loadParts(folder, assets, readAsset, loading, about.release.address, [first, all]);
  },
  answer: async (...request) => (await answers())(...request),
  save: (name, bytes) =>
    save({
      blob: new Blob([/** @type {BlobPart} */ (bytes)]),
      name: name.replace(/[/\\\0]/g, "_") || "file",
    }),
  show: (sql) =>
    results().then(
      (result) => result.show(sql),
      ({ message }) => (get("notebook-problem").textContent = message),
    ),
  onChange,
  screen: screenOf,
});

/** @param {State} state @param {{ step?: string, version?: string, memory?: number }} now */
function onChange(state, { step, version, memory }) {
  const steps = { interpreter: t("Starting Python"), packages: t("Loading the packages") };
  const size = memory ? t("Python uses {size}.", { size: sizeText(memory) }) : "";
  status.dataset.state = state;
  status.textContent = {
    off: t("Python is not running."),
    loading: t("Loading Python"),
    starting: t("Starting Python"),
    idle: `${t("Python is ready.")} ${size}`,
    busy: `${t("Running…")} ${size}`,
  }[state];
  if (state === "starting") progress(/** @type {Record<string, string>} */ (steps)[step ?? ""] ?? "");
  else if (state !== "loading") meter.hidden = true;
  if (version) status.title = `Pyodide ${version}`;
  const still = state === "off" || state === "idle";
  // A button that were disabled under the reader's finger would lose the focus.
  document.querySelector('[data-action="stop"]')?.setAttribute("aria-disabled", String(still));
}

/** @type {(() => void) | null} */
let undoing = null;
const notebook = new Notebook(get("cells"), kernel, {
  onChange: keepSoon,
  onSay(words, undo) {
    const [text, button] = get("notebook-said").children;
    text.textContent = words;
    /** @type {HTMLElement} */ (button).hidden = !undo;
    undoing = undo ?? null;
  },
  sources: [
    namesOfPython((source, position) => kernel.complete(source, position)),
    namesOfRelease(schemas),
    namesOfCells(() => notebook.file.cells.map(({ source }) => source)),
  ],
});

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
function keepSoon() {
  clearTimeout(timer);
  timer = setTimeout(keepNow, CALM);
}

function keepNow() {
  clearTimeout(timer);
  timer = undefined;
  const done = store(key, notebook.file);
  kept.textContent = done
    ? t("Kept in this browser.")
    : t("This browser keeps nothing here: save the notebook before you leave.");
}
addEventListener("pagehide", () => timer !== undefined && keepNow());

/** @type {Record<string, (button: HTMLElement) => unknown>} */
const actions = {
  run: () => notebook.runFocused(),
  "run-all": () => notebook.runAll(),
  stop: () => kernel.stop(),
  restart: () => {
    notebook.reset();
    return kernel.restart();
  },
  "add-code": () => notebook.append("code"),
  "add-text": () => notebook.append("markdown"),
  clear: () => notebook.clear(),
  undo: () => undoing?.(),
  open: () => get("notebook-file").click(),
  save: () =>
    save({
      blob: new Blob([writeNotebook(notebook.file)], { type: "application/x-ipynb+json" }),
      name: `${page.release.id.replaceAll("/", "-")}.ipynb`,
    }),
  link: (button) => {
    const query = toAddress(notebook.file.cells);
    if (query) copyAddress(button, query);
    else kept.textContent = t("This notebook is too long for a link: save it as a file.");
  },
  fresh: () => {
    sayInAddress("cells", "");
    sayInAddress("example", "");
    notebook.open({ cells: [emptyCell("code")], metadata: {} });
    keepSoon();
  },
};
for (const button of document.querySelectorAll("[data-action]"))
  button.addEventListener("click", () =>
    actions[/** @type {HTMLElement} */ (button).dataset.action ?? ""]?.(/** @type {HTMLElement} */ (button)),
  );

/** @param {string} name */
function openExample(name) {
  const found = about.examples.find((/** @type {{ name: string }} */ one) => one.name === name);
  if (found) notebook.open(readNotebook(JSON.stringify(found.notebook)));
  return Boolean(found);
}
for (const link of document.querySelectorAll("[data-example]"))
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const name = /** @type {HTMLElement} */ (link).dataset.example ?? "";
    sayInAddress("cells", "");
    sayInAddress("example", name);
    openExample(name);
  });

/** @param {File} file */
async function openFile(file) {
  const place = get("notebook-problem");
  place.textContent = "";
  try {
    if (file.size > MOST) throw new Error(t("This file is too large for a notebook."));
    notebook.open(readNotebook(await file.text()));
    kept.textContent = t("{name} is open. Nothing of it has run.", { name: file.name });
  } catch (error) {
    place.textContent = `${file.name}: ${/** @type {Error} */ (error).message}`;
  }
}
const choose = /** @type {HTMLInputElement} */ (get("notebook-file"));
choose.addEventListener("change", () => {
  if (choose.files?.[0]) openFile(choose.files[0]);
  choose.value = "";
});
const dropping = (/** @type {boolean} */ on) => document.body.classList.toggle("dropping", on);
addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  dropping(true);
});
addEventListener("dragleave", (event) => event.relatedTarget ?? dropping(false));
addEventListener("drop", (event) => {
  dropping(false);
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  event.preventDefault();
  openFile(file);
});
for (const media of [
  matchMedia("(prefers-color-scheme: dark)"),
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`),
])
  media.addEventListener("change", () => kernel.screenChanged());
new MutationObserver(() => kernel.screenChanged()).observe(document.documentElement, {
  attributeFilter: ["data-theme"],
});

/** What the page begins with: the address's notebook, an example, what was kept, or the first example. */
function begin() {
  const cells = fromAddress(location.search);
  if (cells)
    return notebook.open({ cells: cells.map(({ kind, source }) => emptyCell(kind, source)), metadata: {} });
  const name = new URLSearchParams(location.search).get("example");
  if (name && openExample(name)) return;
  const before = stored(key);
  if (before) {
    notebook.open(before);
    kept.textContent = t("Kept in this browser.");
    return;
  }
  if (!openExample(about.examples[0]?.name))
    notebook.open({ cells: [emptyCell("code", about.first)], metadata: {} });
}
begin();
onChange("off", {});
