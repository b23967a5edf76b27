// What a browser and the processes that it started use, and runs as lines of JSON.
import { readFileSync, readdirSync } from "node:fs";
import process from "node:process";

/** @param {number} root @returns {number[]} a process and all that it started */
function tree(root) {
  const parents = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      parents.set(Number(pid), Number(stat(pid)[1]));
    } catch {
      /* it has ended */
    }
  const within = (pid) =>
    pid === root || (parents.has(pid) && within(parents.get(pid)));
  return [...parents.keys()].filter(within);
}

const stat = (pid) =>
  readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");

/** @param {number} root @param {(pid: number) => number} each */
const sum = (root, each) =>
  tree(root).reduce((all, pid) => {
    try {
      return all + each(pid);
    } catch {
      return all;
    }
  }, 0);

/** Seconds of processor time of a browser. @param {{process: () => any}} browser */
export const processor = (browser) =>
  sum(browser.process().pid, (pid) =>
    stat(pid)
      .slice(11, 15)
      .reduce((all, n) => all + Number(n), 0),
  ) / 100;

/** MB of memory of a browser now; what its processes share counts once. @param {{process: () => any}} browser */
export const memory = (browser) =>
  sum(browser.process().pid, (pid) =>
    Number(
      /^Pss:\s+(\d+)/m.exec(
        readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"),
      )?.[1] ?? 0,
    ),
  ) / 1000;

/** A run of a line, as measure.py prints it. @param {string} line @param {number} ours @param {object} [more] */
export function printLine(line, ours, more = {}) {
  process.stdout.write(
    `${JSON.stringify({ line, ours, peer: null, ...more })}\n`,
  );
}
