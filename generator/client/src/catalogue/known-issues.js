/** Known issues of a catalogue, and the rows that each one affects. */
import { fromScript } from "../reading/scripts.js";
import { shared } from "../shared/once.js";

/** @typedef {Omit<import('../formats.d.ts').RowIssue, "title" | "ids"> & {title: string}} Issue in the page's language */

/** @type {Map<string, Promise<KnownIssues>>} */
const loaded = new Map();

/**
 * The issues of a catalogue, null where none are known or they cannot be loaded: rows are shown in any case.
 * @param {{base: string, lang: string, catalogues: {name: string, issues?: string | null}[]}} page @param {string} catalogue
 * @returns {Promise<KnownIssues | null>}
 */
export function knownIssues(page, catalogue) {
  const script = page.catalogues.find(({ name }) => name === catalogue)?.issues;
  if (!script) return Promise.resolve(null);
  const address = new URL(page.base + script, location.href).href;
  return shared(loaded, catalogue, async () => {
    const data = await fromScript(address, `chunk known-issues ${catalogue}`);
    return new KnownIssues(data, page.lang);
  }).catch(() => null);
}

export class KnownIssues {
  /**
   * @param {{id: string | null, issues: (Omit<Issue, "title"> & {title: Record<string, string>, ids: string | string[] | null})[]}} data
   * @param {string} lang
   */
  constructor({ id, issues }, lang) {
    /** The column of ids. */
    this.id = id;
    /** @type {Issue[]} */
    this.all = issues.map(({ title, ids: _, ...issue }) => ({ ...issue, title: title[lang] ?? issue.name }));
    /** Files with ids, from the release's folder. */
    this.files = issues.flatMap(({ ids, name }) => (ids === null ? [] : [`known-issues/${name}.csv`]));
    /** @type {Map<string, Issue[]>} */
    this.byId = new Map();
    issues.forEach(({ ids }, i) => {
      for (const one of each(ids)) this.byId.set(one, [...(this.byId.get(one) ?? []), this.all[i]]);
    });
  }

  /** Issues that affect a row. @param {unknown} id @returns {Issue[]} */
  of(id) {
    return id === null || id === undefined ? [] : (this.byId.get(String(id)) ?? []);
  }
}

/** Numbers are stored as differences from the previous one. @param {string | string[] | null} ids */
function* each(ids) {
  if (typeof ids !== "string") return yield* ids ?? [];
  let id = 0n;
  for (const step of ids.split(" ").filter(Boolean)) yield String((id += BigInt(step)));
}

/** @param {Issue} issue */
export const issueAddress = ({ name }) => `issues.html#${name}`;
