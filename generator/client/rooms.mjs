/**
 * The rooms of src/, from the highest to the lowest level, and the check that imports go down only. It is the
 * configuration of dependency-cruiser, which `npm run check` runs.
 *
 * A file may import files of its own room and of rooms on lower levels: none from above, none from a neighbour on the same
 * level, and never in a circle.
 * Declarations in src/ itself (`*.d.ts`) may be used by all rooms.
 */

/** @type {{ rooms: string[], for: string }[]} */
export const LEVELS = [
  { rooms: ["pages"], for: "one entry file for each kind of page; in parts/ what several of them share" },
  { rooms: ["notebook"], for: "cells, the worker that runs Python, and what Python asks of the page" },
  {
    rooms: ["spectrum", "sky", "schema", "places"],
    for: "spectra and objects; maps of coverage; columns and masks; where files are saved",
  },
  { rooms: ["results"], for: "the rows found: query/, table/, plots/, export/, recipes/, samp/" },
  { rooms: ["search"], for: "a search as form, permalink and SQL; free SQL; target lists" },
  { rooms: ["catalogue"], for: "a catalogue's columns and views, regions of the sky" },
  { rooms: ["sealed", "site", "find", "letter", "verify"], for: "encrypted editions; what pages of text do" },
  { rooms: ["reading"], for: "from a question to the fewest bytes, and the sources that bring them" },
  { rooms: ["engine"], for: "DuckDB: start it, hand it bytes, run and cancel statements" },
  { rooms: ["shared"], for: "what every room may use" },
];

/** @param {string[]} rooms */
const within = (rooms) => `^src/(${rooms.join("|")})/`;

const upward = LEVELS.slice(1).map(({ rooms }, below) => ({
  name: `upward-from-${rooms[0]}`,
  severity: "error",
  from: { path: within(rooms) },
  to: { path: within(LEVELS.slice(0, below + 1).flatMap((level) => level.rooms)) },
}));

const sideways = LEVELS.filter(({ rooms }) => rooms.length > 1).map(({ rooms }) => ({
  name: `sideways-from-${rooms[0]}`,
  severity: "error",
  from: { path: within(rooms) },
  to: { path: within(rooms), pathNot: "^src/$1/" },
}));

export default {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    ...upward,
    ...sideways,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    includeOnly: "^src/",
    moduleSystems: ["es6"],
    parser: "acorn",
  },
};
