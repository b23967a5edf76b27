/** The form in which a reader names the place for files. What is typed here stays in the memory of the page. */
import { t } from "../shared/strings.js";
import { Bucket } from "./s3.js";
import { Signed } from "./signed.js";
import { WebDav } from "./webdav.js";

/** @typedef {import("./place.js").Place} Place */

export class PlaceForm {
  /** @param {HTMLDialogElement} dialog @param {(place: Place | null) => Promise<void>} use @param {(() => Promise<void>) | null} pickFolder null: this browser cannot */
  constructor(dialog, use, pickFolder) {
    this.dialog = dialog;
    this.form = /** @type {HTMLFormElement} */ (dialog.querySelector("[data-place='form']"));
    this.error = /** @type {HTMLElement} */ (dialog.querySelector("[data-place='error']"));
    /** @type {HTMLElement} */ (this.#input("folder").parentElement).hidden = !pickFolder;
    this.form.addEventListener("change", () => this.#offer());
    this.form.addEventListener("submit", (event) => {
      if (event.submitter?.getAttribute("value") !== "use") return;
      event.preventDefault();
      this.#choose(use, pickFolder).catch((error) => {
        if (error.name !== "AbortError") this.error.textContent = error.message;
      });
    });
    // Pages come back from the browser's cache with what was typed into them.
    addEventListener("pagehide", () => this.form.reset());
  }

  open() {
    this.error.textContent = "";
    this.#offer();
    this.dialog.showModal();
  }

  /** The radio button of a kind of place. @param {string} kind @returns {HTMLInputElement} */
  #input(kind) {
    return /** @type {HTMLInputElement} */ (this.form.querySelector(`input[value="${kind}"]`));
  }

  /** What was typed. @param {string} name */
  #value(name) {
    const { value } = /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
    return name === "password" ? value : value.trim();
  }

  get #kind() {
    return this.#value("place-kind");
  }

  /** Show the fields of the kind. */
  #offer() {
    const kind = this.#kind;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.form.querySelectorAll("[data-kinds]"))) {
      part.hidden = !part.dataset.kinds?.split(" ").includes(kind);
      for (const input of part.querySelectorAll("input"))
        input.required = !part.hidden && input.dataset.needed === "yes";
    }
  }

  /** @param {(place: Place | null) => Promise<void>} use @param {(() => Promise<void>) | null} pickFolder */
  async #choose(use, pickFolder) {
    this.error.textContent = "";
    if (this.#kind === "folder") await pickFolder?.();
    else {
      const place = this.#place();
      // Nothing remains in the fields that a browser could offer to keep.
      for (const name of ["secret", "token", "password", "signed"])
        /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name)).value = "";
      await use(place);
    }
    this.dialog.close();
  }

  /** @returns {Place | null} null: the browser's downloads */
  #place() {
    const value = (/** @type {string} */ name) => this.#value(name);
    if (this.#kind === "webdav")
      return new WebDav(this.#address(), { user: value("user"), password: value("password") });
    if (this.#kind === "s3") {
      if (!globalThis.crypto.subtle)
        throw new Error(t("This browser signs requests only on pages opened by https or from disk."));
      const [key, secret, token] = [value("key"), value("secret"), value("token")];
      return new Bucket(this.#address(), { key, secret, token, region: value("region") || "us-east-1" });
    }
    return this.#kind === "signed" ? new Signed(this.#signed()) : null;
  }

  /** The address of the folder, ending in "/". */
  #address() {
    const folders = this.#value("folder").split("/").filter(Boolean);
    if (folders.some((one) => one === "." || one === ".."))
      throw new Error(t("A folder cannot be named . or .."));
    return [this.#value("host"), ...folders.map(encoded), ""].join("/");
  }

  #signed() {
    const typed = this.#value("signed");
    const address = URL.canParse(typed) ? new URL(typed) : null;
    const hosts = [.../** @type {HTMLSelectElement} */ (this.form.elements.namedItem("host")).options];
    if (!address || !hosts.some(({ value }) => new URL(value).origin === address.origin))
      throw new Error(
        t("This page can save to these hosts only: {hosts}", {
          hosts: hosts.map(({ value }) => value).join(", "),
        }),
      );
    return address.href;
  }
}

/** As signatures of S3 require it: everything but letters, digits and -._~ is encoded. @param {string} name */
const encoded = (name) =>
  encodeURIComponent(name).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
