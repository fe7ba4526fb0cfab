// Serves the demo on this machine: node serve.mjs FOLDER [PORT], where FOLDER has connexcs.wasm and conma.wasm.

import { fileURLToPath } from "node:url";

import { serve } from "../test/serve.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const [policies, port = "8080"] = process.argv.slice(2);
if (!policies) {
  console.error("which folder has connexcs.wasm and conma.wasm? node serve.mjs FOLDER [PORT]");
  process.exit(2);
}
const { address } = await serve({ "": here("."), loader: here("../loader"), policies }, Number(port));
console.log(`open ${address}`);
