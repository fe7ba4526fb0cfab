// Decides the work of a folder through the loader, and compares each decision with the native one byte for byte. Runs in
// a page and in Node; see `abey_tests::hosts` for what a folder holds.

/** A decision that isn't the native one. */
export class Difference extends Error {}

/** `text` reads a file of the folder; `open` loads a module of it. How many decisions were compared. */
export async function compared(text, open) {
  const lines = async (name) => (await text(name)).split("\n").filter(Boolean);
  let count = 0;
  for (const entry of (await lines("cases.jsonl")).map((line) => JSON.parse(line))) {
    const policy = await open(entry.module);
    const [operations, decisions] = [await lines(entry.operations), await lines(entry.decisions)];
    if (operations.length !== decisions.length) throw new Error(`${entry.name}: as many operations as decisions`);
    const same = (name, index, decided, native) => {
      if (decided === native) return;
      throw new Difference(`${name}: ${operations[index]}\ndecided  ${decided}\nnatively ${native}`);
    };
    operations.forEach((operation, index) => {
      const decided = policy.checkJson(operation);
      same(entry.name, index, decided, decisions[index]);
      const { verdict, reasons } = JSON.parse(decided);
      const malformed = reasons.some((reason) => reason.kind === "malformed");
      same(`${entry.name}, verdict`, index, policy.verdict(operation), malformed ? "malformed" : verdict);
      count += 1;
    });
    // One call for many is the same work again: a part of it shows that.
    policy.checkMany(operations.slice(0, 20)).forEach((decision, index) => {
      same(`${entry.name}, of many`, index, JSON.stringify(decision), decisions[index]);
    });
  }
  return count;
}
