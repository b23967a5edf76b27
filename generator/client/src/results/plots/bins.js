/** Counts of rows by bin, of rows that are here; the engine counts those that are too many: queries.js. */

/**
 * @typedef {import("./paint-plot.js").Bins} Bins
 * @typedef {import("./queries.js").Window} Window
 * @typedef {{u: Float64Array, v: Float64Array}} Places in the plane
 */

/** Number of the cell of each row, from the upper left line by line; -1 outside. @param {Places} places @param {Window} window @param {{across: number, down: number}} grid */
export function cellsOfRows({ u, v }, { left, right, bottom, top }, { across, down }) {
  const at = new Int32Array(u.length);
  const [wide, high] = [across / (right - left), down / (bottom - top)];
  for (let i = 0; i < u.length; i++) {
    const [x, y] = [(u[i] - left) * wide, (v[i] - top) * high];
    at[i] =
      x >= 0 && x <= across && y >= 0 && y <= down
        ? Math.min(across - 1, Math.floor(x)) + across * Math.min(down - 1, Math.floor(y))
        : -1;
  }
  return at;
}

/** Number of the bar of each row, -1 outside. @param {Float64Array} u @param {number} start @param {number} step @param {number} count */
export function barsOfRows(u, start, step, count) {
  const at = new Int32Array(u.length);
  for (let i = 0; i < u.length; i++) {
    const x = (u[i] - start) / step;
    // the last bar includes its upper end, and values that rounding puts slightly above it
    at[i] = x >= -1e-9 && x <= count + 1e-9 ? Math.max(0, Math.min(count - 1, Math.floor(x))) : -1;
  }
  return at;
}

/**
 * @param {Int32Array} at bin of each row, -1 for none @param {number} size number of bins
 * @param {Float32Array} c colour of each row @param {number} categories their number where c is one, else 0
 * @param {((i: number) => boolean) | null} only which rows count, null for all
 * @returns {Bins} bins with rows in them; with categories an entry for each of these
 */
export function countRows(at, size, c, categories, only) {
  const groups = Math.max(1, categories);
  const counts = new Int32Array(size * groups);
  const sums = new Float64Array(categories ? 0 : size);
  const valued = new Int32Array(categories ? 0 : size);
  let used = 0;
  for (let i = 0; i < at.length; i++) {
    const k = at[i];
    if (k < 0 || (only && !only(i))) continue;
    const place = categories ? k * groups + c[i] : k;
    if (!counts[place]++) used++;
    if (categories || Number.isNaN(c[i])) continue;
    sums[k] += c[i];
    valued[k]++;
  }
  const bins = {
    k: new Int32Array(used),
    g: new Int32Array(used),
    n: new Int32Array(used),
    m: new Float32Array(used),
  };
  for (let place = 0, next = 0; place < counts.length; place++) {
    if (!counts[place]) continue;
    bins.k[next] = Math.floor(place / groups);
    bins.g[next] = categories ? place % groups : -1;
    bins.n[next] = counts[place];
    bins.m[next++] = categories ? NaN : sums[place] / valued[place];
  }
  return bins;
}
