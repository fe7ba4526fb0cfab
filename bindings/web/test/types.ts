import { AbeyError, load, type Decision, type Operation } from "../loader/abey.js";

const operation: Operation = {
  action: "store",
  data: [{ category: "ip_address", form: ["hashed", "salted"], collected: "now" }, "consent_decision"],
  purpose: "consent_recording",
  recipient: "none",
  measures: [],
  facts: { contract_ended: "none", copies: 2, encrypted: true },
};

const policy = await load(fetch("/conma.wasm"), { now: () => new Date() });
const decision: Decision = policy.check(operation);
const clause: string | undefined = decision.reasons[0]?.citation?.clause;
const verdict: "allow" | "pause" | "malformed" = policy.verdict(JSON.stringify(operation));
const many: Decision[] = policy.checkMany([operation, "{}"]);
const text: string = policy.checkJson(operation);
const name: string | undefined = policy.about?.name;
const error: Error = new AbeyError(`${clause}${verdict}${many.length}${text}${name}`);
console.log(error);

// @ts-expect-error An operation has an action.
policy.check({ data: ["email_address"] });
// @ts-expect-error A key that there isn't.
policy.check({ action: "store", data: ["email_address"], region: "DE" });
// @ts-expect-error A policy is read, not written.
policy.about = null;
