// The package in Node: `node test.mjs PACKAGE EXPECTED`, where EXPECTED is what the native library gives.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

for (const { name, source, beneath, about, image, operations } of expected.policies) {
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
}

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
