/**
 * A catalogue of another site, as a catalogue to match with: a folder of HATS, a catalogue of another portal, or a Parquet file. Only sites
 * that portal.toml names can be read, and of them only the description of the catalogue, its list of partitions and its partitions.
 */
import { HttpRanges } from "../../reading/sources/http.js";
import { hostOf } from "../../reading/sources/host.js";
import { WHOLE } from "../../reading/tiles.js";
import { Refused } from "../../search/grammar.js";
import { whileHere } from "../../shared/leaving.js";
import { t } from "../../shared/strings.js";
import { describedIn } from "./columns.js";
import { Foreign } from "./foreign.js";
import { isCatalogue, listedParts, readProperties } from "./layout.js";

/** @typedef {{ signal?: AbortSignal }} Options */

/** Descriptions and lists are smaller. */
const MOST = 64 << 20;
const FILE = /\/[^/]+\.(?:parquet|parq|pq)$/i;
/** Pages of a portal about a catalogue, and the folder of its data from that of the release. */
const PAGE = /^(.*?\/)(?:[a-z]{2,3}(?:-\w+)*\/)?(?:catalogues\/([^/]+)\.html|(?:search|sql)\.html)$/;

/**
 * @param {string} text address of a folder of HATS, of a Parquet file, or of a page of another portal about a catalogue
 * @returns {URL} of the folder, which ends in "/", or of the file; throws Refused
 */
export function placeAt(text) {
  if (!URL.canParse(text)) throw new Refused(t("“{text}” is not an address.", { text }));
  const url = new URL(text);
  const [, release, named] = PAGE.exec(url.pathname) ?? [];
  const name = named ?? url.searchParams.get("catalogue");
  if (release && name) url.pathname = `${release}data/${name}/`;
  url.search = url.hash = "";
  if (!FILE.test(url.pathname)) url.pathname = url.pathname.replace(/\/*$/, "/");
  return url;
}

/**
 * @param {import("./foreign.js").Catalogue["engine"]} engine @param {string} text @param {Options} options
 * @returns {Promise<Foreign>} throws Refused
 */
export function openSite(engine, text, options) {
  const url = placeAt(text);
  return whileHere(() => open(engine, url, options), options.signal);
}

/** @param {import("./foreign.js").Catalogue["engine"]} engine @param {URL} url @param {Options} options */
async function open(engine, url, options) {
  const found = FILE.test(url.pathname) ? singleFile(url) : await hats(url, options);
  const [first] = found.parts;
  if (first) await probe(new URL(first.path, found.root), options);
  const rows = new Map(found.parts.map((part) => [part.path, "rows" in part ? Number(part.rows) : 0]));
  // Several ranges in one request need the permission of most hosts, which they rarely give.
  hostOf(found.root).several = false;
  const sizes = new Map();
  return Foreign.open(
    engine,
    {
      ...found,
      source: (paths) => {
        const own = (/** @type {string} */ path) => paths.get(path) ?? path;
        return new HttpRanges(found.root, (path) => sizes.get(own(path)), own);
      },
      size: async (path, signal) => {
        if (!sizes.has(path)) {
          const address = new URL(path, found.root);
          sizes.set(path, await whileHere(() => sizeOf(address, { signal }), signal));
        }
        return sizes.get(path);
      },
      rows: ({ path }) => rows.get(path) ?? 0,
      elsewhere: {
        kind: "site",
        name: url.href,
        files: found.parts.map(({ path }) => new URL(path, found.root).href),
        hats: !FILE.test(url.pathname),
      },
    },
    options,
  );
}

/** @param {URL} url */
function singleFile(url) {
  const root = new URL(".", url).href;
  return {
    root,
    parts: [{ path: url.href.slice(root.length), low: null, high: null }],
    properties: new Map(),
    described: [],
  };
}

/** @param {URL} url @param {Options} options @param {boolean} [inside] whether a collection has named it */
async function hats(url, options, inside = false) {
  const read = (/** @type {string} */ name) => textAt(new URL(name, url), options);
  const text = (await read("hats.properties")) ?? (await read("properties"));
  if (text === null) {
    const collection = inside ? null : await read("collection.properties");
    const primary = readProperties(collection ?? "").get("hats_primary_table_url");
    const inner = primary && new URL(primary.replace(/\/*$/, "/"), url);
    if (!inner || inner.origin !== url.origin) throw nothingAt(url);
    return hats(inner, options, true);
  }
  const properties = readProperties(text);
  if (!isCatalogue(properties))
    throw new Refused(t("This folder has no catalogue, only margins or pairs of one."));
  const list = await read("partition_info.csv");
  if (list === null) throw nothingAt(url);
  // Only portals have it; a browser reports files that are not there as errors.
  const about = /drportal/.test(properties.get("hats_builder") ?? "") ? await read("catalogue.json") : null;
  return { root: url.href, parts: listedParts(list, properties), properties, described: described(about) };
}

/** A host may answer for a file that is not there as if it did not let pages read it. @param {URL} url */
const nothingAt = ({ href }) =>
  new Refused(
    t(
      "No HATS catalogue can be read at {address}: there is none, the host cannot be reached, or it does not let pages of other sites read its files (CORS). Otherwise download it and choose its folder.",
      { address: href },
    ),
  );

/** @param {string | null} text */
function described(text) {
  try {
    return describedIn(JSON.parse(text ?? "null"));
  } catch {
    return [];
  }
}

/** @param {URL} url @param {RequestInit} request @returns {Promise<Response>} throws Refused where the browser gets no answer */
async function ask(url, request) {
  try {
    return await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", ...request });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new Refused(
      t(
        "{address} does not answer this page: the host cannot be reached, or does not let pages of other sites read its files (CORS). Download the catalogue and choose its folder.",
        { address: url.href },
      ),
    );
  }
}

/** @param {URL} url @param {Response} answer */
const failed = (url, { status }) =>
  new Refused(t("{address} answers with status {status}.", { address: url.href, status }));

/** @param {URL} url @param {Options} options @returns {Promise<string | null>} null where no such file can be read */
async function textAt(url, { signal }) {
  const answer = await ask(url, { signal }).catch((error) => {
    if (error instanceof Refused) return null;
    throw error;
  });
  if (!answer || [403, 404, 410].includes(answer.status)) return null;
  if (!answer.ok) throw failed(url, answer);
  if (Number(answer.headers.get("content-length")) > MOST) throw new Refused(t("The file is too large."));
  return answer.text();
}

/** @param {URL} url @param {Options} options */
async function sizeOf(url, { signal }) {
  const answer = await ask(url, { method: "HEAD", signal });
  if (!answer.ok) throw failed(url, answer);
  const size = Number(answer.headers.get("content-length"));
  if (!(size > 0))
    throw new Refused(
      t("{address} does not say how large it is. Download the catalogue and choose its folder.", {
        address: url.href,
      }),
    );
  return size;
}

/** Ask for the first bytes, before anything large is read: hosts that send whole files instead are of no use. @param {URL} url @param {Options} options */
async function probe(url, { signal }) {
  const stop = new AbortController();
  signal?.addEventListener("abort", () => stop.abort());
  const answer = await ask(url, { headers: { range: "bytes=0-3" }, signal: stop.signal });
  const { status } = answer;
  if (status === 206) return void answer.body?.cancel().catch(() => {});
  stop.abort();
  if (!answer.ok) throw failed(url, answer);
  if (!(Number(answer.headers.get("content-length")) <= WHOLE))
    throw new Refused(
      t(
        "The host of {address} does not send parts of files (HTTP ranges). Download the catalogue and choose its folder.",
        { address: url.href },
      ),
    );
}
