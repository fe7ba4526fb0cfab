// Compares the decisions on the work in a folder, in Node. node conformance.mjs FOLDER

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { load } from "../loader/abey.js";
import { Difference, compared } from "./page/compared.js";

const [folder] = process.argv.slice(2);
const file = (name) => join(folder, name);

try {
  const count = await compared((name) => readFile(file(name), "utf8"), async (name) => load(await readFile(file(name))));
  console.log(`${count} decisions agree`);
} catch (error) {
  if (!(error instanceof Difference)) throw error;
  console.log(error.message);
  process.exitCode = 1;
}
