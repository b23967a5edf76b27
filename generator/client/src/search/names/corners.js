/** Names of objects as corners of a polygon, one a line. */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { placeOfName } from "./name-box.js";

/**
 * The same corners with the position in place of each name.
 * @param {string} text @param {typeof placeOfName} [find]
 * @returns {Promise<string>} throws Refused for a name that is not known
 */
export async function withPlaces(text, find = placeOfName) {
  // one line of numbers has all corners
  if (!text.includes("\n") || !/\p{L}/u.test(text)) return text;
  const lines = text.split("\n").map(async (line, i) => {
    try {
      const place = await find(line.replace(/[,;\s]+$/, ""));
      return place ? `${place.ra} ${place.dec}` : line;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new Refused(t("Line {line}: {message}", { line: i + 1, message: error.message }));
    }
  });
  return (await Promise.all(lines)).join("\n");
}
