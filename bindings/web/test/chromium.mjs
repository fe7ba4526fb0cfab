// A headless Chromium for tests.

import { existsSync } from "node:fs";

import { chromium } from "playwright-core";

const path = process.env.CHROMIUM ?? "/usr/bin/chromium";

export async function browser() {
  if (!existsSync(path)) throw new Error(`there is no ${path}: apt-get install chromium, or set CHROMIUM`);
  return chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
}
