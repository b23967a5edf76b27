/** A name asked of Sesame, the resolver of the CDS, or of a mirror of it: only where portal.toml allows it, and the reader asks for it. */
import { whileHere } from "../../shared/leaving.js";
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";

/** Milliseconds after which there will be no answer. */
const PATIENCE = 15_000;

/** The position in an answer in plain text. @param {string} answer @returns {{ra: number, dec: number} | null} */
export function readAnswer(answer) {
  const found = /^%J(?:\.\w)?\s+(\d+(?:\.\d*)?)\s+([+-]?\d+(?:\.\d*)?)/m.exec(answer);
  const [ra, dec] = found ? [Number(found[1]), Number(found[2])] : [NaN, NaN];
  return ra >= 0 && ra <= 360 && Math.abs(dec) <= 90 ? { ra, dec } : null;
}

/**
 * @param {string} resolver its address @param {string} name
 * @returns {Promise<import("./objects.js").Named>} throws Refused
 */
export async function askSesame(resolver, name) {
  const host = new URL(resolver).hostname;
  /** @type {string} */
  let text;
  try {
    text = await whileHere(async () => {
      const answer = await fetch(`${resolver}/-oI/SNV?${encodeURIComponent(name)}`, {
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    });
  } catch (error) {
    throw new Refused(
      t("{host} did not answer: {message}", { host, message: /** @type {Error} */ (error).message }),
    );
  }
  const place = readAnswer(text);
  if (!place) throw new Refused(t("{host} does not know “{name}”.", { host, name }));
  return { names: [name], ...place, source: host };
}
