/** Catalogues to match with: of this release, and of other releases of the portal. */
import { openVault } from "../../reading/sources/sealed-files.js";
import { sourceOf } from "../../results/recipes/question.js";
import { Refused } from "../../search/grammar.js";
import { FILE } from "../../search/targets/match-link.js";
import { lazily } from "../../shared/lazy.js";
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("../../search/form/form.js").SearchForm} SearchForm
 * @typedef {import("../../search/targets/match-link.js").MatchSearch} MatchSearch
 * @typedef {import("../../catalogue/catalogue.js").Catalogue} Catalogue
 * @typedef {import("../../results/recipes/question.js").Question} Question
 */

const sky = lazily(() => import("../../search/sql/macros.js"));

export class Others {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
  }

  /**
   * @param {SearchForm} form @param {MatchSearch} match
   * @returns {Promise<{ other: Catalogue, prefix: string } | { file: File, prefix: string }>} prefix: of the names of its columns; throws
   *   Refused
   */
  async open(form, match) {
    const place = placeOf(form, match);
    if (match.release === FILE && form.match?.file)
      return { file: form.match.file, prefix: match.catalogue.replace(/\..*$/, "").replace(/\W+/g, "_") };
    const { catalogue: name } = match;
    if (!place) return { other: await this.session.planned(name), prefix: name };
    if (openVault())
      throw new Refused(t("The releases of an encrypted edition cannot be matched with each other."));
    const slug = match.release.replace(/\W+/g, "_");
    const folder = `_${slug}__${name}`;
    // Both descriptions arrive under the name of their catalogue: one after the other.
    await this.session.planned(form.form.name);
    const other = await this.session.beside({ place, name, folder });
    return { other, prefix: name === form.form.name ? slug : name };
  }

  /**
   * A question for recipes, with the statement of its match.
   * @param {SearchForm} form @param {Question} question @param {string} sql
   * @returns {Promise<Question | null>} null where it cannot be repeated elsewhere
   */
  async recipe(form, question, sql) {
    const match = question.search?.match;
    if (!match) return question;
    const found = await this.open(form, match);
    if ("file" in found) return null;
    const { other, prefix } = found;
    const place = placeOf(form, match);
    const folder = `${place}data/${match.catalogue}`;
    const { macrosIn } = await sky();
    const second = { ...sourceOf(other), ...(place ? { folder } : {}) };
    return {
      ...question,
      sql,
      catalogues: [...question.catalogues, second],
      macros: macrosIn(new Set(["near", "nearest"])),
      other: { folder, prefix, id: other.meta.id, position: other.meta.position },
    };
  }
}

/**
 * The path from this release's folder to that of the other one; "" for this one.
 * @param {SearchForm} form @param {MatchSearch} match @returns {string} throws Refused
 */
const placeOf = (form, match) => form.match?.optionOf(match).dataset.place ?? "";
