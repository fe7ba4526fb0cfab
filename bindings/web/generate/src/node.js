// The same package in Node, where the module is a file.
import { readFile } from "node:fs/promises";
import load from "./abey_web.js";

export * from "./abey_web.js";

export default async function init(given) {
  return load(given ?? { module_or_path: await readFile(new URL("./abey_web_bg.wasm", import.meta.url)) });
}
