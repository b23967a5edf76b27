/** A name in place of the position in `cone` of an address: `cone=M31,600`. */
import { Refused } from "../../search/grammar.js";
import { nameIn } from "../../search/names/named.js";
import { placeOfName } from "../../search/names/name-box.js";
import { CONE_RADIUS } from "../../search/position.js";

/** Whether the address has such a name. @param {string} query */
export const hasName = (query) => nameIn(new URLSearchParams(query).get("cone") ?? "") !== null;

/**
 * The same address with the position.
 * @param {string} query
 * @returns {Promise<{query: string, found: NonNullable<Awaited<ReturnType<typeof placeOfName>>>} | null>} null where the name is not known
 */
export async function withPlace(query) {
  const parameters = new URLSearchParams(query);
  try {
    const found = await placeOfName(parameters.get("cone") ?? "");
    if (!found) return null;
    const cone = [found.ra, found.dec, found.radius ?? CONE_RADIUS].join(",");
    const written = query
      .replace(/^\?/, "")
      .split("&")
      .map((part) => (part.startsWith("cone=") ? `cone=${cone}` : part));
    return { query: written.join("&"), found };
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
