/**
 * Names of columns in lists of targets.
 *
 * @typedef {"ra" | "dec" | "radius" | "l" | "b"} Role l, b: galactic
 */

/** @type {[Role, RegExp][]} */
const NAMES = [
  [
    "ra",
    /^_?(?:(?:target|input|obs|mean|fiber)_?)?ra(?:_?(?:j?2000|icrs|deg|hms|hour|h|obs|mean|d)|_rad)*$|^right_?ascension$|^alpha(?:_?j?2000)?$/,
  ],
  [
    "dec",
    /^_?(?:(?:target|input|obs|mean|fiber)_?)?(?:dec?|decl)(?:_?(?:j?2000|icrs|deg|dms|obs|mean|d)|_rad)*$|^declination$|^delta(?:_?j?2000)?$/,
  ],
  ["l", /^_?(?:l|l_?ii|g_?lon(?:gitude)?|l_?gal|gal(?:actic)?_?l(?:on(?:gitude)?)?)(?:_?(?:deg|d|rad))*$/],
  ["b", /^_?(?:b|b_?ii|g_?lat(?:itude)?|b_?gal|gal(?:actic)?_?(?:b|lat(?:itude)?))(?:_?(?:deg|d|rad))*$/],
  ["radius", /^(?:search_?|match_?)?(?:radius|sep|sr|rad)(?:_?(?:deg|arcmin|arcsec))?$/],
];
const UCDS = /** @type {[Role, RegExp][]} */ ([
  ["ra", /^pos[._]eq[._]ra(?:[;_]|$)/i],
  ["dec", /^pos[._]eq[._]dec(?:[;_]|$)/i],
  ["l", /^pos[._]gal(?:actic)?[._]lon(?:[;_]|$)/i],
  ["b", /^pos[._]gal(?:actic)?[._]lat(?:[;_]|$)/i],
]);

/** @param {string} name @returns {Role | "id" | null} */
export function nameRole(name) {
  const plain = tidyName(name);
  if (/^(?:obs_?id|uid|id|designation|.*source_?id|name|.*_id)$/.test(plain)) return "id";
  return NAMES.find(([, pattern]) => pattern.test(plain))?.[0] ?? null;
}

/** UCDs that identify a column, and those of them that a radius may have. */
const KNOWN = /^(?:arith|em|instr|meta|obs|phot|phys|pos|spect|src|stat|time)(?:[.;]|$)/i;
const OF_RADIUS = /^(?:pos\.(?:ang|eq$|errorEllipse)|phys\.ang|stat\.error)/i;
/** Units that neither an angle nor a time has. */
const NO_ANGLE =
  /^(?:[kMG]?pc|lyr|au|m?mag|pix(?:els?)?|k?m(?:\/s|[. ]s\*{0,2}\^?-1)?|Angstrom|nm|um|yr|Jy|K)$/;

/**
 * By UCD, otherwise by name; a unit or UCD of something else outweighs a name.
 * @param {{name: string, ucd: string, unit?: string}} column @returns {Role | null}
 */
export function columnRole({ name, ucd, unit }) {
  if (NO_ANGLE.test(unit?.trim() ?? "")) return null;
  const own = UCDS.find(([, pattern]) => pattern.test(ucd))?.[0];
  if (own) return /stat\.error/i.test(ucd) ? null : own;
  const role = nameRole(name);
  if (role === "id" || (KNOWN.test(ucd) && !(role === "radius" && OF_RADIUS.test(ucd)))) return null;
  return role;
}

/** Reliability of a column's role, the best first: 0 for the main position, 2 for a name. @param {{ucd: string}} column */
export function rankOf({ ucd }) {
  if (!UCDS.some(([, pattern]) => pattern.test(ucd))) return 2;
  return /;\s*meta\.main|_main$/i.test(ucd) ? 0 : 1;
}

/** A name without a unit in brackets, in lower case. @param {string} name */
function tidyName(name) {
  return name
    .toLowerCase()
    .replace(/[[(].*?[\])]/g, "")
    .trim()
    .replace(/[\s.-]+/g, "_");
}

/** The unit of a column: its own, or one in its name. @param {{name: string, unit: string}} column */
export function unitOf({ name, unit }) {
  const text = (
    unit ||
    /[[(]\s*([^\])]*)[\])]/.exec(name)?.[1] ||
    /(?:^|_)(deg|arcmin|arcsec|hour|h|rad)$/i.exec(name)?.[1] ||
    ""
  )
    .trim()
    .toLowerCase();
  if (/^(deg|degs|degrees?|°|d|度)$/.test(text)) return "deg";
  if (/^(arcmin|arcminutes?|')$/.test(text)) return "arcmin";
  if (/^(arcsec|arcseconds?|as|")$/.test(text)) return "arcsec";
  if (/^(h|hours?|hourangle)$/.test(text)) return "hour";
  return /^rad(ians?)?$/.test(text) ? "rad" : "";
}
