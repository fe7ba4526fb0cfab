// What an editor in a page does with the package: policies are compiled, run and formatted, faults are shown; each result
// is compared with the native one. /package holds the package, /given/expected.json what the native library gives.

import init, { Policy, diagnostics, format, prove, test } from "/package/abey_web.js";

/** A result that isn't the native one. */
class Difference extends Error {}

function same(what, got, native) {
  if (got !== native) throw new Difference(`${what}\ngot      ${got}\nnatively ${native}`);
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const messages = (faults) => JSON.stringify(faults.map(({ code, severity, message, help }) => [code, severity, message, help]));

async function compared() {
  await init();
  const { policies, faults } = await (await fetch("/given/expected.json")).json();
  let [decisions, wrong] = [0, 0];
  for (const { name, source, beneath, about, image, operations, proofs } of policies) {
    const policy = Policy.compile(source, beneath);
    same(`${name}: about`, JSON.stringify(policy.about()), about);
    same(`${name}: image`, hex(policy.image()), image);
    for (const { told, decision } of operations) {
      same(`${name}: ${told}`, policy.checkJson(told), decision);
      same(`${name}: ${told}, as an object`, JSON.stringify(policy.check(JSON.parse(told))), decision);
      decisions += 1;
    }
    same(`${name}: examples that fail`, test(source, beneath).filter((example) => !example.passed).length, 0);
    same(`${name}: faults`, messages(diagnostics(source, beneath)), "[]");
    same(`${name}: formatted`, format(source), source);
    same(`${name}: proofs`, JSON.stringify(prove(source, beneath)), proofs);
    policy.free();
  }
  for (const { source, faults: native } of faults) {
    same(source, messages(diagnostics(source)), messages(native));
    wrong += native.length;
  }
  return `${policies.length} policies, ${decisions} decisions and ${wrong} faults agree`;
}

document.querySelector("#outcome").textContent = await compared().catch((error) => `${error.name}: ${error.message}`);
