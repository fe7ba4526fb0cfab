// Compares the decisions on the work in a folder, in headless Chromium, under a strict content security policy.
// node browser.mjs FOLDER

import { fileURLToPath } from "node:url";

import { browser } from "./chromium.mjs";
import { serve } from "./serve.mjs";

const [folder] = process.argv.slice(2);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const server = await serve({ "": here("page"), loader: here("../loader"), given: folder });
const chrome = await browser();
try {
  const page = await chrome.newPage();
  const refused = [];
  page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
  page.on("pageerror", (error) => refused.push(error.message));
  await page.goto(server.address);
  const told = page.locator("#outcome");
  await told.filter({ hasText: /./ }).waitFor({ timeout: 120_000 });
  const text = await told.textContent();
  console.log(text);
  if (refused.length || !/^\d+ decisions agree$/.test(text)) {
    console.log(refused.join("\n"));
    process.exitCode = 1;
  }
} finally {
  await chrome.close();
  server.stop();
}
