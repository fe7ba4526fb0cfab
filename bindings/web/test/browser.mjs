// Compares what a page gives with the work in a folder, in headless Chromium, under a strict content security policy: the
// decisions of the loader, or with a PACKAGE all that an editor asks of that. node browser.mjs FOLDER [PACKAGE]

import { fileURLToPath } from "node:url";

import { browser } from "./chromium.mjs";
import { serve } from "./serve.mjs";

const [folder, editor] = process.argv.slice(2);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const pages = editor ? { "": here("editor"), package: editor } : { "": here("page"), loader: here("../loader") };
const server = await serve({ ...pages, given: folder });
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
  if (refused.length || !/^\d+ [\w, ]+ agree$/.test(text)) {
    console.log(refused.join("\n"));
    process.exitCode = 1;
  }
} finally {
  await chrome.close();
  server.stop();
}
