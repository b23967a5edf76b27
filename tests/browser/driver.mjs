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

let browser,
  context,
  page,
  requests = [],
  complaints = [],
  heard = [],
  finished;

/** What a reader would see: where a wait was in vain, it mostly says why. */
async function seen() {
  const status = `[...document.querySelectorAll("[role=status], [role=alert], dialog[open]")]
    .map((one) => one.textContent.trim().slice(0, 300)).filter(Boolean).join(" | ")`;
  const told = await page.evaluate(status).catch((error) => error.message);
  return `${page.url()} says: ${told}`;
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
  async open({ width = 1280, height = 900, dark = false, reduced = true }) {
    if (context) await context.close();
    context = await browser.createBrowserContext();
    page = await context.newPage();
    requests = [];
    // What the page before this one still has to say is not said by this one.
    const [own, said] = [page, (complaints = [])];
    const complain = (words) => {
      said.push(`${own.url()}: ${words}`);
      if (page === own && finished !== own) heard.push(said.at(-1));
    };
    page.on("request", (request) => requests.push(request.url()));
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
  async goto({ url }) {
    await page.goto(url, { waitUntil: "load", timeout: 60_000 });
  },
  evaluate: ({ script }) => page.evaluate(script),
  async wait({ script, timeout = 60_000 }) {
    // Asked from here, not from the page: it must outlive a navigation and obey no Content-Security-Policy.
    const end = Date.now() + timeout;
    for (;;) {
      const value = await page.evaluate(script).catch(() => null);
      if (value) return value;
      if (Date.now() > end)
        throw new Error(
          `waited ${timeout} ms in vain for: ${script}; ${await seen()}`,
        );
      await new Promise((done) => setTimeout(done, 25));
    }
  },
  click: ({ selector }) => page.locator(selector).setTimeout(PATIENCE).click(),
  async fill({ selector, text }) {
    await page.locator(selector).setTimeout(PATIENCE).fill(text);
  },
  async press({ key }) {
    const held = key.split(/(?<=.)\+/);
    const last = held.pop();
    for (const one of held) await page.keyboard.down(one);
    try {
      await page.keyboard.press(last);
    } finally {
      // A key that the browser does not know must not leave Shift down for the tests that follow.
      for (const one of held) await page.keyboard.up(one);
    }
  },
  type: ({ text }) => page.keyboard.type(text),
  async upload({ selector, paths }) {
    const input = await page.$(selector);
    await input.uploadFile(...paths);
  },
  async screenshot({ path, full = true }) {
    await page.screenshot({ path, fullPage: full });
  },
  media: ({ type }) => page.emulateMediaType(type),
  resize: ({ width, height = 900 }) => page.setViewport({ width, height }),
  address: () => page.url(),
  requests: () => requests,
  complaints: () => complaints,
  // A test ends here: what its page says later, perhaps while it is closed, is not said by the test that follows.
  async heard() {
    await page?.evaluate("0").catch(() => null);
    finished = page;
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
