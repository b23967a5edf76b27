/**
 * The sky map that the generator draws (pages/skymap.py): Mollweide projection in a view box of 1440 x 720, east to the left,
 * right ascension 180 degrees in the middle.
 */
const [WIDTH, HEIGHT, CENTRE] = [1440, 720, 180];
const DEGREE = Math.PI / 180;

/** @param {number} x @param {number} y @returns {{ra: number, dec: number} | null} degrees; null outside of the map */
export function unproject(x, y) {
  const sine = (HEIGHT / 2 - y) / (HEIGHT / 2);
  if (Math.abs(sine) > 1) return null;
  const theta = Math.asin(sine);
  const away = (WIDTH / 2 - x) / (WIDTH / 2);
  if (Math.abs(away) > Math.cos(theta)) return null;
  const lon = CENTRE + (Math.cos(theta) ? (away / Math.cos(theta)) * 180 : 0);
  const lat = Math.asin(Math.max(-1, Math.min(1, (2 * theta + Math.sin(2 * theta)) / Math.PI)));
  return { ra: ((lon % 360) + 360) % 360, dec: lat / DEGREE };
}

/** @param {number} ra @param {number} dec degrees @returns {[x: number, y: number]} */
export function project(ra, dec) {
  const wanted = Math.PI * Math.sin(dec * DEGREE);
  // Bisection: Newton's method stalls at the poles.
  let [low, high] = [-Math.PI / 2, Math.PI / 2];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (2 * middle + Math.sin(2 * middle) < wanted) low = middle;
    else high = middle;
  }
  const theta = (low + high) / 2;
  const x = WIDTH / 2 - ((ra - CENTRE) / 180) * (WIDTH / 2) * Math.cos(theta);
  return [x, HEIGHT / 2 - Math.sin(theta) * (HEIGHT / 2)];
}
