/**
 * The SAMP hub of this computer, by the Web Profile of SAMP 1.3: a page asks it over one port, the hub asks its user
 * whether the page may, and hands out messages when the page asks for them.
 *
 * @typedef {import("./xmlrpc.js").Value} Value
 * @typedef {{"samp.mtype": string, "samp.params": Record<string, Value>}} Message
 */
import { whileHere } from "../../shared/leaving.js";
import { methodCall, methodResponse } from "./xmlrpc.js";

const ADDRESS = "http://localhost:21012/";
/** Seconds that the hub waits for something to tell. */
const PATIENCE = "20";
const PAUSE = 1000;
/** Milliseconds in which a hub that lives answers. */
const ALIVE = 5000;

export class Hub {
  #key = "";
  #translator = "";
  #open = true;

  /**
   * @param {Record<string, string>} about this page
   * @param {Record<string, (params: Record<string, Value>, sender: string) => Promise<void>>} handlers of what is understood, by MType
   * @param {() => void} onLost the hub ended
   * @returns {Promise<Hub>} when the reader has allowed it in the hub; rejects where none answers
   */
  static async join(about, handlers, onLost) {
    const hub = new Hub();
    // its user may take long to give leave, but whether it is there it says at once
    await call("samp.webhub.ping", [], AbortSignal.timeout(ALIVE));
    const told = /** @type {any} */ (
      await call("samp.webhub.register", [{ "samp.name": about["samp.name"] }])
    );
    hub.#key = String(told?.["samp.private-key"] ?? "");
    hub.#translator = String(told?.["samp.url-translator"] ?? "");
    if (!hub.#key) throw new Error("The hub gave no key.");
    await hub.#call("declareMetadata", about);
    await hub.#call("allowReverseCallbacks", "1");
    await hub.#call(
      "declareSubscriptions",
      Object.fromEntries(Object.keys(handlers).map((name) => [name, {}])),
    );
    hub.#listen(handlers, onLost);
    return hub;
  }

  /** @param {string} method @param {Value[]} parameters @returns {Promise<any>} */
  #call(method, ...parameters) {
    return call(`samp.webhub.${method}`, [this.#key, ...parameters]);
  }

  /** @param {Record<string, (params: Record<string, Value>, sender: string) => Promise<void>>} handlers @param {() => void} onLost */
  async #listen(handlers, onLost) {
    while (this.#open) {
      /** @type {any[]} */
      let calls;
      const asked = performance.now();
      try {
        calls = await this.#call("pullCallbacks", PATIENCE);
      } catch {
        if (this.#open) onLost();
        this.#open = false;
        return;
      }
      for (const one of Array.isArray(calls) ? calls : []) {
        const [sender, ...rest] = one["samp.params"] ?? [];
        const message = rest.at(-1);
        const handler = handlers[message?.["samp.mtype"]];
        // some hubs leave out what stands before the point
        const answered = String(one["samp.methodName"]).split(".").at(-1) === "receiveCall";
        let status = "samp.ok";
        try {
          await handler?.(message["samp.params"] ?? {}, sender);
        } catch {
          status = "samp.error";
        }
        const reply = {
          "samp.status": status,
          ...(status === "samp.ok"
            ? { "samp.result": {} }
            : { "samp.error": { "samp.errortxt": "The table could not be read." } }),
        };
        if (answered) await this.#call("reply", rest[0], /** @type {any} */ (reply)).catch(() => {});
      }
      // a hub that answers at once with nothing is not asked without a pause
      if (!calls?.length && performance.now() - asked < PAUSE)
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** Who understands a message. @param {string} mtype @returns {Promise<{id: string, name: string}[]>} */
  async listeners(mtype) {
    const clients = await this.#call("getSubscribedClients", mtype);
    return Promise.all(
      Object.keys(clients ?? {}).map(async (id) => {
        const about = await this.#call("getMetadata", id).catch(() => ({}));
        return { id, name: String(about?.["samp.name"] ?? id) };
      }),
    );
  }

  /** @param {string} id of the one meant, "" for all @param {Message} message */
  async send(id, message) {
    if (id) await this.#call("notify", id, /** @type {any} */ (message));
    else await this.#call("notifyAll", /** @type {any} */ (message));
  }

  /** What another program offers at an address of its own, which only the hub can read. @param {string} url */
  async fetch(url) {
    return whileHere(async () => {
      const response = await fetch(this.#translator + encodeURIComponent(url));
      if (!response.ok) throw new Error(String(response.status));
      return response.blob();
    });
  }

  /** Leave; also when the page goes. */
  leave() {
    if (!this.#open) return;
    this.#open = false;
    this.#call("unregister").catch(() => {});
  }
}

/**
 * Called again where a departure cut it off and the page stayed: what a message asks for twice is done twice, harmlessly.
 * @param {string} method @param {Value[]} parameters @param {AbortSignal} [signal]
 */
const call = (method, parameters, signal) =>
  whileHere(async () => {
    const response = await fetch(ADDRESS, {
      method: "POST",
      body: methodCall(method, parameters),
      headers: { "Content-Type": "text/xml" },
      credentials: "omit",
      signal,
      keepalive: method.endsWith("unregister"),
    });
    return methodResponse(await response.text());
  }, signal);
