/** Catalogues to match with: of this release, of other releases of the portal, of the reader's disk, of other sites. */
import { describe, describeBeside } from "../../reading/description.js";
import { openVault } from "../../reading/sources/sealed-files.js";
import { agreeTo } from "../../results/query/confirm.js";
import { sourceOf } from "../../results/recipes/question.js";
import { Refused } from "../../search/grammar.js";
import { FILE, FOLDER, SITE } from "../../search/targets/match-link.js";
import { lazily } from "../../shared/lazy.js";
import { shared } from "../../shared/once.js";
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("../../search/form/form.js").SearchForm} SearchForm
 * @typedef {import("../../search/targets/match-link.js").MatchSearch} MatchSearch
 * @typedef {Pick<MatchSearch, "release" | "catalogue">} With
 * @typedef {import("../../results/query/find-matches.js").Other} Other
 * @typedef {import("../../results/recipes/question.js").Question} Question
 * @typedef {{ signal?: AbortSignal, onProgress?: (read: number, all: number) => void }} Options
 */

const sky = lazily(() => import("../../search/sql/macros.js"));
const picked = lazily(() => import("../../results/query/picked-table.js"));
const folders = lazily(() => import("../../results/foreign/folder.js"));
const sites = lazily(() => import("../../results/foreign/other-site.js"));

/** A name for columns. @param {string} text */
const plain = (text) => text.replace(/\W+/g, "_").replace(/^_+|_+$/g, "") || "other";

export class Others {
  /** Opened from elsewhere, by address or files. @type {Map<unknown, Promise<Other>>} */
  #foreign = new Map();

  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
  }

  /** Let the reader choose columns in a form. @param {SearchForm} form */
  offerColumns(form) {
    if (form.match) form.match.columnsOf = (asked) => this.columns(form, asked);
  }

  /**
   * @param {SearchForm} form @param {With} match @param {Options} options
   * @returns {Promise<{ other: Other, prefix: string }>} prefix: of the names of its columns; throws Refused
   */
  async open(form, match, options) {
    const place = placeOf(form, match);
    const { catalogue: name, release } = match;
    const elsewhere = { [FILE]: this.#file, [FOLDER]: this.#folder, [SITE]: this.#site }[release];
    if (elsewhere) return elsewhere.call(this, form, name, options);
    if (!place) return { other: await this.session.planned(name), prefix: name };
    refuseSealed();
    const slug = release.replace(/\W+/g, "_");
    const folder = `_${slug}__${name}`;
    // Both descriptions arrive under the name of their catalogue: one after the other.
    await this.session.planned(form.form.name);
    const other = await this.session.beside({ place, name, folder });
    return { other, prefix: name === form.form.name ? slug : name };
  }

  /** @param {SearchForm} form @param {string} name @param {Options} options */
  async #file({ form, match }, name, options) {
    const file = /** @type {File} */ (match?.file);
    const [{ openPicked }, engine] = await Promise.all([picked(), this.session.engine()]);
    return {
      other: await openPicked(engine, file, name, form, options),
      prefix: plain(name.replace(/\..*$/, "")),
    };
  }

  /** @param {SearchForm} form @param {string} name @param {Options} options */
  async #folder({ match }, name, { signal }) {
    const files = /** @type {File[]} */ (match?.folder);
    const [{ openFolder }, engine] = await Promise.all([folders(), this.session.engine()]);
    const other = await shared(this.#foreign, files, () => openFolder(engine, files, { signal }));
    return { other, prefix: plain(name) };
  }

  /** Nothing is asked of a host before the reader has seen its address. @param {SearchForm} _ @param {string} address @param {Options} options */
  async #site(_, address, { signal }) {
    refuseSealed();
    const { openSite, placeAt } = await sites();
    const { href, pathname } = placeAt(address);
    await agreeTo(href, signal);
    const engine = await this.session.engine();
    const other = await shared(this.#foreign, href, () => openSite(engine, href, { signal }));
    const last = pathname.split("/").filter(Boolean).at(-1) ?? "";
    return { other, prefix: plain(decodeURIComponent(last).replace(/\.\w+$/, "")) };
  }

  /**
   * The columns that a match can carry.
   * @param {SearchForm} form @param {With} match
   * @returns {Promise<import("../../search/targets/carried-input.js").Offered[]>} throws Refused
   */
  async columns(form, match) {
    const { release, catalogue: name } = match;
    const place = placeOf(form, match);
    const { root, page } = this.session;
    if (release === FILE) {
      const { columnsOfFile } = await picked();
      return columnsOfFile(/** @type {File} */ (form.match?.file));
    }
    if (release === FOLDER || release === SITE) return (await this.open(form, match, {})).other.columns;
    if (place) return (await describeBeside(name, place, new URL(place, root).href)).columns;
    const entry = page.catalogues.find((one) => one.name === name);
    return (await describe(name, root + entry?.script)).columns;
  }

  /**
   * A question for recipes, with the statement of its match.
   * @param {SearchForm} form @param {Question} question
   * @param {import("../../results/query/find-rows.js").Matched & { sql: string }} matched
   * @returns {Promise<Question | null>} null where it cannot be repeated elsewhere
   */
  async recipe(form, question, { other, prefix, sql }) {
    const match = question.search?.match;
    if (!match) return question;
    const place = placeOf(form, match);
    const folder = `${place}data/${match.catalogue}`;
    const { macrosIn } = await sky();
    const { elsewhere, meta } = other;
    const second = elsewhere
      ? { name: prefix, stored: other.stored, elsewhere }
      : { ...sourceOf(/** @type {any} */ (other)), ...(place ? { folder } : {}) };
    return {
      ...question,
      sql,
      catalogues: [...question.catalogues, second],
      macros: macrosIn(new Set(["near", "nearest"])),
      other: {
        folder,
        prefix,
        id: meta.id,
        position: meta.position,
        all: other.all,
        elsewhere: elsewhere ?? null,
      },
    };
  }
}

function refuseSealed() {
  if (openVault())
    throw new Refused(t("The releases of an encrypted edition cannot be matched with each other."));
}

/**
 * The path from this release's folder to that of the other one; "" for this one.
 * @param {SearchForm} form @param {With} match @returns {string} throws Refused
 */
const placeOf = (form, match) => form.match?.optionOf(match).dataset.place ?? "";
