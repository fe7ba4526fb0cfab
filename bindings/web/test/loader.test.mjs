// The loader under Node. WORK is a folder with conma.wasm, runtime.wasm and operations.jsonl.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL, fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import { transform } from "esbuild";

import { AbeyError, load } from "../loader/abey.js";

const work = process.env.WORK;
const file = (name) => readFileSync(join(work, name));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const operations = file("operations.jsonl").toString().trim().split("\n");

/** A module that exports what a policy does, each function with a body of its own. */
function broken({ abi = 1, alloc = [0x41, 0x80, 0x08], check = [0x42, 0], reset = [], start } = {}) {
  const name = (text) => [text.length, ...Buffer.from(text)];
  const section = (id, bytes) => [id, ...leb(bytes.length), ...bytes];
  const body = (code) => [code.length + 2, 0, ...code, 0x0b];
  const functions = [
    ["abey_abi", 0, [0x41, abi]],
    ["abey_alloc", 1, alloc],
    ["abey_check", 2, check],
    ["abey_batch", 2, check],
    ["abey_verdict", 3, [0x41, 7]],
    ["abey_policy", 4, [0x42, ...leb64((16n << 32n) | 4n)]],
    ["abey_reset", 5, reset],
  ];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [
      6,
      ...[0x60, 0, 1, 0x7f],
      ...[0x60, 1, 0x7f, 1, 0x7f],
      ...[0x60, 2, 0x7f, 0x7f, 1, 0x7e],
      ...[0x60, 2, 0x7f, 0x7f, 1, 0x7f],
      ...[0x60, 0, 1, 0x7e],
      ...[0x60, 0, 0],
    ]),
    ...section(3, [functions.length, ...functions.map(([, type]) => type)]),
    ...section(5, [1, 0, 1]),
    ...section(7, [functions.length + 1, ...name("memory"), 2, 0, ...functions.flatMap(([f], i) => [...name(f), 0, i])]),
    ...(start === undefined ? [] : section(8, [start])),
    ...section(10, [functions.length, ...functions.flatMap(([, , code]) => body(code))]),
    ...section(11, [1, 0, 0x41, 16, 0x0b, 4, ...Buffer.from("null")]),
  ]);
}
function leb(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)];
}
function leb64(value) {
  value = BigInt.asIntN(64, value);
  const bytes = [];
  for (;;) {
    const low = Number(value & 127n);
    value >>= 7n;
    if (low < 64 ? value === 0n : value === -1n) return [...bytes, low];
    bytes.push(low | 128);
  }
}

test("every kind of source gives the same policy", async () => {
  const server = createServer((request, response) => {
    const type = request.url.startsWith("/typed") ? "application/wasm" : "text/plain";
    response.writeHead(request.url.endsWith("missing") ? 404 : 200, { "content-type": type }).end(file("conma.wasm"));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const address = `http://127.0.0.1:${server.address().port}`;
  const path = pathToFileURL(join(work, "conma.wasm"));
  const sources = [
    file("conma.wasm"),
    new Uint8Array(file("conma.wasm")).buffer,
    new WebAssembly.Module(file("conma.wasm")),
    path,
    path.href,
    `${address}/typed`,
    new URL(`${address}/untyped`),
    fetch(`${address}/typed`),
    await fetch(`${address}/untyped`),
  ];
  for (const source of sources) {
    const policy = await load(source);
    assert.equal(policy.about.name, "conma");
    assert.equal(policy.check(operations[0]).policy.hash, policy.about.hash);
  }
  await assert.rejects(load(`${address}/missing`), { name: "AbeyError", message: /status 404/ });
  server.close();
});

test("objects and text are the same operation", async () => {
  const policy = await load(file("conma.wasm"));
  for (const text of operations) {
    const operation = JSON.parse(text);
    assert.equal(policy.checkJson(operation), policy.checkJson(text));
    assert.equal(policy.verdict(operation), policy.check(text).verdict);
    assert.equal(policy.checkJson({ ...operation, basis: operation.basis, actor: undefined }), policy.checkJson({ ...operation, actor: undefined }));
  }
  assert.deepEqual(policy.checkMany(operations.map((text) => JSON.parse(text))), operations.map((text) => policy.check(text)));
  assert.deepEqual(policy.checkMany([]), []);
});

test("what is no operation pauses as malformed, whatever it is", async () => {
  const policy = await load(file("conma.wasm"));
  const strange = ["", "{", "[]", " \n ", undefined, null, 1, [], {}, { action: "\ud800", data: ["\u0000"] }, "\uffff"];
  for (const operation of strange) {
    assert.equal(policy.check(operation).verdict, "pause");
    assert.equal(policy.verdict(operation), "malformed");
  }
  assert.equal(policy.checkMany(strange).length, strange.length);
  assert.ok(policy.checkMany(strange).every((decision) => decision.verdict === "pause"));
});

test("the host's time counts where the operation has none", async () => {
  const now = () => new Date("2026-11-20T10:00:00Z");
  const [timed, plain] = [await load(file("conma.wasm"), { now }), await load(file("conma.wasm"))];
  const { time, ...operation } = JSON.parse(operations[0]);
  assert.ok(time);
  assert.equal(plain.check(operation).time, null);
  assert.equal(timed.check(operation).time, "2026-11-20T10:00:00Z");
  assert.equal(timed.check({ ...operation, time }).time, time);
});

test("a runtime without a policy pauses", async () => {
  const policy = await load(file("runtime.wasm"));
  assert.equal(policy.about, null);
  assert.match(policy.check(operations[0]).summary, /no policy is attached/);
  assert.equal(policy.verdict(operations[0]), "pause");
});

test("a module that fails throws, and is asked afresh", async () => {
  const big = 1n << 31n;
  const failing = {
    "a trap": { check: [0x00] },
    "an answer outside of memory": { check: [0x42, ...leb64((big << 32n) | 5n)] },
    "an answer past the end of memory": { check: [0x42, ...leb64((65_530n << 32n) | 100n)] },
    "no memory": { alloc: [0x41, 0], check: [0x42, ...leb64((16n << 32n) | 4n)] },
    "a place outside of memory": { alloc: [0x41, 0x7f] },
    "a place at the end of memory": { alloc: [0x41, ...[0xff, 0xff, 3]] },
    "no JSON": { check: [0x42, ...leb64((16n << 32n) | 3n)] },
  };
  for (const [what, functions] of Object.entries(failing)) {
    const policy = await load(broken(functions));
    for (let turn = 0; turn < 3; turn += 1) {
      assert.throws(() => policy.check(operations[0]), AbeyError, what);
    }
  }
  const answers = await load(broken({ check: [0x42, ...leb64((16n << 32n) | 4n)] }));
  assert.throws(() => answers.checkMany(operations), { name: "AbeyError" });
  assert.equal(answers.verdict("{}"), "pause", "a verdict that there isn't");
});

test("what is no policy is refused by name", async () => {
  const whole = file("conma.wasm");
  const refused = {
    nothing: new Uint8Array(),
    "cut off": whole.subarray(0, whole.length / 2),
    foreign: Buffer.from("PK\u0003\u0004 no module"),
    empty: new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    "another version": broken({ abi: 2 }),
    "a policy that can't say what it is": broken({ start: 6, reset: [0x00] }),
    imports: new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x61, 1, 0x62, 0, 0]),
  };
  for (const [what, bytes] of Object.entries(refused)) {
    await assert.rejects(load(bytes), { name: "AbeyError" }, what);
  }
  await assert.rejects(load(undefined), { name: "AbeyError" });
  await assert.rejects(load("http://127.0.0.1:1/none.wasm"), { name: "AbeyError" });
});

test("memory stays where it was", async () => {
  const module = new WebAssembly.Module(file("conma.wasm"));
  let memory;
  const Real = WebAssembly.Instance;
  WebAssembly.Instance = class extends Real {
    constructor(...given) {
      super(...given);
      memory = this.exports.memory;
    }
  };
  // The loader looks the constructor up at each use.
  const policy = await load(module);
  WebAssembly.Instance = Real;
  const checks = Number(process.env.CHECKS ?? 5000);
  let early;
  for (let turn = 0; turn < checks; turn += 1) {
    const operation = operations[(turn * 7919) % operations.length];
    policy.checkJson(turn % 97 ? operation : operation.slice(0, turn % operation.length));
    if (turn === 999) early = memory.buffer.byteLength;
  }
  assert.ok(early > 0);
  assert.equal(memory.buffer.byteLength, early);
});

test("it runs in a worker", async () => {
  const source = `
    import { parentPort, workerData } from "node:worker_threads";
    const { load } = await import(workerData.loader);
    const policy = await load(workerData.module);
    parentPort.postMessage(policy.checkJson(workerData.operation));`;
  const workerData = {
    loader: new URL("../loader/abey.js", import.meta.url).href,
    module: new WebAssembly.Module(file("conma.wasm")),
    operation: operations[0],
  };
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData });
  const answer = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  assert.equal(answer, (await load(file("conma.wasm"))).checkJson(operations[0]));
});

test("the loader is at most 2 KB minified", async () => {
  const { code } = await transform(readFileSync(here("../loader/abey.js"), "utf8"), { minify: true, format: "esm" });
  assert.ok(code.length <= 2048, `${code.length} bytes`);
});

test("the types say what the loader does", () => {
  const typescript = here("../node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"];
  const check = (name) => spawnSync(process.execPath, [typescript, ...options, here(name)], { encoding: "utf8" });
  const right = check("types.ts");
  assert.equal(right.status, 0, right.stdout);
});
