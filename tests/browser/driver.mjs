// Drives Chromium or Firefox for the Python tests: one JSON command a line in, one JSON answer a line out.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import process from "node:process";
import { FLAGS } from "./flags.mjs";

// The packages are the client's; this file lies elsewhere.
const require = createRequire(
  new URL("../../generator/client/package.json", import.meta.url),
);
const puppeteer = require("puppeteer-core");

// Firefox as readers have it: puppeteer's own profile loosens the rules for file://.
const PREFERENCES = {
  "security.fileuri.strict_origin_policy": true,
  // The panel of downloads would take the keyboard away from the page.
  "browser.download.alwaysOpenPanel": false,
  "network.captive-portal-service.enabled": false,
};

// Firefox takes long to say that a button has come to rest where many programs share its processor.
const PATIENCE = 60_000;
const WIDTH = 1280;

// Of the pages that stay open for later tests; each takes some 300 MB.
const KEPT = 3;

/**
 * @typedef {{ context: any, page: any, requests: string[], complaints: string[] }} Tab
 * @type {Map<string, Tab>} pages that stay open, by address, the last used one last
 */
const kept = new Map();
/** @type {Tab | undefined} the page that commands are for */
let tab;
let browser, finished;
const heard = [];

/** Close the page that commands are for, unless it is kept. */
async function leave() {
  const last = tab;
  tab = undefined;
  if (last && ![...kept.values()].includes(last)) await last.context.close();
}

const IS_PLAIN = `location.href.split(/[?#]/)[0] === %s
  && document.readyState === "complete" && !document.querySelector("dialog[open]")`;

/** Whether a page is at an address, without an open dialog and as wide as usual. */
const isPlain = async ({ page }, address) =>
  !page.isClosed() &&
  page.viewport()?.width === WIDTH &&
  (await page
    .evaluate(IS_PLAIN.replace("%s", JSON.stringify(address)))
    .catch(() => false));

/** What a reader would see: where a wait was in vain, it mostly says why. */
async function seen() {
  const status = `[...document.querySelectorAll("[role=status], [role=alert], dialog[open]")]
    .map((one) => one.textContent.trim().slice(0, 300)).filter(Boolean).join(" | ")`;
  const shown = await tab.page.evaluate(status).catch((error) => error.message);
  return `${tab.page.url()} says: ${shown}`;
}

const commands = {
  async launch({ name, proxy }) {
    const firefox = name === "firefox";
    const preferences = proxy
      ? {
          ...PREFERENCES,
          "network.proxy.type": 1,
          "network.proxy.http": "127.0.0.1",
          "network.proxy.http_port": proxy,
          "network.proxy.ssl": "127.0.0.1",
          "network.proxy.ssl_port": proxy,
          "network.proxy.allow_hijacking_localhost": false,
        }
      : PREFERENCES;
    browser = await puppeteer.launch({
      browser: name,
      executablePath: firefox ? "/usr/bin/firefox-esr" : "/usr/bin/chromium",
      args: firefox
        ? []
        : [
            ...FLAGS,
            "--hide-scrollbars",
            ...(proxy ? [`--proxy-server=http://127.0.0.1:${proxy}`] : []),
          ],
      extraPrefsFirefox: preferences,
      protocolTimeout: 120_000,
    });
  },
  /** `keep`: leave the page open for `show`, by this address. */
  async open({
    width = WIDTH,
    height = 900,
    dark = false,
    reduced = true,
    keep,
  }) {
    // The last page goes first: a window that closes behind another one costs twice the processor time.
    await leave();
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    const own = { context, page, requests: [], complaints: [] };
    const old = kept.get(keep);
    kept.delete(keep);
    if (old && old !== tab) await old.context.close();
    tab = own;
    if (keep) {
      kept.set(keep, own);
      for (const [address, oldest] of [...kept].slice(0, -KEPT)) {
        kept.delete(address);
        await oldest.context.close();
      }
    }
    // What the page before this one still has to say is not said by this one.
    const complain = (words) => {
      own.complaints.push(`${page.url()}: ${words}`);
      if (tab === own && finished !== own) heard.push(own.complaints.at(-1));
    };
    page.on("request", (request) => own.requests.push(request.url()));
    page.on("pageerror", (error) => complain(error?.stack ?? error));
    page.on("console", (message) => {
      if (["error", "warn"].includes(message.type())) complain(message.text());
    });
    await page.setViewport({ width, height });
    if ((await browser.version()).startsWith("Chrom")) {
      await page.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
        {
          name: "prefers-reduced-motion",
          value: reduced ? "reduce" : "no-preference",
        },
      ]);
    }
  },
  /** Return to a page that is open at an address, if there is one. */
  async show({ address }) {
    for (const one of [kept.get(address), tab]) {
      if (!one || !(await isPlain(one, address))) continue;
      if (kept.get(address) === one) {
        kept.delete(address);
        kept.set(address, one);
      }
      // What it said before belongs to its earlier uses; `heard` has it.
      one.complaints.length = 0;
      if (one !== tab) {
        one.requests.length = 0;
        await leave();
        tab = one;
        await one.page.bringToFront();
      }
      return true;
    }
    return false;
  },
  async goto({ url }) {
    await tab.page.goto(url, { waitUntil: "load", timeout: 60_000 });
  },
  evaluate: ({ script }) => tab.page.evaluate(script),
  async wait({ script, timeout = 60_000 }) {
    // Asked from here, not from the page: it must outlive a navigation and obey no Content-Security-Policy.
    const begin = Date.now();
    for (;;) {
      const value = await tab.page.evaluate(script).catch(() => null);
      if (value) return value;
      const waited = Date.now() - begin;
      if (waited > timeout)
        throw new Error(
          `waited ${timeout} ms in vain for: ${script}; ${await seen()}`,
        );
      // The longer it takes, the more seldom: asking takes processor time from what is waited for.
      const pause = Math.min(Math.max(waited / 8, 10), 200);
      await new Promise((done) => setTimeout(done, pause));
    }
  },
  click: ({ selector }) =>
    tab.page.locator(selector).setTimeout(PATIENCE).click(),
  async fill({ selector, text }) {
    await tab.page.locator(selector).setTimeout(PATIENCE).fill(text);
  },
  async press({ key }) {
    const held = key.split(/(?<=.)\+/);
    const last = held.pop();
    for (const one of held) await tab.page.keyboard.down(one);
    try {
      await tab.page.keyboard.press(last);
    } finally {
      // A key that the browser does not know must not leave Shift down for the tests that follow.
      for (const one of held) await tab.page.keyboard.up(one);
    }
  },
  type: ({ text }) => tab.page.keyboard.type(text),
  async upload({ selector, paths }) {
    const input = await tab.page.$(selector);
    await input.uploadFile(...paths);
  },
  async screenshot({ path, full = true }) {
    await tab.page.screenshot({ path, fullPage: full });
  },
  async pdf({ path }) {
    await tab.page.pdf({
      path,
      format: "A4",
      preferCSSPageSize: true,
      timeout: 120_000,
    });
  },
  media: ({ type }) => tab.page.emulateMediaType(type),
  resize: ({ width, height = 900 }) => tab.page.setViewport({ width, height }),
  // Firefox reports a new address some time after the page has it.
  address: () => tab.page.evaluate("location.href"),
  requests: () => tab.requests,
  complaints: () => tab.complaints,
  // A test ends here: what its page says later, perhaps while it is closed, is not said by the test that follows.
  async heard() {
    await tab?.page.evaluate("0").catch(() => null);
    finished = tab;
    return heard.splice(0);
  },
  async quit() {
    await browser?.close();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  let answer;
  if (!["open", "heard"].includes(command)) finished = undefined;
  try {
    answer = { value: (await commands[command](rest)) ?? null };
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  if (command === "quit") process.exit(0);
}
// The tests ended without a word: their browser does too.
await browser?.close();
process.exit(0);
