/** Functions of the sky for free SQL, in addition to DuckDB's own. Angles are in degrees, distances in arcsec. */
import { separationFormula } from "../conditions.js";
import { quoteText } from "../literals.js";
import { NEAR, PAIRS } from "./near.js";

/** Declinations that a cone covers, slightly widened: the exact distance decides in the end. */
const REACH = "(radius / 3600 * 1.0000001 + 1e-9)";
/** Extent of a cone to either side in right ascension; all around where it contains a pole. */
const ASIDE = `(CASE WHEN abs(dec0) + ${REACH} >= 89.9999 THEN 360.0 ELSE
  degrees(asin(least(1.0, sin(radians(${REACH})) / cos(radians(dec0))))) + 1e-9 END)`;
/** Right ascensions may run from 0 to 360 or from -180 to 180, and cones may extend across 0. */
const ACROSS = [-360, 0, 360]
  .map((turn) => `(ra BETWEEN ra0 % 360 - ${ASIDE} + ${turn} AND ra0 % 360 + ${ASIDE} + ${turn})`)
  .join(" OR ");
const APART = separationFormula("radians(ra)", 'radians("dec")', "radians(ra0)", "radians(dec0)");

/** Axes of the galactic system in ICRS. */
const GALACTIC = [
  [-0.05487565771259163, -0.8734370519556159, -0.48383507361671546],
  [0.4941094371927268, -0.44482972122329517, 0.7469821839866676],
  [-0.8676661375596576, -0.19807633727300059, 0.45598381368730156],
];
const [GX, GY, GZ] = GALACTIC.map(
  ([x, y, z]) =>
    `(${x} * cos(radians("dec")) * cos(radians(ra)) + ${y} * cos(radians("dec")) * sin(radians(ra)) + ${z} * sin(radians("dec")))`,
);
const L = `((degrees(atan2(${GY}, ${GX})) + 360) % 360)`;
const B = `degrees(atan2(${GZ}, sqrt(${GX} * ${GX} + ${GY} * ${GY})))`;

/** Hundredths of a second of time, tenths of an arcsec: rounded once, so that 59.999 carries. */
const TIME = "(CAST(round(ra / 15 * 360000) AS BIGINT) % 8640000 + 8640000) % 8640000";
const ARC = 'CAST(round(abs("dec") * 36000) AS BIGINT)';
const SEXAGESIMAL = `CASE WHEN ra IS NULL OR "dec" IS NULL THEN NULL ELSE printf('%02d:%02d:%02d.%02d %s%02d:%02d:%02d.%d',
  (${TIME}) // 360000, (${TIME}) // 6000 % 60, (${TIME}) // 100 % 60, (${TIME}) % 100,
  CASE WHEN "dec" < 0 THEN '-' ELSE '+' END, ${ARC} // 36000, ${ARC} // 600 % 60, ${ARC} // 10 % 60, ${ARC} % 10) END`;

/** Refraction of standard air after Ciddor (1996), for wavelengths above 2000 Å. */
const WAVE = "((1e4 / wavelength) * (1e4 / wavelength))";
const AIR = `wavelength / (1 + 0.05792105 / (238.0185 - ${WAVE}) + 0.00167917 / (57.362 - ${WAVE}))`;

/** @type {[head: string, body: string][]} */
const ALL = [
  [
    "separation(ra1, dec1, ra2, dec2)",
    separationFormula("radians(ra1)", "radians(dec1)", "radians(ra2)", "radians(dec2)"),
  ],
  [
    'cone(ra, "dec", ra0, dec0, radius)',
    `("dec" BETWEEN dec0 - ${REACH} AND dec0 + ${REACH} AND (${ACROSS}) AND ${APART} <= radius)`,
  ],
  ['galactic(ra, "dec")', `{'l': ${L}, 'b': ${B}}`],
  ['galactic_l(ra, "dec")', L],
  ['galactic_b(ra, "dec")', B],
  ['sexagesimal(ra, "dec")', SEXAGESIMAL],
  ["angstrom_air(wavelength)", AIR],
  ...NEAR,
];

const create = (/** @type {[string, string]} */ [head, body]) => `CREATE OR REPLACE MACRO ${head} AS ${body}`;

/**
 * `spectrum(id)` and `spectrum(id, 'set')`: the address of a spectrum's page, which tables of results show as a link.
 * @param {{name: string, id: string, templates_of: string | null}[]} spectra
 * @returns {[string, string][]}
 */
function spectrumMacro(spectra) {
  const sets = spectra.filter((set) => !set.templates_of);
  if (!sets.length) return [];
  const address = (/** @type {string} */ column) =>
    `'spectrum.html?' || ${column} || '=' || url_encode(CAST(id AS VARCHAR))`;
  const parameter = (/** @type {string} */ id) => quoteText(encodeURIComponent(id));
  const cases = sets.map(({ name, id }) => `WHEN ${quoteText(name)} THEN ${parameter(id)}`).join(" ");
  const own = address(`CASE "set" ${cases} END`);
  return [["spectrum(id)", `${address(parameter(sets[0].id))}, (id, "set") AS ${own} || '&set=' || "set"`]];
}

/** Not temporary: those belong to one connection, and the engine has several. @param {Parameters<typeof spectrumMacro>[0]} [spectra] */
export const macrosFor = (spectra = []) => [...ALL, ...spectrumMacro(spectra)].map(create).join(";\n");

/**
 * The macros that a statement needs, to be run elsewhere.
 * @param {Set<string>} words of the statement, in lower case @param {Parameters<typeof spectrumMacro>[0]} [spectra]
 */
export const macrosIn = (words, spectra = []) =>
  [...ALL, ...spectrumMacro(spectra)]
    .filter(
      ([head]) =>
        words.has(nameOf(head)) || (nameOf(head) === PAIRS && NEAR.some(([one]) => words.has(nameOf(one)))),
    )
    .map(create);

/** @param {string} head */
const nameOf = (head) => head.split("(")[0];

/** The same functions for DuckDB outside of pages, as a file. */
export const skyFile = () =>
  [
    "-- Functions of the sky for DuckDB: angles in degrees, distances in arcsec. Run this file first.",
    "-- FROM near(a, b, 1.0): all pairs of rows of two tables or views within 1 arcsec, by their columns ra and dec;",
    '-- FROM nearest(a, b, 1.0): for each row of a the nearest of b. near(a, b, 1.0, raj2000, dej2000, ra, "dec") names the columns.',
    ...ALL.map((one) => `${create(one)};`),
    "",
  ].join("\n");
