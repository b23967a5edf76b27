/** DuckDB's types that Arrow's format does not carry. */

/** Words of a type as DuckDB writes it; each quoted name or value is one word. */
const WORDS = /"(?:[^"]|"")*"|'(?:[^']|'')*'|[A-Z]+(?: [A-Z]+)*|[^"'A-Z]/g;
/**
 * Types that Arrow's format does not carry unchanged: an INTERVAL has only its months, a TIME WITH TIME ZONE loses its
 * zone, a BIT arrives as bytes, a UHUGEINT with its highest bit as a sign, an ENUM in batches without its words.
 */
const UNCARRIED =
  /^(?:INTERVAL|BIT|TIME WITH TIME ZONE|UHUGEINT|BIGNUM|VARINT|VARIANT|GEOMETRY|TYPE|ENUM|UNION)$/;

/**
 * The type to cast a column to before it is read: the same, or one with text in place of types that would be wrong.
 * @param {string} type as `DESCRIBE` names it
 */
export function carried(type) {
  let out = "";
  let depth = 0;
  let skipped = false; // inside the brackets of a type that is replaced by text
  for (const [word] of type.matchAll(WORDS)) {
    if (skipped) {
      depth += word === "(" ? 1 : word === ")" ? -1 : 0;
      skipped = depth > 0;
      continue;
    }
    if (UNCARRIED.test(word)) {
      out += "VARCHAR";
      skipped = /^(?:ENUM|UNION)$/.test(word);
    } else out += word;
  }
  return out;
}
