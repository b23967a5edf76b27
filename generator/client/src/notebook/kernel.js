/**
 * Python in a worker, as the page sees it: started when a cell first runs, one cell at a time, stopped at any moment.
 *
 *     const kernel = new Kernel({ load, answer, onChange })
 *     const { ok } = await kernel.run("cell 1", "1 + 1", (output) => …)
 */
import { EngineError, text } from "../shared/errors.js";
import { t } from "../shared/strings.js";
import { startWorker } from "../shared/trusted.js";

/**
 * @typedef {import("./protocol.d.ts").FromWorker} FromWorker
 * @typedef {import("./protocol.d.ts").ToWorker} ToWorker
 * @typedef {import("./protocol.d.ts").Screen} Screen
 * @typedef {"off" | "loading" | "starting" | "idle" | "busy"} State
 * @typedef {{ type: "text", name: string, text: string } | { type: "display", mime: string, data: string | Uint8Array }} Output
 * @typedef {{ ok: boolean, stopped?: boolean, dropped?: number, failed?: string }} End
 * @typedef {{ run: number, cell: string, source: string, onOutput: (output: Output) => void, onBegin: () => void, begun: boolean, heard: boolean, settle: (end: End) => void, settled: Promise<End> }} Task
 * @typedef {object} Means
 * @property {(first: string) => Promise<import("./parts.js").Parts>} load called once, with the text of the cell that runs first; again after a failure
 * @property {(name: string, args: string, signal: AbortSignal) => Promise<{ value: unknown, transfer?: Transferable[] }>} answer to a request of Python
 * @property {(name: string, bytes: string | Uint8Array) => void} save
 * @property {(sql: string) => void} show
 * @property {(state: State, about: { step?: string, version?: string, memory?: number }) => void} onChange
 * @property {() => Screen} screen
 */

/** Milliseconds between two looks at a cell that is to stop. Patience is counted in looks: a busy computer gives the worker less time, and the page too. */
const LOOK = 100;
/** Looks after which an interrupted cell is in one long step of C: the worker is replaced. */
const PATIENCE = 40;
/** The same where Python cannot be interrupted: only a cell that awaits something can end by itself. */
const SHORT = 15;
/** The same for a cell that ends by itself, as it was interrupted or waits for packages. */
const LONG = 300;
/** Milliseconds for which the editor waits for completions. */
const MOMENT = 800;
/** Python's number of the signal that Ctrl+C sends. */
const SIGINT = 2;

export class Kernel {
  /** @type {Promise<import("./parts.js").Parts> | null} */
  #parts = null;
  /** @type {{ worker: Worker, release: () => void, interrupt: Uint8Array | null, end: (error: Error) => void } | null} */
  #running = null;
  /** @type {Promise<void> | null} settles when Python runs */
  #ready = null;
  /** @type {Task[]} the first one runs */
  #queue = [];
  /** Whether the first of the queue has been sent. */
  #sent = false;
  #next = 0;
  /** @type {State} */
  state = "off";
  version = "";
  memory = 0;
  #requests = new AbortController();
  /** @type {Map<number, (text: string | null) => void>} */
  #offers = new Map();

  /** @param {Means} means */
  constructor(means) {
    this.means = means;
  }

  /** @param {State} state @param {string} [step] */
  #set(state, step) {
    this.state = state;
    this.means.onChange(state, { step, version: this.version, memory: this.memory });
  }

  /** Start unless it runs; after a failed start the next call tries again. */
  start() {
    this.#ready ??= this.#boot().catch((error) => {
      this.#ready = null;
      this.#end();
      this.#set("off");
      throw error;
    });
    return this.#ready;
  }

  async #boot() {
    this.#set("loading");
    const sources = this.#queue.map(({ source }) => source).join("\n");
    this.#parts ??= this.means.load(sources).catch((error) => {
      this.#parts = null;
      throw error;
    });
    const parts = await this.#parts;
    this.#set("starting", "interpreter");
    const shared = globalThis.crossOriginIsolated ? new SharedArrayBuffer(1) : null;
    const { worker, release } = startWorker(parts.worker);
    /** @type {Promise<void>} */
    const ready = new Promise((resolve, reject) => {
      const end = (/** @type {Error} */ error) => reject(error);
      this.#running = { worker, release, interrupt: shared && new Uint8Array(shared), end };
      worker.addEventListener("error", (event) => this.#died(worker, event.message ?? ""));
      worker.addEventListener("message", ({ data }) => {
        if (this.#running?.worker !== worker) return;
        if (data.type === "ready") resolve();
        this.#hear(data);
      });
    });
    const { files, module, bridge, fonts, packages, lock, text: cells } = parts;
    this.#post({
      type: "start",
      names: [...files.keys()],
      module,
      bridge,
      fonts,
      packages,
      lock,
      sources,
      text: cells,
      interrupt: shared,
      screen: this.means.screen(),
    });
    for (const [name, file] of files)
      file.then(
        (bytes) => worker.postMessage({ type: "file", name, bytes }),
        (error) => {
          // the next start reads it again
          this.#parts = null;
          worker.postMessage({ type: "file", name, error: text(error) });
        },
      );
    await ready;
    this.#set("idle");
  }

  /** @param {ToWorker} message @param {Transferable[]} [transfer] */
  #post(message, transfer = []) {
    this.#running?.worker.postMessage(message, transfer);
  }

  /** @param {FromWorker} message whose parts may be anything: Python can send what it likes */
  #hear(message) {
    const task =
      this.#sent && "run" in message && this.#queue[0]?.run === message.run ? this.#queue[0] : null;
    switch (message.type) {
      case "step":
        return this.#set("starting", String(message.step));
      case "ready":
        this.version = String(message.version);
        this.memory = Number(message.memory);
        return;
      case "failed":
        return this.#running?.end(
          new EngineError(t("Python could not be started: {error}", { error: String(message.message) })),
        );
      case "begin":
        if (!task) return;
        task.begun = true;
        task.onBegin();
        return this.#set("busy");
      case "heard":
        if (task) task.heard = true;
        return;
      case "text":
        return task?.onOutput({ type: "text", name: String(message.name), text: String(message.text) });
      case "display":
        return task?.onOutput({ type: "display", mime: String(message.mime), data: message.data });
      case "request":
        return void this.#answer(message);
      case "offer":
        return this.#offer(Number(message.id), String(message.text));
      case "save":
        return this.means.save(String(message.name), message.bytes);
      case "show":
        return this.means.show(String(message.sql));
      case "done":
        this.memory = Number(message.memory);
        if (task) this.#settle({ ok: Boolean(message.ok), dropped: Number(message.dropped) });
        return;
      case "died":
        if (this.#running) this.#died(this.#running.worker, String(message.message));
    }
  }

  /** @param {Extract<FromWorker, { type: "request" }>} request */
  async #answer({ id, name, arguments: args }) {
    const { worker } = this.#running ?? {};
    try {
      const { value, transfer = [] } = await this.means.answer(
        String(name),
        String(args),
        this.#requests.signal,
      );
      if (this.#running?.worker === worker) this.#post({ type: "answer", id, value }, transfer);
    } catch (error) {
      if (this.#running?.worker === worker) this.#post({ type: "answer", id, error: text(error) });
    }
  }

  /**
   * Run a cell after those that wait.
   * @param {string} cell its name in tracebacks @param {string} source
   * @param {(output: Output) => void} onOutput @param {() => void} [onBegin]
   * @returns {Promise<End>}
   */
  run(cell, source, onOutput, onBegin = () => {}) {
    let settle = (/** @type {End} */ _) => {};
    /** @type {Promise<End>} */
    const settled = new Promise((resolve) => {
      settle = resolve;
    });
    this.#queue.push({
      run: ++this.#next,
      cell,
      source,
      onOutput,
      onBegin,
      begun: false,
      heard: false,
      settle,
      settled,
    });
    this.#go();
    return settled;
  }

  async #go() {
    if (this.#sent || !this.#queue.length) return;
    const [task] = this.#queue;
    try {
      await this.start();
    } catch (error) {
      const failed = text(error);
      for (const one of this.#queue.splice(0)) one.settle({ ok: false, failed });
      return;
    }
    if (this.#sent || this.#queue[0] !== task) return;
    this.#sent = true;
    if (this.#running?.interrupt) this.#running.interrupt[0] = 0;
    this.#set("busy");
    this.#post({ type: "run", run: task.run, cell: task.cell, source: task.source });
  }

  /** @param {End} end of the cell that runs */
  #settle(end) {
    const task = this.#queue.shift();
    this.#sent = false;
    this.#set(this.#running ? "idle" : "off");
    task?.settle(end);
    this.#go();
  }

  /**
   * Stop the cell that runs and forget those that wait. A cell that awaits something is cancelled, and where the browser
   * lets memory be shared, Python is interrupted: it keeps its variables. Else it is started anew.
   */
  async stop() {
    for (const task of this.#queue.splice(this.#sent ? 1 : 0)) task.settle({ ok: false, stopped: true });
    this.#requests.abort();
    this.#requests = new AbortController();
    const [task] = this.#queue;
    if (!task) {
      if (this.state === "starting" || this.state === "loading") this.#end(new EngineError(t("Stopped.")));
      return;
    }
    const { interrupt } = this.#running ?? {};
    if (interrupt) interrupt[0] = SIGINT;
    this.#post({ type: "stop", run: task.run });
    // What loads packages before a cell hears nothing meanwhile; Python takes the signal out of the buffer.
    const heard = () => !task.begun || task.heard || interrupt?.[0] === 0;
    for (let looks = 0; this.#queue[0] === task; looks++) {
      if (looks > (heard() ? LONG : interrupt ? PATIENCE : SHORT)) return this.restart();
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  /** End Python, with all its variables, and start it again. */
  async restart() {
    this.#end();
    for (const task of this.#queue.splice(0)) task.settle({ ok: false, stopped: true });
    await this.start().catch(() => {});
  }

  /** @param {Error} [error] for what waits for the start */
  #end(error = new EngineError(t("Stopped."))) {
    const running = this.#running;
    this.#running = null;
    this.#ready = null;
    this.#sent = false;
    this.memory = 0;
    running?.worker.terminate();
    running?.release();
    running?.end(error);
    this.#set("off");
  }

  /** @param {Worker} worker @param {string} why */
  #died(worker, why) {
    if (this.#running?.worker !== worker) return;
    const error = new EngineError(t("Python stopped and has to be started again: {error}", { error: why }));
    const tasks = this.#queue.splice(0);
    this.#end(error);
    for (const task of tasks) task.settle({ ok: false, failed: error.message });
  }

  /**
   * What Python offers at a place in the code; null while it is off or busy.
   * @param {string} source @param {number} position @returns {Promise<string | null>} JSON
   */
  complete(source, position) {
    if (this.state !== "idle") return Promise.resolve(null);
    const id = ++this.#next;
    this.#post({ type: "complete", id, source, position });
    return new Promise((resolve) => {
      this.#offers.set(id, resolve);
      // a cell may begin meanwhile
      setTimeout(() => this.#offer(id, null), MOMENT);
    });
  }

  /** @param {number} id @param {string | null} text */
  #offer(id, text) {
    this.#offers.get(id)?.(text);
    this.#offers.delete(id);
  }

  /** Tell Python that the theme or the screen has changed. */
  screenChanged() {
    if (this.state === "idle" || this.state === "busy")
      this.#post({ type: "screen", screen: this.means.screen() });
  }
}
