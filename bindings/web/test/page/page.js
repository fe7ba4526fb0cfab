import { load } from "/loader/abey.js";

import { compared } from "./compared.js";

const text = async (name) => (await fetch(`/given/${name}`)).text();
const outcome = compared(text, (name) => load(`/given/${name}`));

document.querySelector("#outcome").textContent = await outcome.then(
  (count) => `${count} decisions agree`,
  (error) => `${error.name}: ${error.message}`,
);
