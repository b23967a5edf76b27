/** DuckDB's SQL names of Arrow types. */
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
