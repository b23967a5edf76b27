/** Names as they are written in SQL. */

/** A name with quotes only where they are needed. @param {string} name */
export function insertable(name) {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** DuckDB's reserved words. */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default
  deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect
  into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary qualify
  references returning select show some summarize symmetric table then to trailing true union unique unpivot using variadic
  when where window with authorization binary collation concurrently cross freeze full glob ilike inner is isnull join left
  like map natural notnull outer overlaps positional right semi similar tablesample anti asof struct try_cast values`.split(
    /\s+/,
  ),
);
