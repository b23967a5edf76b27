/** What a page has learned of each host that it reads from, and how many requests the host is sent at a time. */
import { throwIfAborted } from "../../shared/errors.js";
import { PARALLEL } from "../bytes.js";

/** A host that refuses requests for now is asked again so often, after the time that it gives or after a growing one. */
const PATIENCE = 6;
const LONGEST_WAIT = 60_000;

/** @type {Map<string, Host>} */
const known = new Map();

/** @param {string} base an address on it @returns {Host} */
export function hostOf(base) {
  const origin = URL.canParse(base) ? new URL(base).origin : base;
  const found = known.get(origin) ?? new Host();
  known.set(origin, found);
  return found;
}

export class Host {
  /** Whether it answers several ranges in one request; null until it was tried. @type {boolean | null} */
  several = null;
  /** Ends with the first request of several ranges. @type {Promise<void> | null} */
  trial = null;
  #most = PARALLEL;
  #running = 0;
  /** @type {(() => void)[]} */
  #waiting = [];
  #rest = Promise.resolve();

  /**
   * Send a request, now or when others have ended. One that the host refuses because there are too many (429, or 503 with a
   * time) is sent again later, and from then on fewer are sent at a time.
   * @param {() => Promise<Response>} send
   * @param {(answer: Response) => Promise<void>} take reads the answer
   * @param {AbortSignal} [signal]
   */
  async ask(send, take, signal) {
    await this.#enter();
    try {
      for (let tries = 0; ; tries++) {
        await this.#rest;
        throwIfAborted(signal);
        const answer = await send();
        const wait = tries < PATIENCE ? waitOf(answer, tries) : null;
        if (wait === null) return await take(answer);
        void answer.body?.cancel().catch(() => {});
        this.#most = Math.max(1, this.#most >> 1);
        this.#rest = sleep(wait, signal);
      }
    } finally {
      this.#running--;
      if (this.#running < this.#most) this.#waiting.shift()?.();
    }
  }

  async #enter() {
    while (this.#running >= this.#most)
      await new Promise((/** @type {(value?: unknown) => void} */ go) => this.#waiting.push(() => go()));
    this.#running++;
  }
}

/** @param {Response} answer @param {number} tries so far @returns {number | null} ms to wait, null where it is an answer */
function waitOf({ status, headers }, tries) {
  const after = headers.get("retry-after");
  if (status !== 429 && !(status === 503 && after)) return null;
  const seconds = /^\s*\d+\s*$/.test(after ?? "")
    ? Number(after)
    : (Date.parse(after ?? "") - Date.now()) / 1000;
  return Math.min(Math.max(Number.isFinite(seconds) ? seconds * 1000 : 500 * 2 ** tries, 0), LONGEST_WAIT);
}

/** @param {number} ms @param {AbortSignal} [signal] @returns {Promise<void>} */
function sleep(ms, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}
