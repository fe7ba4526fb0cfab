// The package in Node: `node test.mjs PACKAGE EXPECTED`, where EXPECTED is what the native library gives.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const [folder, given] = process.argv.slice(2).map((path) => resolve(path));
const expected = JSON.parse(readFileSync(given, "utf8"));
const { default: init, Policy, ...abey } = await import(pathToFileURL(`${folder}/node.js`));
await init();

const SHOP = `policy shop "Order processing" version "1";
use dpv;
clause "1" "Instructions" { allow store of email_address for service_provision; }
clause "2" "Security" { require encryption_at_rest for store of any; }

example "in the clear" pause citing "2"
  store of email_address for service_provision;
`;
const STORE = { action: "store", data: ["email_address"], purpose: "service_provision", measures: [] };
const thrown = (act) => {
  try {
    act();
  } catch (error) {
    assert(error instanceof Error);
    return error;
  }
  assert.fail("nothing was thrown");
};

for (const { name, source, beneath, about, image, operations, proofs, findings } of expected.policies) {
  test(`${name}: decisions are the native ones, byte for byte`, () => {
    const policy = Policy.compile(source, beneath);
    assert.equal(JSON.stringify(policy.about()), about);
    assert.equal(Buffer.from(policy.image()).toString("hex"), image);
    const loaded = Policy.load(policy.image());
    assert(operations.length > 0);
    for (const { told, decision } of operations) {
      assert.equal(policy.checkJson(told), decision);
      assert.equal(loaded.checkJson(told), decision);
      assert.deepEqual(policy.check(told), JSON.parse(decision));
      assert.equal(JSON.stringify(policy.check(JSON.parse(told))), decision);
      assert.equal(policy.verdict(told), JSON.parse(decision).verdict);
      assert.equal(policy.verdict(JSON.parse(told)), JSON.parse(decision).verdict);
    }
    policy.free();
  });

  test(`${name}: no faults, examples pass, formatted as natively`, () => {
    assert.deepEqual(abey.diagnostics(source, beneath), []);
    const examples = abey.test(source, beneath);
    assert.deepEqual(examples.filter((example) => !example.passed), []);
    assert.equal(examples.length, source.match(/^example /gm).length);
    assert.equal(abey.format(source), source);
  });

  test(`${name}: proofs and findings are the native ones, byte for byte`, () => {
    assert.equal(JSON.stringify(abey.prove(source, beneath)), proofs);
    const found = abey.lint(source, beneath).findings;
    for (const finding of found) assert(finding.start < finding.end && finding.end <= source.length);
    assert.equal(JSON.stringify({ findings: found.map(({ start, end, ...finding }) => finding) }), findings);
  });
}

test("a property is proved, or refuted by an operation that is decided otherwise", () => {
  const claims = `${SHOP}property "no marketing": never allow any of any for marketing;
property "no email": never allow any of email_address;
property "encrypted": never allow store of any unless measures includes encryption_at_rest;
property "always": always allow store of email_address for service_provision;
`;
  const { proved, properties } = abey.prove(claims);
  assert.equal(proved, false);
  assert.deepEqual(
    properties.map(({ name, line, outcome }) => [name, line, outcome]),
    [
      ["no marketing", 8, "proved"],
      ["no email", 9, "refuted"],
      ["encrypted", 10, "proved"],
      ["always", 11, "refuted"],
    ],
  );
  const policy = Policy.compile(claims);
  for (const [index, verdict] of [[1, "allow"], [3, "pause"]]) {
    const { operation, decision, phrase } = properties[index];
    assert.deepEqual(policy.check(operation), decision);
    assert.equal(decision.verdict, verdict);
    assert.match(phrase, /^store of (raw )?email_address/);
    // As a person writes it, it is an example of the policy.
    const [, ran] = abey.test(`${SHOP}example "shown" ${verdict}\n  ${phrase};\n`);
    assert.deepEqual(ran.failures, []);
  }
  assert.deepEqual(abey.prove(SHOP), { proved: true, properties: [] });
  assert.equal(abey.prove(claims.replace(/property "(no email|always)".*\n/g, "")).proved, true);
});

test("a difference says what becomes allowed and what becomes paused", () => {
  const version = (recipients) => Policy.compile(`policy shop "Order processing" version "1";
use dpv;
use places;
recipient carrier in DE;
recipient printer in DE;
clause "1" { allow share of email_address to ${recipients}; }
`);
  const [one, both] = [version("carrier"), version("carrier, printer")];
  const wider = abey.diff(one, both);
  assert.deepEqual([wider.fully_described, wider.partial, wider.more], ["changed", "changed", false]);
  assert.deepEqual([wider.becomes_paused, wider.duties], [[], []]);
  assert.equal(wider.becomes_allowed.length, 1);
  const [{ phrase, example, operation, before, after }] = wider.becomes_allowed;
  assert.match(phrase, /printer/);
  assert.match(example, /printer/);
  assert.equal(operation.recipient, "printer");
  assert.deepEqual([before, after], [one.check(operation), both.check(operation)]);
  assert.deepEqual([before.verdict, after.verdict], ["pause", "allow"]);
  const narrower = abey.diff(both, one);
  assert.deepEqual([narrower.becomes_allowed.length, narrower.becomes_paused.length], [0, 1]);
  assert.equal(narrower.becomes_paused[0].operation.recipient, "printer");

  const same = { fully_described: "same", partial: "same", more: false };
  const nothing = { ...same, becomes_allowed: [], becomes_paused: [], duties: [] };
  assert.deepEqual(abey.diff(both, version("printer, carrier")), nothing);
  assert.deepEqual(abey.diff(one, Policy.load(one.image())), nothing);
  thrown(() => abey.diff(SHOP, SHOP));
});

test("a difference is the native one, byte for byte", () => {
  const { old, next, change } = expected.difference;
  assert.equal(JSON.stringify(abey.diff(Policy.compile(old), Policy.compile(next))), change);
});

test("a lint says what is rarely meant, with its place in UTF-16 units", () => {
  const source = SHOP.replace("example", 'clause "😀" { allow store of email_address for service_provision; } // 😀\nexample');
  const { findings } = abey.lint(source);
  assert.deepEqual([...new Set(findings.map((finding) => finding.lint))], ["never_decides"]);
  for (const { start, end, line, column, message, help } of findings) {
    const lines = source.slice(0, start).split("\n");
    assert.deepEqual([line, column], [lines.length, lines.at(-1).length + 1]);
    assert.match(source.slice(start, end), /^allow store of email_address for service_provision/);
    assert(message.length > 0 && help.length > 0);
  }
  assert.deepEqual(abey.lint(SHOP), { findings: [] });
});

test("a wrong source has no proofs and no findings", () => {
  const wrong = SHOP.replace("email_address", "emial_address");
  const faults = abey.diagnostics(wrong);
  assert(faults.length > 0);
  assert.deepEqual(thrown(() => abey.prove(wrong)).diagnostics, faults);
  assert.deepEqual(thrown(() => abey.lint(wrong)).diagnostics, faults);
});

test("the scripts of the README do what they say", async () => {
  const readme = readFileSync(`${folder}/README.md`, "utf8");
  const blocks = [...readme.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, block]) => block);
  assert.equal(blocks.length, 2);
  const place = mkdtempSync(`${folder}/../readme-`);
  try {
    mkdirSync(`${place}/node_modules`);
    symlinkSync(folder, `${place}/node_modules/abey-web`, "junction");
    writeFileSync(`${place}/policy.abey`, SHOP);
    writeFileSync(`${place}/operation.json`, JSON.stringify(STORE));
    const printed = blocks.map((block, index) => {
      writeFileSync(`${place}/${index}.mjs`, block);
      return execFileSync(process.execPath, [`${index}.mjs`], { cwd: place, encoding: "utf8" });
    });
    assert.match(printed[0], /^pause \[/);
    const [, said] = readme.match(/^```text\n([^]*?)^```$/m);
    assert.equal(printed[1], said);
  } finally {
    rmSync(place, { recursive: true });
  }
});

test("what is no operation pauses as it does natively", () => {
  const policy = Policy.compile(SHOP);
  for (const { told, decision } of expected.malformed) {
    assert.equal(policy.checkJson(told), decision, told);
    assert.deepEqual(policy.check(told), JSON.parse(decision));
    assert.equal(policy.verdict(told), "pause");
  }
  const circle = {};
  circle.circle = circle;
  const throwing = { get action() { throw new Error("no"); } };
  for (const told of [undefined, null, 7, 7n, [], {}, Symbol("x"), () => 1, circle, throwing, { ...STORE, action: 1n }]) {
    const decision = policy.check(told);
    assert.equal(decision.verdict, "pause");
    assert.equal(decision.reasons[0].kind, "malformed");
    assert.equal(policy.verdict(told), "pause");
  }
});

test("a key that is undefined or null is unknown", () => {
  const policy = Policy.compile(SHOP);
  assert.equal(policy.verdict(STORE), "pause");
  assert(policy.check(STORE).reasons.some((reason) => reason.citation?.clause === "2"));
  const mended = { ...STORE, measures: ["encryption_at_rest"], recipient: "none" };
  assert.equal(policy.verdict(mended), "allow");
  assert.equal(policy.verdict({ ...mended, time: undefined, place: null }), "allow");
});

test("a wrong source is told as data, in UTF-16 units", () => {
  const source = SHOP.replace("any; }", 'any; } // é 😀\nclause "😀😀" { allow store of emial_address; }');
  const [fault, ...more] = abey.diagnostics(source);
  assert.deepEqual(more, []);
  const start = source.indexOf("emial_address");
  const line = source.slice(0, start).split("\n");
  assert.equal(source.slice(fault.start, fault.end), "emial_address");
  assert.deepEqual(
    { ...fault, message: "", label: "" },
    {
      code: "unknown-word",
      severity: "error",
      message: "",
      label: "",
      help: "did you mean `email_address`?",
      start,
      end: start + "emial_address".length,
      line: line.length,
      column: line.at(-1).length + 1,
      related: [],
    },
  );
  assert.match(fault.message, /emial_address/);
  assert.deepEqual(thrown(() => Policy.compile(source)).diagnostics, [fault]);
  assert.deepEqual(thrown(() => abey.test(source)).diagnostics, [fault]);
  assert.match(thrown(() => Policy.compile(source)).message, /emial_address/);
});

test("diagnostics are the native ones", () => {
  for (const { source, faults } of expected.faults) {
    const told = abey.diagnostics(source).map((fault) => ({
      ...fault,
      start: Buffer.byteLength(source.slice(0, fault.start)),
      end: Buffer.byteLength(source.slice(0, fault.end)),
      column: [...source.slice(0, fault.start).split("\n").at(-1)].length + 1,
      related: fault.related.map(({ message, start }) => ({ message, start: Buffer.byteLength(source.slice(0, start)) })),
    }));
    assert.deepEqual(told, faults, source);
  }
});

test("sources of any kind are told apart, and none ends the module", () => {
  const deep = ["(", "not ", "{", "((((not "].map((part) => `${SHOP}clause "3" when ${part.repeat(20_000)}`);
  for (const source of ["", "\0", "\ud800", "\ufeff", "😀".repeat(10_000), "x".repeat(5_000_000), ...deep]) {
    assert(abey.diagnostics(source).length > 0);
    assert(thrown(() => Policy.compile(source)).diagnostics.length > 0);
  }
  const nested = `${SHOP}fact f: yes/no;\nclause "3" when ${"(not ".repeat(20)}f is yes${")".repeat(20)} { forbid any of any; }`;
  assert.deepEqual(abey.diagnostics(nested).filter((fault) => fault.severity === "error"), []);
  Policy.compile(nested);
});

test("examples that fail say what is wrong", () => {
  const [passing, failing] = abey.test(`${SHOP}example "wrong" allow\n  store of email_address for marketing;\n`);
  assert.deepEqual([passing.name, passing.passed, passing.failures], ["in the clear", true, []]);
  assert.equal(passing.decision.verdict, "pause");
  assert.deepEqual([failing.name, failing.passed, failing.line, failing.expected], ["wrong", false, 8, "allow"]);
  assert.deepEqual(failing.failures, ["it is paused"]);
});

test("formatting keeps the meaning, and says what can't be read", () => {
  const untidy = SHOP.replaceAll("\n", "\n\n\n").replaceAll(" {", "{");
  assert.equal(abey.format(abey.format(untidy)), abey.format(untidy));
  assert.equal(abey.test(abey.format(untidy)).length, 1);
  const error = thrown(() => abey.format("policy 😀"));
  assert.equal(error.diagnostics[0].severity, "error");
});

test("a policy beneath is found by its own name alone", () => {
  const terms = 'policy terms "Terms" version "1"; use dpv;\nclause "1" { allow store of email_address; }\n';
  const over = (name) => `agreement signed "Signed" version "1" over ${name};\n`;
  assert.deepEqual(Policy.compile(over("terms"), { terms }).about().layers, ["terms", "signed"]);
  for (const beneath of [undefined, null, {}, { terms: 7 }, { other: terms }]) {
    assert(thrown(() => Policy.compile(over("terms"), beneath)).diagnostics.length > 0);
  }
  assert(abey.diagnostics(over("constructor"), {}).length > 0);
});

test("an image that isn't one, or is damaged, isn't loaded", () => {
  assert.equal(thrown(() => Policy.load(new Uint8Array())).diagnostics, undefined);
  const image = Policy.compile(SHOP).image();
  image[image.length - 1] ^= 1;
  thrown(() => Policy.load(image));
});
