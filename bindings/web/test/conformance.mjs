// Decides the work in a folder through the loader, and compares each decision with the native one byte for byte.
// node conformance.mjs FOLDER; see `abey_tests::hosts` for what a folder holds.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { load } from "../loader/abey.js";

const [folder] = process.argv.slice(2);
const lines = async (name) => (await readFile(join(folder, name), "utf8")).split("\n").filter(Boolean);

let compared = 0;
const different = (name, operation, decided, native) => {
  console.log(`${name}: ${operation}\ndecided  ${decided}\nnatively ${native}`);
  process.exit(1);
};
for (const entry of (await lines("cases.jsonl")).map((line) => JSON.parse(line))) {
  const policy = await load(await readFile(join(folder, entry.module)));
  const [operations, decisions] = [await lines(entry.operations), await lines(entry.decisions)];
  if (operations.length !== decisions.length) throw new Error(`${entry.name}: as many operations as decisions`);
  operations.forEach((operation, index) => {
    const decided = policy.checkJson(operation);
    if (decided !== decisions[index]) different(entry.name, operation, decided, decisions[index]);
    const { verdict, reasons } = JSON.parse(decided);
    const malformed = reasons.some((reason) => reason.kind === "malformed");
    if (policy.verdict(operation) !== (malformed ? "malformed" : verdict)) {
      different(entry.name, operation, policy.verdict(operation), verdict);
    }
    compared += 1;
  });
  // One call for many is the same work again: a part of it shows that.
  policy.checkMany(operations.slice(0, 20)).forEach((decision, index) => {
    const decided = JSON.stringify(decision);
    if (decided !== decisions[index]) different(`${entry.name}, of many`, operations[index], decided, decisions[index]);
  });
}
console.log(`${compared} decisions agree`);
