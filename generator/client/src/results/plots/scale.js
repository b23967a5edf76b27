/** From values to positions on an axis: round ticks, and numbers as text. Logarithmic axes use powers of ten. */
import { scaleLinear, scaleLog } from "d3-scale";

/** @typedef {{at: number, text: string}} Tick at: in the plane, where a logarithmic axis has log10 */

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} n whole */
function power(n) {
  const digits = [...String(Math.abs(n))].map((d) => RAISED[Number(d)]).join("");
  return `10${n < 0 ? "⁻" : ""}${digits}`;
}

/** @param {number} from @param {number} to ends, in either order @param {boolean} log @param {number} count about so many @returns {Tick[]} */
export function ticks(from, to, log, count) {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  if (!(high > low)) return [{ at: low, text: numberText(log ? 10 ** low : low) }];
  if (!log || high - low < 0.7) {
    const scale = scaleLinear().domain(log ? [10 ** low, 10 ** high] : [low, high]);
    const write = scale.tickFormat(count);
    const large =
      Math.max(Math.abs(low), Math.abs(high)) >= 1e7 || Math.max(Math.abs(low), Math.abs(high)) < 1e-4;
    return scale.ticks(count).map((value) => ({
      at: log ? Math.log10(value) : value,
      text: large && !log ? numberText(value) : write(value),
    }));
  }
  if (high - low > 3) {
    const every = Math.max(1, Math.ceil((high - low) / (count * 1.7)));
    const found = [];
    for (let n = Math.ceil(low); n <= high; n++) found.push({ at: n, text: n % every ? "" : power(n) });
    return found;
  }
  return scaleLog()
    .domain([10 ** low, 10 ** high])
    .ticks(20)
    .map((value) => {
      const lead = Number(value.toExponential(1).split("e")[0]);
      return { at: Math.log10(value), text: [1, 2, 5].includes(lead) ? numberText(value) : "" };
    });
}

/** A number as people write it, to so many digits. @param {number} value @param {number} [digits] */
export function numberText(value, digits = 6) {
  if (!Number.isFinite(value)) return "";
  const size = Math.abs(value);
  const text =
    size !== 0 && (size >= 1e7 || size < 1e-4)
      ? scientific(value, digits)
      : String(Number(value.toPrecision(digits)));
  return text.replace("-", "−");
}

/** @param {number} value @param {number} digits */
function scientific(value, digits) {
  const [lead, exponent] = value.toExponential(digits - 1).split("e");
  const number = String(Number(lead));
  return number === "1" ? power(Number(exponent)) : `${number}×${power(Number(exponent))}`;
}

/** Ends of an axis with some space around the data. @param {number} low @param {number} high @param {boolean} log @returns {[number, number]} in the plane */
export function around(low, high, log) {
  const [a, b] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  if (!Number.isFinite(a) || !Number.isFinite(b)) return [0, 1];
  const air = a === b ? (log ? 0.5 : Math.abs(a) * 0.05 || 0.5) : (b - a) * 0.04;
  return [a - air, b + air];
}

/** Bins with round ends that cover low to high. @param {number} low @param {number} high @param {number} count about so many */
export function roundBins(low, high, count) {
  if (!(high > low)) {
    const half = Math.abs(low) * 0.05 || 0.5;
    return { start: low - half, step: half * 2, count: 1 };
  }
  const marks = scaleLinear().domain([low, high]).nice(count).ticks(count);
  const step = marks.length > 1 ? marks[1] - marks[0] : high - low;
  const start = Math.floor(low / step + 1e-9) * step;
  return { start, step, count: Math.max(1, Math.ceil((high - start) / step - 1e-9)) };
}
