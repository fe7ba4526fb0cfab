// Two widgets that ask the checker before they send.

import { load } from "/loader/abey.js";

const now = () => new Date();
const $ = (selector) => document.querySelector(selector);

/** An element with text, or with children. */
function element(tag, content, className) {
  const made = document.createElement(tag);
  made.append(...[content].flat());
  if (className) made.className = className;
  return made;
}

/** The message as the policy's vocabulary says it: who sends what to whom, and how things stand. */
function messageSent(form) {
  const reader = form.get("reader");
  const outside = reader !== "none";
  const along = form.getAll("with");
  const data = ["chat_message", "session_id", "ip_address", ...along];
  return {
    action: "send",
    data: data.map((category) => ({ category, form: [], collected: "now" })),
    subjects: [
      {
        subject: "end_user",
        facts: {
          residence: "DE",
          consented: [],
          objected: [],
          sharing_opt_out: false,
          automation_opt_out: false,
          erasure_pending: false,
          account: form.has("logged_in") ? "active" : "no_account",
        },
      },
    ],
    actor: "ai_agent",
    purpose: "support",
    recipient: outside ? "openai" : "none",
    place: outside ? "US" : "GB",
    origin: "DE",
    basis: form.has("logged_in") ? "contract_performance" : "legitimate_interest",
    measures: outside ? ["tls_1_3", "audit_trail", "dpa", "scc_2021"] : ["tls_1_3", "audit_trail"],
    retention: "none",
    facts: {
      channel: "chat_widget",
      general_policy_allows: true,
      page_updated: "2026-11-01",
      session_open: true,
      logged_in: form.has("logged_in"),
      troubleshooting: form.has("troubleshooting"),
      request_received: "none",
      automated_decision: false,
      last_scan: "2026-10-31",
      last_assessment: "2026-05-01",
      ...(outside && { needed: data, platform_resells: false, platform_trains: reader === "openai-training" }),
    },
  };
}

/** The choice as the policy's vocabulary says it. */
function choiceStored(form) {
  const address = form.get("address");
  const item = (category, source, more) => ({ category, collected: "now", facts: { source }, ...more });
  return {
    action: "store",
    data: [
      item("session_id", "banner", { form: ["unlinked"] }),
      item(form.get("choice"), "user_interaction"),
      item("decision_time", "system"),
      item("banner_version", "client_configuration"),
      ...(address === "none" ? [] : [item("ip_address", "server", { form: address === "raw" ? [] : ["sha256", "salted"] })]),
    ],
    subjects: ["end_user"],
    actor: "automated_job",
    purpose: "consent_recording",
    recipient: form.get("store"),
    place: "sa_east_1",
    origin: "DE",
    role: "processor",
    measures: ["tls_1_3", "aes_256", "row_level_security", "scc_2021", "equivalent_protection"],
    retention: form.get("kept"),
    facts: {
      service: "cmp",
      contract_start: "2026-02-01",
      contract_ended: "none",
      documented_instruction: true,
      strictly_necessary: true,
      tenant: "acme",
      tenants_touched: ["acme"],
      client_retention: "P24M",
      breach_discovered: "none",
      used_as: "postgresql_database",
      user_agent_enabled: false,
    },
  };
}

/** Words of the vocabulary as a person writes them. */
const plain = (text) => text.replaceAll("_", " ");

function reason({ message, citation, because, ask, remedies }) {
  const shown = [element("p", plain(message).replace(/^./, (first) => first.toUpperCase()))];
  if (citation) {
    const named = citation.title ? `Clause ${citation.clause}, ${citation.title}` : `Clause ${citation.clause}`;
    shown.unshift(element("p", named, "clause"));
  }
  if (because) shown.push(element("p", `Read so: ${because}.`, "why"));
  const steps = remedies.map((remedy) => plain(remedy.text));
  if (steps.length) shown.push(element("p", [element("strong", "What would settle it: "), `${steps.join(", or ")}.`], "settle"));
  if (ask) shown.push(element("p", `Ask ${plain(ask)}.`, "settle"));
  return element("li", shown, "reason");
}

/** What the decision says, for a person. */
function held(decision) {
  const questions = decision.questions.map((question) => plain(question.text));
  return [
    element("h3", "Held. Nothing was sent."),
    element("ul", decision.reasons.map(reason)),
    ...(questions.length ? [element("p", [element("strong", "What isn't known: "), `${questions.join("; ")}.`], "settle")] : []),
  ];
}

function tell(outcome, content, sent) {
  outcome.classList.toggle("sent", sent);
  outcome.replaceChildren(...content);
}

async function send(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  $("#sent").append(element("li", `${path}: ${Object.values(body).join(", ")}`));
}

/** A form that sends only what its policy allows. */
async function widget(name, { address, path, operation, body, done }) {
  const [form, outcome, about] = [$(`#${name}`), $(`#${name}-outcome`), $(`#${name}-policy`)];
  let policy;
  try {
    policy = await load(address, { now });
  } catch (error) {
    // Without a checker nothing is sent: the button stays as it is.
    about.textContent = `The policy can't be loaded, so nothing can be sent: ${error.message}`;
    return;
  }
  about.textContent = `${policy.about.title}, version ${policy.about.version}`;
  form.querySelector("button").disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const entered = new FormData(form);
    try {
      const decision = policy.check(operation(entered));
      if (decision.verdict !== "allow") return tell(outcome, held(decision), false);
      await send(path, body(entered));
      const clauses = [...new Set(decision.covered.map(({ citation }) => citation.clause))];
      const by = `Allowed by clause ${clauses.join(" and ")}.`;
      return tell(outcome, [element("h3", done), element("p", by)], true);
    } catch (error) {
      return tell(outcome, [element("h3", "Held. Nothing was sent."), element("p", error.message)], false);
    }
  });
}

await Promise.all([
  widget("chat", {
    address: "/policies/connexcs.wasm",
    path: "/messages",
    operation: messageSent,
    body: (form) => ({ message: form.get("message"), with: form.getAll("with").join(" ") || "nothing else" }),
    done: "Sent.",
  }),
  widget("banner", {
    address: "/policies/conma.wasm",
    path: "/consent",
    operation: choiceStored,
    body: (form) => ({ choice: form.get("choice"), address: form.get("address") }),
    done: "Saved.",
  }),
]);
