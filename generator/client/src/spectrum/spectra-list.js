/**
 * The list of spectra that a reader came from, so that a spectrum's page can go to the previous and the next one. It is kept in
 * the tab's storage; where pages do not share one (from disk) or a new tab is opened, it is in the link.
 *
 * @typedef {object} List
 * @property {string} set whose spectra they are
 * @property {string[]} ids in the order of the page they came from
 * @property {string} back relative address of that page; "" where unknown
 */
import { onDisk } from "../reading/scripts.js";

export const KEY = "drportal.list";
/** Most ids in a link: addresses of some 2,000 characters work everywhere. */
export const MOST_IN_LINK = 200;
/** Most ids in the storage, which has about 5 MB for all pages of a site. */
const MOST = 20_000;
/** Limits for lists from outside. */
const LONGEST_ID = 200;
const LONGEST_BACK = 4000;

/**
 * The address of a spectrum or object, including the list.
 * @param {string} address such as `spectrum.html?obsid=101001`
 * @param {List} list @param {string} id the one of them to show
 * @returns {string}
 */
export function linkWith(address, { set, ids, back }, id) {
  if (ids.length < 2) return address;
  const near = around(ids, id, MOST_IN_LINK);
  const parts = [`list=${encodeURIComponent(set)}:${near.map(encodeURIComponent).join(",")}`];
  if (back && back.length <= LONGEST_BACK / 4) parts.push(`back=${encodeURIComponent(back)}`);
  return `${address}&${parts.join("&")}`;
}

/**
 * Make a link pass the list on: by the storage where it is followed in this tab, otherwise in its address.
 * @param {HTMLAnchorElement} link @param {string} release its id @param {List} list @param {string} id
 */
export function handOver(link, release, list, id) {
  const plain = link.getAttribute("href") ?? "";
  const inLink = linkWith(plain, list, id);
  if (onDisk()) {
    link.href = inLink;
    return;
  }
  const follow = (/** @type {MouseEvent} */ event) => {
    const here = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
    link.href = here && writeList(release, list, id) ? plain : inLink;
  };
  // The press comes before a menu or a new tab is opened; a click by the keyboard comes without one.
  for (const what of /** @type {const} */ (["pointerdown", "click", "auxclick", "contextmenu"]))
    link.addEventListener(what, follow);
}

/**
 * @param {string} release its id: several releases may share an origin @param {List} list
 * @param {string} id the one that is opened; of a long list those around it are kept
 * @param {Storage} [storage]
 * @returns {boolean} false where the browser does not store it
 */
export function writeList(release, { set, ids, back }, id, storage) {
  try {
    const kept = { release, set, ids: around(ids, id, MOST), back };
    (storage ?? sessionStorage).setItem(KEY, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

/**
 * The list from which a page was opened, if it contains the spectrum shown.
 * @param {string} release its id @param {string} set @param {string} id the spectrum shown, as text
 * @param {string} [search] of the page's address @param {Storage} [storage]
 * @returns {List | null}
 */
export function readList(release, set, id, search = location.search, storage = undefined) {
  for (const list of [fromLink(search), fromStorage(release, storage)])
    if (list && list.set === set && list.ids.includes(id)) return list;
  return null;
}

/** @param {string} search @returns {List | null} */
function fromLink(search) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const part of search.replace(/^\?/, "").split("&")) {
    const [name, value = ""] = part.split(/=(.*)/s);
    if (name === "list" || name === "back") found[name] ??= value;
  }
  const [set, ids] = (found.list ?? "").split(/:(.*)/s);
  if (!ids) return null;
  try {
    const list = {
      set: decodeURIComponent(set),
      ids: ids.split(",").map(decodeURIComponent),
      back: decodeURIComponent(found.back ?? ""),
    };
    return list.ids.length <= MOST_IN_LINK ? checked(list) : null;
  } catch {
    return null;
  }
}

/** @param {string} release @param {Storage} [storage] @returns {List | null} */
function fromStorage(release, storage) {
  try {
    const list = JSON.parse((storage ?? sessionStorage).getItem(KEY) ?? "null");
    return list?.release === release ? checked(list) : null;
  } catch {
    return null;
  }
}

/** @param {any} list @returns {List | null} null where this module has not written it */
function checked({ set, ids, back }) {
  if (typeof set !== "string" || !/^[a-z0-9_]{1,64}$/.test(set)) return null;
  if (!Array.isArray(ids) || ids.length > MOST || !ids.every(isId)) return null;
  return { set, ids, back: isPage(back) ? back : "" };
}

/** @param {unknown} id */
const isId = (id) =>
  typeof id === "string" && id.length > 0 && id.length <= LONGEST_ID && !/\p{Cc}/u.test(id);

/** A page of this site in the folder of the current one; "" for anything else. @param {unknown} back */
const isPage = (back) =>
  typeof back === "string" &&
  back.length <= LONGEST_BACK &&
  /^(search|sql|spectrum|object|gallery)\.html(\?[^\s#"'<>\\]*)?$/.test(back);

/** At most so many of a list, with one of them in the middle. @param {string[]} ids @param {string} id @param {number} most */
function around(ids, id, most) {
  if (ids.length <= most) return ids;
  const at = Math.max(0, ids.indexOf(id));
  const first = Math.min(Math.max(0, at - (most >> 1)), ids.length - most);
  return ids.slice(first, first + most);
}
