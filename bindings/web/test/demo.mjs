// The demo in headless Chromium, by keyboard alone: what is allowed reaches the server, what pauses makes no request, and
// the reason is on the screen and in the accessibility tree. node demo.mjs FOLDER, with the built policies; screenshots
// are written there.

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { browser } from "./chromium.mjs";
import { serve } from "./serve.mjs";

const [folder] = process.argv.slice(2);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const server = await serve({ "": here("../demo"), loader: here("../loader"), policies: folder });
const chrome = await browser();

/** Moves to a field by the tabulator key, as somebody without a mouse does. */
async function reach(page, selector) {
  await page.evaluate(() => document.activeElement?.blur());
  for (let turn = 0; turn < 60; turn += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  assert.fail(`${selector} can't be reached by keyboard`);
}
async function toggle(page, selector) {
  await reach(page, selector);
  await page.keyboard.press("Space");
}
async function choose(page, selector, value) {
  await reach(page, selector);
  for (let turn = 0; turn < 5; turn += 1) {
    if ((await page.locator(selector).inputValue()) === value) return;
    await page.keyboard.press("ArrowDown");
  }
  assert.equal(await page.locator(selector).inputValue(), value);
}
async function submit(page, form) {
  await reach(page, `${form} button`);
  await page.keyboard.press("Enter");
}

try {
  const page = await chrome.newPage({ viewport: { width: 1100, height: 900 } });
  const [requests, faults] = [[], []];
  page.on("request", (request) => requests.push(`${request.method()} ${request.url()}`));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(server.address);
  await page.locator("#banner button:enabled").waitFor();
  await page.locator("#chat button:enabled").waitFor();

  const tree = () => page.locator("body").ariaSnapshot();
  const count = () => server.posted.length;

  /** Submits, and expects that nothing at all goes over the network. */
  async function pauses(form, ...said) {
    const [before, posted] = [requests.length, count()];
    await submit(page, form);
    const outcome = page.locator(`${form}-outcome`);
    await outcome.getByRole("heading", { name: "Held. Nothing was sent." }).waitFor();
    await page.waitForTimeout(300);
    assert.deepEqual(requests.slice(before), [], `${form}: no request`);
    assert.equal(count(), posted);
    const [shown, heard] = [await outcome.innerText(), await tree()];
    assert.equal(await outcome.getAttribute("role"), "status");
    for (const text of said) {
      assert.ok(shown.includes(text), `${form} shows ${text}:\n${shown}`);
      assert.ok(heard.includes(text), `${form} tells ${text}:\n${heard}`);
    }
  }
  async function sends(form, path, ...said) {
    const posted = count();
    await submit(page, form);
    await page.locator(`${form}-outcome.sent`).waitFor();
    assert.equal(count(), posted + 1);
    const { path: reached, body } = server.posted.at(-1);
    assert.equal(reached, path);
    for (const text of said) assert.ok(body.includes(text), body);
  }

  await sends("#chat", "/messages", "My calls drop", "nothing else");
  await toggle(page, "#chat input[value=contact_list]");
  await pauses("#chat", "Clause 2, Closed list of data", "contact list");
  await page.screenshot({ path: join(folder, "demo-paused.png"), fullPage: true });
  await toggle(page, "#chat input[value=contact_list]");
  await toggle(page, "#chat input[value=user_id]");
  await pauses("#chat", "Clause 2.2");
  await toggle(page, "#chat input[name=logged_in]");
  await sends("#chat", "/messages", "user_id");
  await toggle(page, "#chat input[value=user_id]");
  await toggle(page, "#chat input[value=sip_trace]");
  await pauses("#chat", "Clause 2.4");
  await toggle(page, "#chat input[name=troubleshooting]");
  await sends("#chat", "/messages", "sip_trace");
  await toggle(page, "#chat input[value=sip_trace]");
  await choose(page, "#reader", "openai-training");
  await pauses("#chat", "Clause 10.4, Not for a third party's training");

  await sends("#banner", "/consent", "consent_accepted", "hashed");
  await choose(page, "#address", "raw");
  await pauses("#banner", "Clause 3.5, Hashed IP", "What would settle it:", "make ip address sha256, make ip address salted");
  await page.screenshot({ path: join(folder, "demo.png"), fullPage: true });
  await choose(page, "#address", "none");
  await sends("#banner", "/consent", "none");
  await choose(page, "#kept", "P10Y");
  await pauses("#banner", "Clause 5.10");

  await page.setViewportSize({ width: 390, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} wide on a telephone`);
  await page.screenshot({ path: join(folder, "demo-narrow.png"), fullPage: true });

  // Without its policy a widget sends nothing.
  await page.route("**/conma.wasm", (route) => route.abort());
  faults.length = 0;
  await page.reload();
  await page.locator("#banner-policy", { hasText: "can't be loaded" }).waitFor();
  assert.ok(await page.locator("#banner button").isDisabled());
  assert.ok(faults.every((fault) => fault.includes("ERR_FAILED")), faults.join("\n"));
  console.log(`${count()} messages reached the server, and none that was held`);
} finally {
  await chrome.close();
  server.stop();
}
