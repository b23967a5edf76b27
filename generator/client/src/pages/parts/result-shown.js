/** A statement of Python as a result of the SQL page: the table with its plots and downloads, below the notebook. */
import { openCatalogue, openPlanned } from "../../catalogue/catalogue.js";
import { openFiles } from "../../catalogue/files.js";
import { makePlots } from "../../results/plots/plots-button.js";
import { Asker } from "../../results/query/confirm.js";
import { execute } from "../../results/query/execute.js";
import { CAP, Hits } from "../../results/query/hits.js";
import { described } from "../../results/query/read-columns.js";
import { offerElsewhere } from "../../results/recipes/elsewhere.js";
import { sourceOf } from "../../results/recipes/question.js";
import { ResultsView } from "../../results/view.js";
import { ordering } from "../../search/conditions.js";
import { macrosIn } from "../../search/sql/macros.js";
import { namedIn, readStatement } from "../../search/sql/statements.js";
import { aboutPage } from "../../shared/page.js";
import { t } from "../../shared/strings.js";
import { rowSpectra, spectrumLink } from "../../spectrum/spectra-links.js";

export class ResultShown {
  /** @type {AbortController | null} */
  #running = null;
  /** @type {import("../../results/export/votable.js").Field[]} */
  #fields = [];

  /**
   * @param {import("../../shared/page.js").Page} page
   * @param {import("../../formats.d.ts").ConsoleSchema[]} schemas
   * @param {() => Promise<import("../../engine/engine.js").Engine>} engine
   */
  constructor(page, schemas, engine) {
    this.page = page;
    this.schemas = schemas;
    this.engine = engine;
    this.place = /** @type {HTMLElement} */ (document.getElementById("shown-result"));
    this.asker = new Asker(page.ask);
    this.view = new ResultsView({
      onSort: async () => false,
      onColumns: async (names) =>
        names.flatMap((name) => this.#fields.find((field) => field.name === name) ?? []),
      onCancel: () => this.#running?.abort(),
    });
    makePlots(this.view);
    offerElsewhere(this.view, page);
  }

  /** @param {string} sql */
  async show(sql) {
    this.#running?.abort();
    const controller = (this.#running = new AbortController());
    const { view } = this;
    this.place.hidden = false;
    view.begin();
    try {
      await this.#find(sql, controller);
      this.place.scrollIntoView({ block: "start" });
    } catch (error) {
      const message = /** @type {Error} */ (error).message;
      view.clear();
      view.say(
        controller.signal.aborted ? t("Cancelled.") : t("Nothing was found: {message}", { message }),
        true,
      );
    } finally {
      if (this.#running === controller) {
        this.#running = null;
        view.end();
      }
    }
  }

  /** @param {string} sql @param {AbortController} controller */
  async #find(sql, controller) {
    const { page, view } = this;
    const { signal } = controller;
    const statement = readStatement(sql);
    const found = await execute(statement, {
      engine: this.engine,
      catalogue: (name) => openCatalogue(this.engine(), name, page),
      describe: async (name) => (await openFiles(name, page)).meta,
      catalogues: page.catalogues,
      ask: (bytes) => this.asker.ask(bytes, controller),
      enough: this.asker.much,
      signal,
      onProgress: (loaded, total) => view.progress(loaded, total, "data"),
    });
    const read = namedIn(statement.words, this.schemas);
    const columns = found.fields.flatMap((field) => described(field, read) ?? []);
    this.#fields = found.fields.map((field) => {
      const { unit, ucd, description, missing } = columns.find(({ name }) => name === field.name) ?? {};
      return { ...field, unit, ucd, description, missing };
    });
    const hits = new Hits(await this.engine(), this.#fields, found.total, found.kept);
    const names = this.#fields.map(({ name }) => name);
    const all = await Promise.all(read.map(({ name }) => openPlanned(this.engine(), name, page)));
    const position =
      all
        .map(({ meta }) => meta.position)
        .find((at) => at && names.includes(at.ra) && names.includes(at.dec)) ?? null;
    await view.show(
      {
        hits,
        sort: [],
        order: (sort) => ordering(sort, columns, hits.own),
        columns: names,
        about: aboutPage(page, "sql", statement.sql),
        recipe: {
          sql: statement.sql,
          catalogues: all.map((catalogue) => sourceOf(catalogue, statement.words)),
          macros: macrosIn(statement.words, page.spectra),
        },
        spectra: rowSpectra(page, names, read.length === 1 ? read[0].name : null),
        linkOf: (text) => spectrumLink(page, text),
        position,
      },
      found.seconds,
      found.total > found.kept ? t("There are more rows: only the first {n} are kept here.", { n: CAP }) : "",
    );
  }
}
