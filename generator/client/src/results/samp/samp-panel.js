/** The SAMP window: look for a hub when the reader asks, send what can be sent, receive tables. */
import { t } from "../../shared/strings.js";
import { describe } from "../../reading/description.js";
import { Extract } from "../export/extract.js";
import { placeOf } from "../recipes/question.js";
import { Hub } from "./hub.js";

/**
 * @typedef {import("../view.js").ResultsView} ResultsView
 * @typedef {import("../../shared/page.js").Page} Page
 */

/** More files than this are not sent one by one. */
const MOST_FILES = 20;
const POINT = "coord.pointAt.sky";
const LOAD = "table.load.stil";

export class SampPanel {
  /** @type {Hub | null} */
  #hub = null;

  /** @param {HTMLDialogElement} dialog @param {ResultsView} view @param {Page} page @param {((list: File) => void) | null} onTable */
  constructor(dialog, view, page, onTable) {
    this.dialog = dialog;
    this.view = view;
    this.page = page;
    this.onTable = onTable;
    this.#part("again").addEventListener("click", () => this.#attempt(() => this.#join()));
    this.#part("point").addEventListener("click", () => this.#attempt(() => this.#point()));
    this.#part("files").addEventListener("click", () => this.#attempt(() => this.#sendFiles()));
  }

  open() {
    this.dialog.showModal();
    this.#attempt(() => this.#join());
  }

  leave() {
    this.#hub?.leave();
  }

  /** @param {string} name @returns {any} */
  #part(name) {
    return this.dialog.querySelector(`[data-samp="${name}"]`);
  }

  /** @param {string} text */
  #say(text, bad = false) {
    const state = this.#part("state");
    state.textContent = text;
    state.classList.toggle("error-text", bad);
  }

  /** @param {() => Promise<unknown>} work */
  async #attempt(work) {
    try {
      await work();
    } catch (error) {
      this.#say(/** @type {Error} */ (error).message, true);
    }
  }

  async #join() {
    this.#part("again").hidden = true;
    this.#part("tools").hidden = this.#hub === null;
    const offered = this.#hub && this.#offer(this.#hub);
    if (await offered?.then(() => this.#hub).catch(() => null)) return;
    // The hub that was here before answers no more; another one may.
    this.leave();
    this.#hub = null;
    this.#part("tools").hidden = true;
    this.#say(t("Looking for a SAMP hub on this computer… It may ask you for permission."));
    const { portal, release } = this.page;
    const about = {
      "samp.name": `${portal} ${release.label}`,
      "samp.description.text": t("A data release in the browser"),
      "samp.documentation.url": location.href.split(/[?#]/)[0],
    };
    /** @type {Record<string, (params: any) => Promise<void>>} */
    const handlers = this.onTable ? { "table.load.votable": (params) => this.#receive(params) } : {};
    try {
      this.#hub = await Hub.join(about, handlers, () => this.#lost());
    } catch {
      this.#part("again").hidden = false;
      return this.#say(
        t("No SAMP hub answers. Start TOPCAT or Aladin on this computer, then look again."),
        true,
      );
    }
    this.#part("tools").hidden = false;
    return this.#offer(this.#hub);
  }

  #lost() {
    this.#hub = null;
    this.#part("tools").hidden = true;
    this.#part("again").hidden = false;
    this.#say(t("The SAMP hub has ended."), true);
  }

  /** Another program sent a table. @param {any} params */
  async #receive(params) {
    const blob = await /** @type {Hub} */ (this.#hub).fetch(String(params.url));
    const name = String(params.name || params["table-id"] || "SAMP").replace(/\.\w{1,8}$/, "");
    this.onTable?.(new File([blob], `${name.slice(0, 60)}.vot`));
    this.dialog.close();
  }

  /** Show the connected programs, and what can be sent to them. @param {Hub} hub */
  async #offer(hub) {
    this.#say(t("Connected to the SAMP hub."));
    const { shown } = this.view;
    const position = shown?.recipe?.form?.position;
    const [pointing, loading] = await Promise.all([POINT, LOAD].map((mtype) => hub.listeners(mtype)));
    /** @type {[string, {id: string, name: string}[], boolean][]} */
    const rows = [
      ["point", pointing, Boolean(position && hasBoth(this.view, position))],
      ["files", loading, Boolean(shown?.recipe?.form)],
    ];
    for (const [name, clients, possible] of rows) {
      const select = /** @type {HTMLSelectElement} */ (this.#part(`${name}-to`));
      select.replaceChildren(
        new Option(t("all programs"), ""),
        ...clients.map(({ id, name }) => new Option(name, id)),
      );
      this.#part(name).disabled = !possible || clients.length === 0;
      this.#part(`${name}-row`).hidden = !possible;
    }
    this.#part("nobody").hidden = pointing.length + loading.length > 0;
  }

  async #point() {
    const [ra, dec] = await place(this.view);
    const message = { "samp.mtype": POINT, "samp.params": { ra: String(ra), dec: String(dec) } };
    await this.#hub?.send(this.#part("point-to").value, message);
    this.#say(t("Sent: {what}", { what: `${ra}, ${dec}` }));
  }

  async #sendFiles() {
    const { base } = this.page;
    const name = this.view.shown?.recipe?.form?.name ?? "";
    const script = new URL(`${base}data/${name}/catalogue.js`, location.href).href;
    const { partitions } = await describe(name, script);
    if (partitions.length > MOST_FILES)
      throw new Error(
        t("The catalogue has {n} files: too many to send one by one.", { n: partitions.length }),
      );
    for (const [i, { path }] of partitions.entries()) {
      const url = `${placeOf(base, location.href)}/data/${name}/${path}`;
      const title = partitions.length > 1 ? `${name} ${i + 1}/${partitions.length}` : name;
      const params = { url, format: "parquet", name: title, "table-id": url };
      await this.#hub?.send(this.#part("files-to").value, { "samp.mtype": LOAD, "samp.params": params });
    }
    this.#say(t("Sent: {what}", { what: name }));
  }
}

/** @param {ResultsView} view @param {{ra: string, dec: string}} position */
const hasBoth = ({ shown }, { ra, dec }) =>
  [ra, dec].every((name) => shown?.hits.fields.some((field) => field.name === name)) &&
  (shown?.hits.matching ?? 0) > 0;

/** The position of the first row on screen. @param {ResultsView} view @returns {Promise<number[]>} */
async function place(view) {
  const { shown } = view;
  const position = shown?.recipe?.form?.position;
  if (!shown || !position) throw new Error(t("no rows"));
  const { first } = view.visible();
  const extract = new Extract(shown.hits, shown.hits.where, shown.order(shown.sort), 1, {
    first,
    last: first,
  });
  for await (const rows of extract.rows([position.ra, position.dec])) if (rows[0]) return rows[0].map(Number);
  throw new Error(t("no rows"));
}
