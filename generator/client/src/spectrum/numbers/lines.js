/**
 * Spectral lines: positions on the axis of those in the chosen lists, and placement of their labels.
 *
 * @typedef {import("../../formats.d.ts").ShownLine} Line
 * @typedef {import("../../formats.d.ts").ShownLines} LineList
 * @typedef {{name: string, wavelength: number}} OwnLine at rest, in vacuum, in Å
 * @typedef {object} Mark a line on the axis
 * @property {string} name @property {number} x @property {number | null} to
 * @property {number} weight @property {number} list its number; -1 for the reader's own
 */
import { Refused } from "../../search/grammar.js";
import { t } from "../../shared/strings.js";

/** Most own lines, and most characters of a name. */
const MOST = 200;
const LONGEST = 40;

/** Above this redshift there are no stars. */
const BEYOND_STARS = 0.01;

/**
 * The lists shown by default: those for the class; where there are none for it, or it is not known, those
 * for stars, or for galaxies where the redshift indicates one.
 * @param {LineList[]} lists @param {string} kind @param {number} z @returns {string[]} ids
 */
export function usualLists(lists, kind, z) {
  for (const one of [kind, z > BEYOND_STARS ? "GALAXY" : "STAR"]) {
    const found = lists.filter(({ shown_for }) =>
      shown_for.some((other) => other.toUpperCase() === one.toUpperCase()),
    );
    if (found.length) return found.map(({ id }) => id);
  }
  return [];
}

/**
 * @param {LineList[]} lists all there are @param {string[]} shown ids @param {OwnLine[]} own
 * @param {import("./wavelengths.js").Axis} axis @param {number} z
 * @returns {Mark[]} in order of wavelength
 */
export function marksOf(lists, shown, own, axis, z) {
  /** @type {Mark[]} */
  const marks = [];
  lists.forEach(({ id, moves, lines }, list) => {
    if (!shown.includes(id)) return;
    const stretch = moves ? 1 + z : 1;
    for (const { name, wavelength, to, weight } of lines) {
      const end = to === undefined ? null : axis.ofVacuum(to * stretch);
      marks.push({ name, x: axis.ofVacuum(wavelength * stretch), to: end, weight, list });
    }
  });
  for (const { name, wavelength } of own)
    marks.push({ name, x: axis.ofVacuum(wavelength * (1 + z)), to: null, weight: 4, list: -1 });
  return marks.sort((a, b) => a.x - b.x);
}

/**
 * Positions for labels, as close to their lines as possible without overlapping. Labels that would be too far from
 * their lines are omitted, those of least weight first.
 * @param {{at: number, weight: number}[]} labels in order of `at` @param {number} gap between middles
 * @param {number} low @param {number} high ends within which middles lie @param {number} [far] from a line at most
 * @returns {(number | null)[]}
 */
export function spread(labels, gap, low, high, far = 3 * gap) {
  let kept = labels.map((_, i) => i);
  for (;;) {
    /** @type {(number | null)[]} */
    const places = labels.map(() => null);
    /** The label to omit: that of least weight in a block that is too wide. */
    let least = -1;
    for (const block of blocksOf(kept, labels, gap, low, high)) {
      block.members.forEach((i, k) => (places[i] = block.start + k * gap));
      const off = Math.max(...block.members.map((i) => Math.abs(Number(places[i]) - labels[i].at)));
      if (off <= far && block.start >= low - 1e-6) continue;
      for (const i of block.members) if (least < 0 || labels[i].weight <= labels[least].weight) least = i;
    }
    if (least < 0) return places;
    kept = kept.filter((i) => i !== least);
  }
}

/**
 * Labels that touch form a block around the mean of their preferred positions.
 * @param {number[]} kept @param {{at: number}[]} labels @param {number} gap @param {number} low @param {number} high
 */
function blocksOf(kept, labels, gap, low, high) {
  /** @type {{sum: number, members: number[], start: number}[]} */
  const blocks = [];
  const block = (/** @type {number} */ sum, /** @type {number[]} */ members) => {
    const reach = (members.length - 1) * gap;
    const start = Math.min(Math.max(sum / members.length - reach / 2, low), high - reach);
    return { sum, members, start };
  };
  for (const i of kept) {
    blocks.push(block(labels[i].at, [i]));
    for (;;) {
      const [before, last] = blocks.slice(-2);
      if (!last || before.start + before.members.length * gap <= last.start + 1e-9) break;
      blocks.splice(-2, 2, block(before.sum + last.sum, [...before.members, ...last.members]));
    }
  }
  return blocks;
}

/**
 * Lines that a reader typed: a name and a wavelength each, separated by line ends or semicolons.
 * @param {string} text @returns {{name: string, wavelength: number}[]} wavelengths as typed; throws Refused
 */
export function readOwn(text) {
  const found = [];
  for (const part of text.split(/[;\n]/)) {
    const line = part.trim();
    if (!line) continue;
    const [, name = "", number] = /^(?:(.*?)[\s:]+)?(\d+\.?\d*|\.\d+)$/.exec(line) ?? [];
    const wavelength = Number(number);
    if (!number || !(wavelength > 0) || wavelength > 1e7)
      throw new Refused(
        t("“{text}” is not a line: write a name and a wavelength.", { text: line.slice(0, 60) }),
      );
    if (name.length > LONGEST)
      throw new Refused(t("The name is too long: at most {n} characters.", { n: LONGEST }));
    found.push({ name: name.trim() || number, wavelength });
  }
  if (found.length > MOST) throw new Refused(t("At most {n} lines.", { n: MOST }));
  return found;
}

/** @param {{name: string, wavelength: number}[]} lines @param {string} between */
export function writeOwn(lines, between) {
  return lines.map(({ name, wavelength }) => `${name} ${Number(wavelength.toFixed(4))}`).join(between);
}
