import { load } from "/loader/abey.js";

const lines = async (name) => (await (await fetch(`/work/${name}`)).text()).split("\n").filter(Boolean);

async function compared() {
  let count = 0;
  for (const entry of (await lines("cases.jsonl")).map((line) => JSON.parse(line))) {
    const policy = await load(`/work/${entry.module}`);
    const [operations, decisions] = [await lines(entry.operations), await lines(entry.decisions)];
    for (const [index, operation] of operations.entries()) {
      const decided = policy.checkJson(operation);
      if (decided !== decisions[index]) return `${entry.name}: ${operation}\ndecided  ${decided}\nnatively ${decisions[index]}`;
      count += 1;
    }
  }
  return `${count} decisions agree`;
}

document.querySelector("#outcome").textContent = await compared().catch((error) => `${error.name}: ${error.message}`);
