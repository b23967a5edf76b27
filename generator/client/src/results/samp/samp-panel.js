/** The window for SAMP: look for a hub when the reader asks, send it what can be sent, take tables from it. */
import { onDisk } from "../../reading/scripts.js";
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

/** @param {ResultsView} view @param {Page} page @param {((list: File) => void) | null} onTable a table came; null: this page has no use for one */
export function offerSamp(view, page, onTable) {
  const item = document.querySelector('[data-take="samp"]');
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("samp-dialog"));
  if (onDisk()) {
    item?.parentElement?.setAttribute("hidden", "");
    return;
  }
  const part = (/** @type {string} */ name) =>
    /** @type {any} */ (dialog.querySelector(`[data-samp="${name}"]`));
  /** @type {HTMLElement} */
  const state = part("state");
  /** @type {Hub | null} */
  let hub = null;

  const say = (/** @type {string} */ text, bad = false) => {
    state.textContent = text;
    state.classList.toggle("error-text", bad);
  };
  const attempt = async (/** @type {() => Promise<unknown>} */ work) => {
    try {
      await work();
    } catch (error) {
      say(/** @type {Error} */ (error).message, true);
    }
  };

  const join = async () => {
    part("again").hidden = true;
    part("tools").hidden = hub === null;
    if (hub) return offer();
    say(t("Looking for a SAMP hub on this computer… It may ask you for leave."));
    const about = {
      "samp.name": `${page.portal} ${page.release.label}`,
      "samp.description.text": t("A data release in the browser"),
      "samp.documentation.url": location.href.split(/[?#]/)[0],
    };
    const lost = () => {
      hub = null;
      part("tools").hidden = true;
      part("again").hidden = false;
      say(t("The SAMP hub has ended."), true);
    };
    const receive = async (/** @type {any} */ params) => {
      const blob = await /** @type {Hub} */ (hub).fetch(String(params.url));
      const name = String(params.name || params["table-id"] || "SAMP").replace(/\.\w{1,8}$/, "");
      onTable?.(new File([blob], `${name.slice(0, 60)}.vot`));
      dialog.close();
    };
    /** @type {Record<string, (params: any) => Promise<void>>} */
    const handlers = onTable ? { "table.load.votable": receive } : {};
    try {
      hub = await Hub.join(about, handlers, lost);
    } catch {
      part("again").hidden = false;
      return say(t("No SAMP hub answers. Start TOPCAT or Aladin on this computer, then look again."), true);
    }
    part("tools").hidden = false;
    return offer();
  };

  /** Who is there, and what can be sent to them. */
  const offer = async () => {
    say(t("Connected to the SAMP hub."));
    const { shown } = view;
    const position = shown?.recipe?.form?.position;
    const [pointing, loading] = await Promise.all(
      [POINT, LOAD].map((mtype) => /** @type {Hub} */ (hub).listeners(mtype)),
    );
    /** @type {[string, {id: string, name: string}[], boolean][]} */
    const rows = [
      ["point", pointing, Boolean(position && hasBoth(view, position))],
      ["files", loading, Boolean(shown?.recipe?.form)],
    ];
    for (const [name, clients, possible] of rows) {
      const select = /** @type {HTMLSelectElement} */ (part(`${name}-to`));
      select.replaceChildren(
        new Option(t("all programs"), ""),
        ...clients.map(({ id, name }) => new Option(name, id)),
      );
      part(name).disabled = !possible || clients.length === 0;
      part(`${name}-row`).hidden = !possible;
    }
    part("nobody").hidden = pointing.length + loading.length > 0;
  };

  item?.addEventListener("click", () => {
    dialog.showModal();
    attempt(join);
  });
  part("again").addEventListener("click", () => attempt(join));
  part("point").addEventListener("click", () =>
    attempt(async () => {
      const [ra, dec] = await place(view);
      const message = { "samp.mtype": POINT, "samp.params": { ra: String(ra), dec: String(dec) } };
      await hub?.send(part("point-to").value, message);
      say(t("Sent: {what}", { what: `${ra}, ${dec}` }));
    }),
  );
  part("files").addEventListener("click", () =>
    attempt(async () => {
      const name = view.shown?.recipe?.form?.name ?? "";
      const { partitions } = await describe(
        name,
        new URL(`${page.base}data/${name}/catalogue.js`, location.href).href,
      );
      if (partitions.length > MOST_FILES)
        throw new Error(
          t("The catalogue has {n} files: too many to send one by one.", { n: partitions.length }),
        );
      for (const [i, { path }] of partitions.entries()) {
        const url = `${placeOf(page.base, location.href)}/data/${name}/${path}`;
        const title = partitions.length > 1 ? `${name} ${i + 1}/${partitions.length}` : name;
        const params = { url, format: "parquet", name: title, "table-id": url };
        await hub?.send(part("files-to").value, { "samp.mtype": LOAD, "samp.params": params });
      }
      say(t("Sent: {what}", { what: name }));
    }),
  );
  addEventListener("pagehide", () => hub?.leave());
}

/** @param {ResultsView} view @param {{ra: string, dec: string}} position */
const hasBoth = ({ shown }, { ra, dec }) =>
  [ra, dec].every((name) => shown?.hits.fields.some((field) => field.name === name)) &&
  (shown?.hits.matching ?? 0) > 0;

/** The place of the first row on screen. @param {ResultsView} view @returns {Promise<number[]>} */
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
