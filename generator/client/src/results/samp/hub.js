/**
 * The SAMP hub of this computer, by the Web Profile of SAMP 1.3: a page calls it at one port, the hub asks its user
 * whether to allow the page, and delivers messages when the page asks for them.
 *
 * @typedef {import("./xmlrpc.js").Value} Value
 * @typedef {{"samp.mtype": string, "samp.params": Record<string, Value>}} Message
 */
import { whileHere } from "../../shared/leaving.js";
import { methodCall, methodResponse } from "./xmlrpc.js";

const ADDRESS = "http://localhost:21012/";
/** Seconds that the hub waits for a message to deliver. */
const PATIENCE = "20";
const PAUSE = 1000;
/** Milliseconds within which a running hub answers. */
const ALIVE = 5000;

export class Hub {
  #key = "";
  #translator = "";
  #open = true;

  /**
   * @param {Record<string, string>} about this page
   * @param {Record<string, (params: Record<string, Value>, sender: string) => Promise<void>>} handlers of the messages that are understood, by MType
   * @param {() => void} onLost the hub ended
   * @returns {Promise<Hub>} when the reader has allowed it in the hub; rejects where none answers
   */
  static async join(about, handlers, onLost) {
    const hub = new Hub();
    // its user may take long to allow the page, but a running hub answers a ping at once
    await call("samp.webhub.ping", [], AbortSignal.timeout(ALIVE));
    const answer = /** @type {any} */ (
      await call("samp.webhub.register", [{ "samp.name": about["samp.name"] }])
    );
    hub.#key = String(answer?.["samp.private-key"] ?? "");
    hub.#translator = String(answer?.["samp.url-translator"] ?? "");
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
        // some hubs leave out the part before the point
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
      // pause before asking again a hub that answers at once with nothing
      if (!calls?.length && performance.now() - asked < PAUSE)
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** The programs that understand a message. @param {string} mtype @returns {Promise<{id: string, name: string}[]>} */
  async listeners(mtype) {
    const clients = await this.#call("getSubscribedClients", mtype);
    return Promise.all(
      Object.keys(clients ?? {}).map(async (id) => {
        const about = await this.#call("getMetadata", id).catch(() => ({}));
        return { id, name: String(about?.["samp.name"] ?? id) };
      }),
    );
  }

  /** @param {string} id of the recipient, "" for all @param {Message} message */
  async send(id, message) {
    if (id) await this.#call("notify", id, /** @type {any} */ (message));
    else await this.#call("notifyAll", /** @type {any} */ (message));
  }

  /** A file that another program offers at an address which only the hub can read. @param {string} url */
  async fetch(url) {
    return whileHere(async () => {
      const response = await fetch(this.#translator + encodeURIComponent(url));
      if (!response.ok) throw new Error(String(response.status));
      return response.blob();
    });
  }

  /** Unregister; also called when the page is left. */
  leave() {
    if (!this.#open) return;
    this.#open = false;
    this.#call("unregister").catch(() => {});
  }
}

/**
 * Called again where leaving the page interrupted a call and the page stayed: repeating a message is harmless.
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
