/** An address that its owner has signed in advance for one file. */
import { md5 } from "@noble/hashes/legacy.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { t } from "../shared/strings.js";
import { pieces } from "./place.js";
import { Lost, persistently, refusal, request } from "./request.js";
import { errorIn } from "./s3-answers.js";

/**
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./place.js").SavedFile} SavedFile
 */

/** @implements {Place} */
export class Signed {
  #address;
  once = true;

  /** @param {string} address */
  constructor(address) {
    this.#address = address;
    const { host, pathname } = new URL(address);
    this.title = host + pathname;
  }

  /** @param {SavedFile} file @returns {import("./place.js").Transfer} */
  start({ blob }) {
    return {
      name: this.title,
      run: async (signal, onBytes) => {
        const about = { method: "PUT", body: blob, signal, onBytes };
        const answer = await persistently(() => request(this.#address, about), signal);
        if (answer.status < 200 || answer.status > 299)
          throw new Error(refusal(answer.status, errorIn(answer.text)));
        const [, tag] = /^"([0-9a-f]{32})"$/.exec(answer.header("etag")) ?? [];
        if (!tag) return "none";
        const sum = md5.create();
        for await (const piece of pieces(blob, signal)) sum.update(piece);
        if (bytesToHex(sum.digest()) !== tag) throw new Lost(t("The saved file differs from what was sent."));
        return "md5";
      },
      // The address is for writing only.
      undo: async () => {},
    };
  }
}
