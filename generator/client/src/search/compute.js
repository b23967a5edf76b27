/**
 * Computed columns in an address: `compute=name:expression`, with a unit `name[mag]:expression`, several separated by `;`.
 *
 * @typedef {import("../results/query/computed.js").Computed} Computed
 */
import { t } from "../shared/strings.js";
import { Refused } from "./grammar.js";

const ENTRY = /^\s*(?:"((?:[^"]|"")+)"|([^":[\]]+?))\s*(?:\[([^\]]*)\])?\s*:([^]+)$/;

/** @param {string} text @returns {Computed[]} throws Refused */
export function parseComputed(text) {
  const entries = text.match(/(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|[^;])+/g) ?? [];
  return entries
    .filter((entry) => entry.trim())
    .map((entry) => {
      const found = ENTRY.exec(entry);
      if (!found) throw new Refused(t("Write computed columns as name:expression, separated by ;"));
      const [, quoted, plain, unit = "", expression] = found;
      return {
        name: quoted?.replaceAll('""', '"') ?? plain,
        unit: unit.trim(),
        expression: expression.trim(),
      };
    });
}

/** @param {Computed[]} list */
export function writeComputed(list) {
  return list
    .map(({ name, unit, expression }) => {
      const written =
        /^[\p{L}\p{N}_ .-]+$/u.test(name) && name.trim() === name ? name : `"${name.replaceAll('"', '""')}"`;
      return `${written}${unit ? `[${unit}]` : ""}:${expression}`;
    })
    .join(";");
}
