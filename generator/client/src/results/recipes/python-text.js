/** Values as Python writes them. */

/** A Python literal; JSON's strings, numbers and lists are Python's too. @param {any} value @returns {string} */
export function literal(value) {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `float("${value}")`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, one]) => `${literal(key)}: ${literal(one)}`)
      .join(", ")}}`;
  return JSON.stringify(String(value).toWellFormed()).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text of several lines, readable where it can be. @param {string} text */
export function longText(text) {
  const lines = text.split("\n").map((line) => literal(line).slice(1, -1).replaceAll('\\"', '"'));
  return `"""\n${lines.join("\n").replaceAll('""', '\\"\\"')}\n"""`;
}
