/** Ticks of an axis at round values. */

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} low @param {number} high @param {number} count about so many @returns {{at: number[], step: number}} */
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return { at: [], step: 1 };
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((n) => n * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return { at: Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => (first + k) * step), step };
}

/** Exponent of the power of ten by which tick labels are divided: 0, unless labels would be long. @param {number} low @param {number} high */
export function exponentOf(low, high) {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const exponent = size > 0 && Number.isFinite(size) ? Math.floor(Math.log10(size)) : 0;
  return exponent >= 5 || exponent <= -3 ? exponent : 0;
}

/** @param {number} value @param {number} step between ticks @param {number} [exponent] */
export function tickText(value, step, exponent = 0) {
  const digits = Math.max(0, Math.min(12, -Math.floor(Math.log10(step / 10 ** exponent) + 1e-9)));
  const text = (value / 10 ** exponent).toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** A whole number in superscript. @param {number} exponent */
export function raised(exponent) {
  const digits = [...String(Math.abs(exponent))].map((digit) => RAISED[Number(digit)]).join("");
  return `${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** @param {number} exponent */
export const powerText = (exponent) => `10${raised(exponent)}`;

/** A number for readers, to so many digits. @param {number} value @param {number} [digits] */
export function numberText(value, digits = 5) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = String(Number(value.toPrecision(digits)));
  if (size === 0 || (size >= 1e-4 && size < 1e7)) return text.replace("-", "−");
  const [lead, exponent] = value.toExponential(digits - 1).split("e");
  return `${String(Number(lead)).replace("-", "−")}×${powerText(Number(exponent))}`;
}
