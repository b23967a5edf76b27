/** Arrow types under the names that DuckDB's SQL has for them. */
import { DataType, TimeUnit } from "apache-arrow";

const INTEGERS = /** @type {Record<number, string>} */ ({
  8: "TINYINT",
  16: "SMALLINT",
  32: "INTEGER",
  64: "BIGINT",
});
const STAMPS = /** @type {Record<number, string>} */ ({
  [TimeUnit.SECOND]: "TIMESTAMP_S",
  [TimeUnit.MILLISECOND]: "TIMESTAMP_MS",
  [TimeUnit.MICROSECOND]: "TIMESTAMP",
  [TimeUnit.NANOSECOND]: "TIMESTAMP_NS",
});

/**
 * @param {any} type Arrow type
 * @returns {string} e.g. `BIGINT`, `DECIMAL(18,3)`, `FLOAT[]`, `STRUCT(a DOUBLE, b VARCHAR)`
 */
export function typeName(type) {
  if (DataType.isInt(type)) return (type.isSigned ? "" : "U") + INTEGERS[type.bitWidth];
  if (DataType.isFloat(type))
    return type.precision === 1 ? "FLOAT" : type.precision === 2 ? "DOUBLE" : "HALF";
  if (DataType.isDecimal(type)) return `DECIMAL(${type.precision},${type.scale})`;
  if (DataType.isBool(type)) return "BOOLEAN";
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return "VARCHAR";
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type))
    return "BLOB";
  if (DataType.isDate(type)) return "DATE";
  if (DataType.isTime(type)) return "TIME";
  if (DataType.isTimestamp(type)) return type.timezone ? "TIMESTAMPTZ" : STAMPS[type.unit];
  if (DataType.isInterval(type) || DataType.isDuration(type)) return "INTERVAL";
  if (DataType.isDictionary(type)) return typeName(type.dictionary);
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) return `${typeName(type.children[0].type)}[]`;
  if (DataType.isStruct(type))
    return `STRUCT(${type.children.map((/** @type {any} */ c) => `${c.name} ${typeName(c.type)}`).join(", ")})`;
  if (DataType.isMap(type)) {
    const [key, value] = type.children[0].type.children;
    return `MAP(${typeName(key.type)}, ${typeName(value.type)})`;
  }
  return DataType.isNull(type) ? "NULL" : String(type);
}

/** Words of a type as DuckDB writes it; names and values in quotes are one word each. */
const WORDS = /"(?:[^"]|"")*"|'(?:[^']|'')*'|[A-Z]+(?: [A-Z]+)*|[^"'A-Z]/g;
/**
 * What does not come through Arrow's format as it is: of an INTERVAL come the months alone, of a TIME WITH TIME ZONE no
 * zone, a BIT as bytes, a UHUGEINT with its highest bit as a sign, the words of an ENUM not with batches.
 */
const UNCARRIED =
  /^(?:INTERVAL|BIT|TIME WITH TIME ZONE|UHUGEINT|BIGNUM|VARINT|VARIANT|GEOMETRY|TYPE|ENUM|UNION)$/;

/**
 * The type to turn a column into before it is read: the same, or one in which text stands for what would come out wrong.
 * @param {string} type as `DESCRIBE` names it
 */
export function carried(type) {
  let out = "";
  let depth = 0;
  let skipped = false; // inside the brackets of a type that becomes text
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
